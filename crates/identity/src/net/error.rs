//! Everything that can go wrong between here and another host.

use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

/// Why a request or connection failed, in words for the person who caused or can mend it.
///
/// Cheap to clone, so that one failed lookup can answer all who waited for it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NetError {
    /// The URL cannot be asked at all.
    #[error("{url} is not asked: {reason}")]
    BadUrl {
        /// The URL, as far as it may be shown.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The host leads to an address outside the policy's reach. The sentence does not name the address: strangers who
    /// read it would learn how the network behind the server is laid out.
    #[error(
        "{host} does not lead to a public address, so it is not connected to; a network of one's own has to allow \
         private addresses"
    )]
    RefusedAddress {
        /// The host as the URL names it.
        host: String,
        /// The first address it leads to.
        address: IpAddr,
    },
    /// The host has no address.
    #[error("no address is known for {host}: {detail}")]
    UnknownHost {
        /// The host as the URL names it.
        host: String,
        /// What the resolver said.
        detail: String,
    },
    /// No connection came about.
    #[error("{host} cannot be reached: {detail}")]
    Connect {
        /// The host and port.
        host: String,
        /// What the system said.
        detail: String,
    },
    /// The host could not show that it is the one it should be, or does not speak TLS.
    #[error("no secure connection with {host}: {detail}")]
    Tls {
        /// The host and port.
        host: String,
        /// What the handshake failed on.
        detail: String,
    },
    /// Nothing happened for too long.
    #[error("{host} gave no answer within {} s", waited.as_secs_f32())]
    TimedOut {
        /// The host and port.
        host: String,
        /// How long it was given.
        waited: Duration,
    },
    /// An answer began but came too slowly.
    #[error("{host} sends too slowly: {received} bytes so far; given up")]
    TooSlow {
        /// The host and port.
        host: String,
        /// The bytes that did arrive.
        received: u64,
    },
    /// The answer is larger than it may be.
    #[error("the answer of {host} is larger than the {limit} bytes allowed for it")]
    TooLarge {
        /// The host and port.
        host: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The host points elsewhere; redirects are not followed.
    #[error("{host} redirects to {to}, and redirects are not followed")]
    Redirect {
        /// The host and port.
        host: String,
        /// Where it points.
        to: String,
    },
    /// The host answered with an error.
    #[error("{host} answered {status}{}", detail(.error.as_deref(), .message.as_deref()))]
    Status {
        /// The host and port.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The XRPC error name, when the body has one.
        error: Option<String>,
        /// The message for people, when the body has one.
        message: Option<String>,
    },
    /// The connection broke off, or what came is not the protocol.
    #[error("the exchange with {host} broke off: {detail}")]
    Broken {
        /// The host and port.
        host: String,
        /// What was wrong.
        detail: String,
    },
    /// The body is not the JSON that was expected.
    #[error("the answer of {host} cannot be read: {detail}")]
    Unreadable {
        /// The host and port.
        host: String,
        /// What was wrong.
        detail: String,
    },
    /// The client itself could not be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

impl NetError {
    /// The policy forbids the address or the URL.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::RefusedAddress { .. } | Self::BadUrl { .. })
    }

    /// The host hung or dripped.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::TooSlow { .. })
    }

    /// The answer exceeded its limit.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. })
    }

    /// The HTTP status, where the host did answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The XRPC error name, where the host did answer with one.
    pub fn xrpc_error(&self) -> Option<&str> {
        match self {
            Self::Status { error, .. } => error.as_deref(),
            _ => None,
        }
    }

    /// The host says there is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            Self::UnknownHost { .. } | Self::Connect { .. } | Self::Broken { .. } => true,
            other => other.is_timeout(),
        }
    }

    pub(super) fn bad_url(url: &Url, reason: &'static str) -> Self {
        Self::BadUrl { url: shown(url), reason }
    }

    /// What an error answer says, from its status and the start of its body.
    pub(super) fn from_status(host: &str, status: u16, body: &[u8]) -> Self {
        let said: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        Self::Status {
            host: host.to_owned(),
            status,
            error: said.error.map(|text| printable(&text)),
            message: said.message.map(|text| printable(&text)),
        }
    }
}

/// The body of an XRPC error; a did:plc directory sends the message alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    error: Option<String>,
    message: Option<String>,
}

fn detail(error: Option<&str>, message: Option<&str>) -> String {
    match (error, message) {
        (Some(error), Some(message)) => format!(": {message} ({error})"),
        (Some(only), None) | (None, Some(only)) => format!(": {only}"),
        (None, None) => String::new(),
    }
}

/// A stranger's words, cut short and without control characters: they end up in terminals and logs.
pub(super) fn printable(text: &str) -> String {
    const LONGEST: usize = 300;
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

/// A URL without its user name and password.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    if url.username().is_empty() && url.password().is_none() {
        return printable(url.as_str());
    }
    // Both fail only for URLs without a host, which carry no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    printable(url.as_str())
}
