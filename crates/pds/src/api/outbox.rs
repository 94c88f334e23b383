//! The mails of a server that sends none, for whoever develops against it on the same machine. They
//! hold codes that open accounts, so nobody else sees them: no other machine, and no page of another
//! origin, be it under a name that was pointed at this machine.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hypercerts_xrpc::{Json, XrpcError};
use serde_json::json;
use url::{Host, Url};

use crate::api::auth::Peer;
use crate::mail::Message;
use crate::server::Server;

/// Oldest first; as JSON for whoever accepts that.
pub async fn outbox(
    State(server): State<Arc<Server>>,
    Peer(peer): Peer,
    headers: HeaderMap,
) -> Result<Response, XrpcError> {
    let here = peer.is_some_and(|address| address.is_loopback()) && asks_this_machine(&headers);
    if !(server.config.shows_outbox && here) {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let mails = server.unsent_mails().await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    Ok(match accept.unwrap_or_default().contains("application/json") {
        true => Json(json!({ "mails": mails })).into_response(),
        false => in_words(&mails).into_response(),
    })
}

fn asks_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let url = Url::parse(&format!("http://{host}/"));
    match url.as_ref().ok().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

fn in_words(mails: &[Message]) -> String {
    let mut text = "Mails that this server would have sent, oldest first:\n".to_owned();
    for Message { to, subject, text: body } in mails {
        let _ = write!(text, "\n----\nTo: {to}\nSubject: {subject}\n\n{body}");
    }
    text
}
