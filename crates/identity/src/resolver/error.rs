//! Why an identity could not be found.

use hypercerts_lexicon::{Did, Handle};

use crate::document::DocumentError;
use crate::net::NetError;
use crate::plc::ClientError;

/// Why a DID or a handle does not lead to an identity. Cheap to clone: one failure answers all who asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ResolveError {
    /// Only did:plc and did:web are used, and a log only did:plc has.
    #[error(
        "{0} cannot be looked up: accounts have DIDs of the methods plc (with a log) and web (without)"
    )]
    UnsupportedMethod(Did),
    /// A did:web that names no host.
    #[error("{did} cannot be looked up: {reason}")]
    BadDid {
        /// The DID.
        did: Did,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The DID has been given up.
    #[error("{0} has been given up by its owner")]
    GivenUp(Did),
    /// The did:plc directory failed, or knows nothing.
    #[error(transparent)]
    Directory(#[from] ClientError),
    /// The host of a did:web failed.
    #[error("the document of {did} cannot be fetched: {source}")]
    Web {
        /// The DID.
        did: Did,
        /// What went wrong.
        source: NetError,
    },
    /// The document cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The handle's domain names no DID.
    #[error("the handle {0} leads to no account: neither its DNS nor its host names one")]
    HandleNotFound(Handle),
    /// The handle's domain could not be asked.
    #[error("the handle {handle} could not be looked up: {reason}")]
    HandleUnreachable {
        /// The handle.
        handle: Handle,
        /// What went wrong.
        reason: String,
    },
    /// The handle's DID does not claim it.
    #[error("the handle {handle} leads to {did}, which does not claim it")]
    HandleMismatch {
        /// The handle.
        handle: Handle,
        /// The DID it leads to.
        did: Did,
    },
    /// No TXT record of the domain names a DID, or several do.
    #[error("{0} has no TXT record that names one DID")]
    NotNamed(String),
    /// The domain could not be asked for.
    #[error("{domain} could not be looked up: {reason}")]
    NameUnreachable {
        /// The domain.
        domain: String,
        /// What went wrong.
        reason: String,
    },
    /// The resolver cannot be set up.
    #[error("names cannot be looked up on this machine: {0}")]
    Setup(String),
}

impl ResolveError {
    /// There is no such account, as far as its own authorities say.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::GivenUp(_)
            | Self::HandleNotFound(_)
            | Self::NotNamed(_)
            | Self::Directory(ClientError::NotFound { .. }) => true,
            Self::Web { source, .. } => source.is_not_found(),
            _ => false,
        }
    }

    /// Asking again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::HandleUnreachable { .. } | Self::NameUnreachable { .. } => true,
            Self::Web { source, .. } | Self::Directory(ClientError::Net(source)) => {
                source.is_transient()
            }
            _ => false,
        }
    }
}
