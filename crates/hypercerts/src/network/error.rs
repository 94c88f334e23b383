//! Why a network could not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Each message says what happened and the way out.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("the {part} cannot listen on {address}: {source}. {}", elsewhere(.part, .source))]
    Listen { part: String, address: SocketAddr, source: io::Error },

    #[error("{} is in use by another `hypercerts up`. End that one, or choose another folder with --data.", .path.display())]
    InUse { path: PathBuf },

    #[error("{} is a file. Data are kept in a folder; name one with --data.", .path.display())]
    NotAFolder { path: PathBuf },

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

    #[error(
        "the S3 store's keys are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, \
         or leave --s3-bucket out"
    )]
    NoS3Keys,

    #[error("the index could not be opened: {0}")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),

    #[error("{0}. Give another folder with --lexicons, or leave it out.")]
    Lexicons(#[from] hypercerts_schemas::OpenError),

    #[error("outgoing connections could not be set up: {0}")]
    Outgoing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What to do about an address that cannot be listened on.
fn elsewhere(part: &str, why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::AddrNotAvailable => format!(
            "It is no address of this machine; choose one with --{part}, such as 127.0.0.1 for itself alone \
             or 0.0.0.0 for everybody."
        ),
        io::ErrorKind::PermissionDenied => format!(
            "This user may not; choose a port from 1024 upwards with --{part}, and put a proxy in front."
        ),
        _ => format!("Choose another address with --{part}, or end what holds this one."),
    }
}
