//! What goes to another service: the method, its parameters and its body, the headers that are part
//! of the protocol, and a token. Never a cookie, nor what the caller authenticated with.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use futures_util::stream::try_unfold;
use futures_util::{Stream, StreamExt};
use hypercerts_identity::net::{Body as Upstream, NetError, Request};
use hypercerts_xrpc::XrpcError;
use url::Url;

use crate::server::Server;

/// Bytes of an answer: as many as the public network's servers pass on.
const ANSWER: u64 = 10 << 20;
/// How long a body may pause on its way here.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a body may take from here to there in all.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

const PASSED_ON: [HeaderName; 2] =
    [header::ACCEPT_LANGUAGE, HeaderName::from_static("atproto-accept-labelers")];
const OF_A_BODY: [HeaderName; 3] =
    [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LENGTH];
const PROTOCOL_PREFIX: &str = "x-atproto-";

/// Sends the call on and hands over the answer, of whatever status, as it comes.
pub async fn send(
    server: &Server,
    parts: &Parts,
    body: Body,
    url: Url,
    token: &str,
) -> Result<Upstream, XrpcError> {
    let (request, body) = match parts.method {
        Method::GET | Method::HEAD => (Request::get(url), None),
        Method::POST if body.is_end_stream() => (Request::post(url), None),
        Method::POST => (Request::post(url), Some(body)),
        _ => return Err(XrpcError::invalid_request("Methods are called with GET or POST.")),
    };
    let limit = server.config.max_blob_bytes;
    check_announced(&parts.headers, limit)?;
    let refused = Refused::default();
    let request = request
        .headers(headers(&parts.headers, body.is_some()))
        // What is refused has to be read here.
        .header(header::ACCEPT_ENCODING, "identity")
        .bearer(token)
        .max_body(ANSWER);
    let bytes = body.map(|body| bounded(body, limit, refused.clone()));
    let sent = server.config.resolver.http().relay(request, bytes, DEADLINE).await;
    sent.map_err(|why| refused.reason().unwrap_or_else(|| failed(&why)))
}

fn headers(given: &HeaderMap, with_body: bool) -> HeaderMap {
    let of_a_body = |name: &HeaderName| with_body && OF_A_BODY.contains(name);
    let passed = given.iter().filter(|(name, _)| {
        PASSED_ON.contains(name) || name.as_str().starts_with(PROTOCOL_PREFIX) || of_a_body(name)
    });
    passed.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn check_announced(headers: &HeaderMap, limit: u64) -> Result<(), XrpcError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    match length.and_then(|text| text.parse::<u64>().ok()) {
        Some(length) if length > limit => Err(too_large(limit)),
        _ => Ok(()),
    }
}

fn too_large(limit: u64) -> XrpcError {
    XrpcError::payload_too_large(usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Why a body was cut off on its way; whoever sends it on sees only that it was.
#[derive(Clone, Default)]
struct Refused(Arc<OnceLock<XrpcError>>);

impl Refused {
    fn because(&self, why: XrpcError) -> io::Error {
        self.0.get_or_init(|| why);
        io::Error::other("the body was cut off")
    }

    fn reason(&self) -> Option<XrpcError> {
        self.0.get().cloned()
    }
}

/// The body as it comes, bounded in bytes and in how long it pauses.
fn bounded(
    body: Body,
    limit: u64,
    refused: Refused,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let state = (body.into_data_stream(), limit, refused);
    try_unfold(state, move |(mut body, left, refused)| async move {
        let paused = || XrpcError::request_timeout("The body paused for too long; send it again.");
        let broken = || XrpcError::invalid_request("The body broke off before its end.");
        let next = tokio::time::timeout(PATIENCE, body.next()).await;
        let next = next.map_err(|_| refused.because(paused()))?.transpose();
        let Some(bytes) = next.map_err(|_| refused.because(broken()))? else { return Ok(None) };
        match left.checked_sub(bytes.len() as u64) {
            Some(left) => Ok(Some((bytes, (body, left, refused)))),
            None => Err(refused.because(too_large(limit))),
        }
    })
}

/// Why there is no answer to pass back.
fn failed(why: &NetError) -> XrpcError {
    match why.is_timeout() {
        true => XrpcError::upstream_timeout(format!("The service did not answer in time: {why}.")),
        false => XrpcError::upstream_failure(format!("The service could not be used: {why}.")),
    }
}
