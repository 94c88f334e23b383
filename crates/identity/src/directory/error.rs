//! Why the directory cannot do something, and how it says so over HTTP.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::plc::PlcError;

/// Why the directory did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// No operation was ever taken for the DID.
    #[error("DID not registered: {0}")]
    NotRegistered(String),
    /// The DID has been given up.
    #[error("DID not available: {0}")]
    GivenUp(String),
    /// The interface has no such path.
    #[error("there is nothing at this path")]
    NoSuchPath,
    /// The request is not one.
    #[error("{0}")]
    BadRequest(String),
    /// The body is too large.
    #[error("the request is larger than an operation can be")]
    TooLarge,
    /// The operation breaks a rule.
    #[error("{0}")]
    Refused(#[from] PlcError),
    /// The database failed.
    #[error("the directory's database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The database is not one this version can use.
    #[error("the directory's database cannot be used: {0}")]
    Unusable(String),
    /// The work was cut short.
    #[error("the directory was interrupted: {0}")]
    Interrupted(String),
}

impl DirectoryError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotRegistered(_) | Self::GivenUp(_) | Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::BadRequest(_) | Self::Refused(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Database(_) | Self::Unusable(_) | Self::Interrupted(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

impl IntoResponse for DirectoryError {
    fn into_response(self) -> Response {
        let status = self.status();
        let message = match status.is_server_error() {
            true => {
                tracing::error!(error = %self, "the did:plc directory cannot answer");
                "Internal Server Error".to_owned()
            }
            false => self.to_string(),
        };
        (status, Json(json!({ "message": message }))).into_response()
    }
}
