//! How a claim's scope of work was understood.

use serde::{Deserialize, Serialize};

/// What the index makes of a claim's scope of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum ScopeView {
    /// The claim gives none: it covers all work of its contributors at its time and place.
    Unconstrained,
    /// In words for people.
    Understood { words: String },
    /// It cannot be computed with; `why` is a sentence.
    NotUnderstood { why: String },
}
