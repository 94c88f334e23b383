//! Why a document cannot be used.

use crate::syntax::nsid::Nsid;

/// A text that is not a valid Lexicon document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON, or without what every document has.
    #[error("the lexicon document cannot be read: {0}")]
    Document(String),

    /// A definition that the language does not allow.
    #[error("the definition {definition:?} of {nsid} is not valid: {problem}")]
    Definition { nsid: Nsid, definition: String, problem: String },

    /// A second document for one NSID.
    #[error("{0} is in the catalogue already; an NSID has one document")]
    Duplicate(Nsid),
}
