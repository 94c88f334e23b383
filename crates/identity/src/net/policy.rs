//! How far the client reaches and how long it waits.

use std::net::IpAddr;
use std::time::Duration;

use url::{Host, Url};

use super::NetError;
use super::address::{Scope, scope};

/// Which hosts may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only, over TLS only.
    Public,
    /// Also this machine and private networks, and plain HTTP: for a network of one's own.
    AllowPrivate,
}

impl Reach {
    /// Whether a connection to this very address may be made.
    pub fn permits(self, address: IpAddr) -> bool {
        match scope(address) {
            Scope::Public => true,
            Scope::Private => self == Self::AllowPrivate,
            Scope::Never => false,
        }
    }

    /// Checks everything about a URL that can be known before its host is resolved.
    pub(super) fn check(self, url: &Url, schemes: Schemes) -> Result<(), NetError> {
        self.check_scheme(url, schemes)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::bad_url(url, "it carries a user name or password"));
        }
        let address: IpAddr = match url.host() {
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(v4)) => v4.into(),
            Some(Host::Ipv6(v6)) => v6.into(),
            None => return Err(NetError::bad_url(url, "it names no host")),
        };
        match self.permits(address) {
            true => Ok(()),
            false => Err(NetError::RefusedAddress { host: address.to_string(), address }),
        }
    }

    fn check_scheme(self, url: &Url, schemes: Schemes) -> Result<(), NetError> {
        match url.scheme() {
            scheme if scheme == schemes.secure => Ok(()),
            scheme if scheme == schemes.plain && self == Self::AllowPrivate => Ok(()),
            scheme if scheme == schemes.plain => Err(NetError::bad_url(
                url,
                "it is not encrypted, which only a private network may be",
            )),
            _ => Err(NetError::bad_url(url, "its scheme is not one of those spoken here")),
        }
    }
}

/// The two spellings of one protocol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schemes {
    pub secure: &'static str,
    pub plain: &'static str,
}

pub(super) const HTTP: Schemes = Schemes { secure: "https", plain: "http" };
pub(super) const WEBSOCKET: Schemes = Schemes { secure: "wss", plain: "ws" };

/// The limits every connection is held to. [`NetPolicy::public`] and [`NetPolicy::allow_private`] give good ones.
#[derive(Debug, Clone)]
pub struct NetPolicy {
    /// Which hosts may be connected to.
    pub reach: Reach,
    /// The longest wait for a name to resolve and for a connection to stand.
    pub connect_timeout: Duration,
    /// The longest a whole exchange may take; of a streamed answer, the time until its first byte.
    pub total_timeout: Duration,
    /// The longest wait for the next bytes of an answer, and for any sign of life on a quiet WebSocket.
    pub idle_timeout: Duration,
    /// The least pace of an answer, in bytes a second, once [`idle_timeout`](Self::idle_timeout) has been used up.
    pub min_bytes_per_second: u64,
    /// The largest answer that is read into memory, in bytes, unless a request says otherwise.
    pub max_body: u64,
    /// The largest WebSocket message, in bytes.
    pub max_message: usize,
}

impl NetPolicy {
    /// For the open internet: public addresses, TLS only.
    pub fn public() -> Self {
        Self {
            reach: Reach::Public,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(20),
            min_bytes_per_second: 1024,
            max_body: 8 * 1024 * 1024,
            // An event may be 5 MB (the event stream specification); the rest is room for the frame's header.
            max_message: 5 * 1024 * 1024 + 64 * 1024,
        }
    }

    /// For a network on this machine or behind one's own walls: the same limits, with plain HTTP and private addresses.
    pub fn allow_private() -> Self {
        Self { reach: Reach::AllowPrivate, ..Self::public() }
    }
}
