//! The mails of a server that sends none, for whoever develops against it.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hypercerts_xrpc::{Json, XrpcError};
use serde_json::json;

use crate::mail::Message;
use crate::server::Server;

/// Oldest first; as JSON for whoever accepts that.
pub async fn outbox(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
) -> Result<Response, XrpcError> {
    if !server.config.shows_outbox {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let mails = server.unsent_mails().await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    Ok(match accept.unwrap_or_default().contains("application/json") {
        true => Json(json!({ "mails": mails })).into_response(),
        false => in_words(&mails).into_response(),
    })
}

fn in_words(mails: &[Message]) -> String {
    let mut text = "Mails that this server would have sent, oldest first:\n".to_owned();
    for Message { to, subject, text: body } in mails {
        let _ = write!(text, "\n----\nTo: {to}\nSubject: {subject}\n\n{body}");
    }
    text
}
