//! What apps send to the endpoints: a form, or the same as JSON.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, Uri, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::oauth::error::OAuthError;

/// Bytes of a body.
const LIMIT: usize = 100 * 1024;
/// Fields of a form.
const MAX_FIELDS: usize = 64;

/// A request of an app: its fields, and what its proof is checked against.
pub struct AppRequest<T> {
    pub fields: T,
    pub headers: HeaderMap,
    pub method: Method,
    pub uri: Uri,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for AppRequest<T> {
    type Rejection = OAuthError;

    async fn from_request(request: Request, _: &S) -> Result<Self, OAuthError> {
        let (parts, body) = request.into_parts();
        let fields = read(&parts.headers, body).await?;
        let fields = serde_json::from_value(Value::Object(fields))
            .map_err(|why| OAuthError::request(format!("The request does not fit: {why}.")))?;
        Ok(Self { fields, headers: parts.headers, method: parts.method, uri: parts.uri })
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, OAuthError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let bytes = hypercerts_xrpc::read_body(headers, body, LIMIT).await.map_err(|why| match why
        .status()
        .as_u16()
    {
        413 => OAuthError::too_large(LIMIT),
        _ => OAuthError::request(why.message().to_owned()),
    })?;
    match kind.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => form(&bytes),
        "application/json" => serde_json::from_slice(&bytes)
            .map_err(|why| OAuthError::request(format!("The body is no JSON object: {why}."))),
        _ => Err(OAuthError::request(
            "The body has to be application/x-www-form-urlencoded or application/json.",
        )),
    }
}

/// A field that stands twice would mean one thing to us and another to somebody else.
fn form(bytes: &[u8]) -> Result<Map<String, Value>, OAuthError> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        if fields.len() >= MAX_FIELDS {
            return Err(OAuthError::request("The form has too many fields."));
        }
        if fields.insert(name.to_string(), Value::String(value.into_owned())).is_some() {
            return Err(OAuthError::request(format!("The field {name} stands twice.")));
        }
    }
    Ok(fields)
}
