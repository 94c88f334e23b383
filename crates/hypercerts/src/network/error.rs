//! Why a network could not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Each message says what happened and the way out.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error(
        "the {part} cannot listen on {address}: {source}. Choose another address with --{part}, or end what holds this one."
    )]
    Listen { part: String, address: SocketAddr, source: io::Error },

    #[error("{} is in use by another `hypercerts up`. End that one, or choose another folder with --data.", .path.display())]
    InUse { path: PathBuf },

    #[error("{} cannot be used: {source}", .path.display())]
    Data { path: PathBuf, source: io::Error },

    #[error(
        "a network without the plc role needs to be told which directory to use: --plc-url URL"
    )]
    NoDirectory,

    #[error(
        "accounts in a public directory need a PDS that the public can reach: give its name with --hostname, \
         or leave the PDS out with --roles app"
    )]
    NoHostname,

    #[error("the did:plc directory could not be opened: {0}")]
    Directory(#[source] Box<dyn std::error::Error + Send + Sync>),

    #[error("the PDS could not be opened: {0}")]
    Pds(#[source] Box<dyn std::error::Error + Send + Sync>),

    #[error("{0}. Choose another one, for instance with `openssl rand -hex 16`.")]
    AdminPassword(#[from] hypercerts_pds::UnfitAdminPassword),

    #[error("the index could not be opened: {0}")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),

    #[error("{0}. Give another folder with --lexicons, or leave it out.")]
    Lexicons(#[from] hypercerts_schemas::OpenError),

    #[error("outgoing connections could not be set up: {0}")]
    Outgoing(#[source] Box<dyn std::error::Error + Send + Sync>),
}
