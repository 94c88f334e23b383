//! References between records: whether they are to the version that stands now, and what changed since.

use hypercerts_lexicon::{Cid, Value, json};
use hypercerts_records as records;
use serde::{Deserialize, Serialize};

/// Whether a reference is to the version that stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Reference {
    Current,
    /// The record was edited after it was referred to.
    Stale {
        referenced: Cid,
        current: Cid,
        /// What changed from the version referred to until now. `None` when its content is no longer kept
        /// here: it was seen, and is known to have stood.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changes: Option<Vec<Change>>,
    },
    /// The record is held, but no version of it that was seen here is the one referred to. It may have stood
    /// before this index began to follow the account, or never.
    #[serde(rename_all = "camelCase")]
    NeverSeen {
        referenced: Cid,
        current: Cid,
    },
    /// The index holds no such record: deleted, hidden, or never seen.
    Missing {
        #[serde(skip_serializing_if = "Option::is_none")]
        referenced: Option<Cid>,
    },
    /// The reference names no version.
    Unpinned,
}

/// One place in which two versions of a record differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Where in the record, such as `contributors[2].contributionWeight`; empty for the record as a whole.
    pub path: String,
    /// What stood there: a text as it is, anything else as JSON, both in short. `None` if nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What stands there now; `None` if nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl From<records::Change> for Change {
    fn from(change: records::Change) -> Self {
        let records::Change { path, before, after } = change;
        Self { path, before: before.map(in_text), after: after.map(in_text) }
    }
}

fn in_text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        other => json::to_json(&other).to_string(),
    }
}
