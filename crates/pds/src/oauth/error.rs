//! Why an OAuth endpoint does not do what it is asked for: `{error, error_description}`, as RFC 6749
//! and its companions name errors. After a request was pushed, the same pair goes to the app by
//! redirect instead.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::Error;

/// The errors in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidClientMetadata,
    InvalidGrant,
    InvalidScope,
    InvalidDpopProof,
    UseDpopNonce,
    UnsupportedGrantType,
    UnsupportedResponseType,
    AccessDenied,
    LoginRequired,
    ConsentRequired,
    TemporarilyUnavailable,
    ServerError,
}

impl Code {
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient => StatusCode::UNAUTHORIZED,
            Self::AccessDenied => StatusCode::FORBIDDEN,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// An error with a sentence for whoever develops the app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", .code.name())]
pub struct OAuthError {
    pub code: Code,
    pub description: String,
    too_large: bool,
}

impl OAuthError {
    pub fn new(code: Code, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), too_large: false }
    }

    pub fn request(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    pub fn grant(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidGrant, description)
    }

    pub fn client(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidClient, description)
    }

    pub fn metadata(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidClientMetadata, description)
    }

    pub fn proof(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidDpopProof, description)
    }

    /// 413 in the same envelope.
    pub fn too_large(limit: usize) -> Self {
        let description = format!("The body is larger than the {limit} bytes allowed here.");
        Self { too_large: true, ..Self::request(description) }
    }
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::request(refusal.to_string()),
            Error::Busy => Self::new(
                Code::TemporarilyUnavailable,
                "Too many requests of this kind are waiting; try again in a moment.",
            ),
            inside => {
                tracing::error!(error = %inside, "an OAuth request failed inside");
                Self::new(Code::ServerError, "Something failed inside the server; try again later.")
            }
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code.name(), "error_description": self.description });
        let status = match self.too_large {
            true => StatusCode::PAYLOAD_TOO_LARGE,
            false => self.code.status(),
        };
        (status, NOT_STORED, axum::Json(body)).into_response()
    }
}

/// Tokens and errors about them are for nobody's cache.
pub const NOT_STORED: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
];
