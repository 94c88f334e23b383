//! Why a call did not bring what was asked for.

use hypercerts_identity::net::NetError;

/// A call that failed: at the server, on the way, or before it was made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// The server answered with the error envelope.
    #[error("{host} refused {method}: {} ({name})", message.trim_end_matches('.'))]
    Refused { host: String, method: String, status: u16, name: String, message: String },
    /// No answer, or none that can be read.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The call cannot be put into a request.
    #[error("{method} cannot be called: {reason}")]
    BadCall { method: String, reason: String },
}

impl ClientError {
    /// An error of the network in terms of the method called.
    pub(super) fn of(method: &str, error: NetError) -> Self {
        match error {
            NetError::Status { host, status, error: Some(name), message } => Self::Refused {
                host,
                method: method.to_owned(),
                status,
                name,
                message: message.unwrap_or_else(|| "it gave no reason".to_owned()),
            },
            other => Self::Net(other),
        }
    }

    /// The name of the server's error, such as `RecordNotFound`.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Refused { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The HTTP status, if the server answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Net(error) => error.status(),
            Self::BadCall { .. } => None,
        }
    }

    /// The access token is no longer good; a refreshed one may be.
    pub fn wants_refresh(&self) -> bool {
        self.status() == Some(401) || self.name() == Some("ExpiredToken")
    }

    /// Trying the same again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
            Self::Net(error) => error.is_transient(),
            Self::BadCall { .. } => false,
        }
    }
}
