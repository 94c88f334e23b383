//! Why a schema is not in force.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hypercerts_identity::{DocumentError as DidDocumentError, ResolveError};
use hypercerts_lexicon::{DataError, Did, Nsid, SchemaError};
use hypercerts_repo::VerifyError;
use hypercerts_xrpc::client::ClientError;

use crate::limits::MAX_DOCUMENT_BYTES;

/// The folder that was asked for cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the lexicons in {} cannot be read: {source}", .path.display())]
pub struct OpenError {
    pub path: PathBuf,
    pub source: std::io::Error,
}

/// A text or a record that is no lexicon to be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error("it is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    #[error("it refers to {0}, which it does not define")]
    Dangling(String),
    #[error("the record is no data: {0}")]
    Data(#[from] DataError),
    #[error("the record's $type is not {}", crate::nsid::SCHEMA)]
    Type,
    #[error("it describes {found}, not {expected}")]
    WrongId { expected: Nsid, found: String },
}

/// Why a type could not be learnt of from the network. Cheap to clone: one failure answers all who asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LookupError {
    #[error("lexicons are not looked up on this network")]
    Off,
    #[error("its lexicon is being looked up; try again in a moment")]
    UnderWay,
    #[error("too many lexicons are being looked up; try again later")]
    Busy,
    #[error("its lexicon could not be looked up within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("its authority names no account that publishes lexicons: {0}")]
    Authority(#[source] ResolveError),
    #[error("the account that publishes its lexicon cannot be found: {0}")]
    Publisher(#[source] ResolveError),
    #[error("the account that publishes its lexicon has no usable identity: {0}")]
    Identity(#[source] DidDocumentError),
    #[error("its lexicon could not be fetched from {did}: {source}")]
    Fetch { did: Did, source: Box<ClientError> },
    #[error("what the host of {did} sent does not prove its lexicon: {source}")]
    Proof { did: Did, source: Arc<VerifyError> },
    #[error("{did} publishes no lexicon for it, as its repository proves")]
    Absent { did: Did },
    #[error("the lexicon that {did} publishes for it cannot be used: {source}")]
    Document { did: Did, source: Box<DocumentError> },
    #[error("its lexicon refers to {nsid}, which is not known either: {source}")]
    Reference { nsid: Nsid, source: Box<LookupError> },
    #[error("its lexicon leads to more than {0} others")]
    TooMany(usize),
    #[error("its lexicon leads to others over more than {0} references")]
    TooDeep(usize),
    #[error("no more lexicons of the network are kept here")]
    Full,
}
