//! What is noticed about records beyond their schemas.

use serde::{Deserialize, Serialize};

/// Something somebody should know about a record, or about records beside one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub severity: Severity,
    /// A name that stays the same, for software.
    pub code: String,
    /// Where in the record; empty for the record as a whole.
    pub path: String,
    /// A sentence: what, why, and the way out.
    pub message: String,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    Error,
    Warning,
    Note,
}
