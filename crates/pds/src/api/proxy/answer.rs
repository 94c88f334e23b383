//! What another service answered, as the caller gets it: a success as it comes, a refusal in this
//! server's envelope. Never a cookie, and nothing that a browser would take for a page of this
//! server.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use hypercerts_identity::net::{Body as Upstream, NetError};
use hypercerts_lexicon::Did;
use hypercerts_xrpc::XrpcError;

use crate::limits::Turn;

/// What the protocol says beside an answer. Rate limits are not among it: those on the answer are
/// this server's.
const OF_ANY: [HeaderName; 3] = [
    header::RETRY_AFTER,
    HeaderName::from_static("atproto-repo-rev"),
    HeaderName::from_static("atproto-content-labelers"),
];
const OF_A_SUCCESS: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LANGUAGE,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
];
/// Characters of an error's name.
const MAX_NAME: usize = 100;

/// The answer. The caller's turn lasts until its last byte.
pub async fn from(upstream: Upstream, turn: Turn<Did>) -> Response {
    let headers = picked(upstream.headers(), &OF_ANY);
    let mut response = match upstream.status() {
        200..=299 => success(upstream, turn),
        _ => refusal(&upstream.into_refusal().await).into_response(),
    };
    response.headers_mut().extend(headers);
    response
}

fn success(upstream: Upstream, turn: Turn<Did>) -> Response {
    let status = StatusCode::from_u16(upstream.status()).unwrap_or(StatusCode::OK);
    let mut headers = picked(upstream.headers(), &OF_A_SUCCESS);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let inert = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, inert);
    let bytes = upstream.into_stream().inspect_ok(move |_| {
        let _held = &turn;
    });
    (status, headers, Body::from_stream(bytes)).into_response()
}

fn picked(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let picked = names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    picked.collect()
}

/// A failure inside the other service is this server's `502`: its own would be a `500`.
fn refusal(said: &NetError) -> XrpcError {
    let status = said.status().and_then(|status| StatusCode::from_u16(status).ok());
    let status = match status {
        Some(StatusCode::INTERNAL_SERVER_ERROR) | None => StatusCode::BAD_GATEWAY,
        Some(other) => other,
    };
    let (error, message) = match said {
        NetError::Status { error, message, .. } => (error.as_deref(), message.as_deref()),
        _ => (None, None),
    };
    let inside = |name: &&str| status == StatusCode::BAD_GATEWAY && *name == "InternalServerError";
    let name = error.filter(|name| name.len() <= MAX_NAME && !inside(name));
    let name = name.map_or_else(|| usual_name(status).to_owned(), str::to_owned);
    let message = message.map_or_else(|| format!("{said}."), str::to_owned);
    XrpcError::new(status, name, message)
}

/// The protocol's name for a status.
fn usual_name(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "AuthenticationRequired",
        403 => "Forbidden",
        404 => "XRPCNotSupported",
        413 => "PayloadTooLarge",
        415 => "UnsupportedMediaType",
        429 => "RateLimitExceeded",
        501 => "MethodNotImplemented",
        503 => "NotEnoughResources",
        504 => "UpstreamTimeout",
        500.. => "UpstreamFailure",
        _ => "InvalidRequest",
    }
}
