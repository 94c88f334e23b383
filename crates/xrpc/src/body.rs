//! Reading a request body without trusting it: bounded in bytes and in time.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::XrpcError;

/// How long a body may take from its first byte to its last.
const DEADLINE: Duration = Duration::from_secs(30);

/// Refuses a body that was packed: unpacking what strangers send is work without a bound.
pub fn require_unpacked(headers: &HeaderMap) -> Result<(), XrpcError> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(XrpcError::unsupported_media_type(
            "This server takes bodies as they are; send it without a Content-Encoding.",
        )),
        _ => Ok(()),
    }
}

/// The whole body, or why it was refused. A declared length above `limit` is refused unread.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, XrpcError> {
    require_unpacked(headers)?;
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(XrpcError::payload_too_large(limit));
    }
    tokio::time::timeout(DEADLINE, collect(body, limit)).await.unwrap_or_else(|_| {
        Err(XrpcError::request_timeout(format!(
            "The request body did not arrive within {} s.",
            DEADLINE.as_secs()
        )))
    })
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, XrpcError> {
    let mut chunks = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            XrpcError::invalid_request("The request body broke off before its end; send it again.")
        })?;
        if whole.len() + chunk.len() > limit {
            return Err(XrpcError::payload_too_large(limit));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}
