//! Why a document cannot be used.

use crate::syntax::nsid::Nsid;

/// A text that is not a valid Lexicon document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    #[error("the lexicon document cannot be read: {0}")]
    Document(String),

    #[error("the definition {definition:?} of {nsid} is not valid: {problem}")]
    Definition { nsid: Nsid, definition: String, problem: String },

    #[error("{0} is in the catalogue already; an NSID has one document")]
    Duplicate(Nsid),
}
