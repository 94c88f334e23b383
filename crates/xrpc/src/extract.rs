//! What a method is given: parameters, a JSON body, no body, a bearer token.
//!
//! Every refusal is an [`XrpcError`], so handlers see only requests that fit their types.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{XrpcError, body};

/// Bytes of JSON accepted by methods that write records.
pub const RECORD_WRITE_LIMIT: usize = 1_000_000;

/// Bytes of JSON accepted by every other method.
pub const JSON_LIMIT: usize = 150_000;

/// The parameters of a query. Repeated keys fill a list, unknown ones are ignored; what does not
/// fit `T` is a 400 `InvalidRequest`.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = XrpcError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, XrpcError> {
        serde_html_form::from_str(parts.uri.query().unwrap_or_default()).map(Self).map_err(|why| {
            XrpcError::invalid_request(format!("The query parameters do not fit: {why}."))
        })
    }
}

/// A JSON body of at most `LIMIT` bytes; as an answer, the same JSON.
///
/// Refuses other media types with 415, larger bodies with 413, and malformed JSON with 400.
#[derive(Debug, Clone, Copy)]
pub struct Json<T, const LIMIT: usize = JSON_LIMIT>(pub T);

impl<S: Send + Sync, T: DeserializeOwned, const LIMIT: usize> FromRequest<S> for Json<T, LIMIT> {
    type Rejection = XrpcError;

    async fn from_request(request: Request, _: &S) -> Result<Self, XrpcError> {
        let (parts, body) = request.into_parts();
        require_json(&parts.headers)?;
        let bytes = body::read(&parts.headers, body, LIMIT).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|why| {
            XrpcError::invalid_request(format!("The JSON body does not fit: {why}."))
        })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A JSON answer that is written already.
#[derive(Debug, Clone)]
pub struct JsonText(pub Vec<u8>);

impl IntoResponse for JsonText {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), XrpcError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match given {
        Some(text) if media_type(text).eq_ignore_ascii_case("application/json") => Ok(()),
        Some(text) => Err(XrpcError::unsupported_media_type(format!(
            "This method takes application/json, not {}.",
            media_type(text)
        ))),
        None => Err(XrpcError::unsupported_media_type(
            "This method takes application/json; say so in a Content-Type header.",
        )),
    }
}

/// `text/plain; charset=utf-8` without its parameters.
fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// The body of a procedure that takes none: absent, or empty in whatever transfer encoding.
#[derive(Debug, Clone, Copy)]
pub struct NoInput;

impl<S: Send + Sync> FromRequest<S> for NoInput {
    type Rejection = XrpcError;

    async fn from_request(request: Request, _: &S) -> Result<Self, XrpcError> {
        let (parts, body) = request.into_parts();
        let bytes = body::read(&parts.headers, body, JSON_LIMIT).await?;
        if bytes.is_empty() {
            return Ok(Self);
        }
        Err(XrpcError::invalid_request("This method takes no body; send an empty one."))
    }
}

/// The token of `Authorization: Bearer …`, not yet verified.
///
/// No header is 401 `AuthMissing`; another scheme, or no token after it, is 400 `InvalidToken`.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(pub String);

impl Bearer {
    /// As the extractor does, for handlers that hold the headers.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, XrpcError> {
        let value = headers.get(header::AUTHORIZATION).ok_or_else(XrpcError::auth_missing)?;
        let text = value.to_str().unwrap_or_default();
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
            let message = "The Authorization header is not of the form `Bearer <token>`.";
            return Err(XrpcError::invalid_token(message));
        }
        Ok(Self(token.trim().to_owned()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = XrpcError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, XrpcError> {
        Self::from_headers(&parts.headers)
    }
}
