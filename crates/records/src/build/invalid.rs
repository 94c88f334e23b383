//! Why a record cannot be written.

use std::fmt;

use hypercerts_lexicon::{DataError, Nsid, Violation};

use crate::finding::Finding;
use crate::record::ReadError;

/// Why a record cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    #[error("this {collection} record does not fit its schema:{}", sentences(violations))]
    Schema { collection: Nsid, violations: Vec<Violation> },
    #[error("this {collection} record fits its schema but makes no sense:{}", sentences(findings))]
    Sense { collection: Nsid, findings: Vec<Finding> },
    #[error("no schema is known for records of type {name:?}")]
    UnknownType { name: String },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Invalid {
    /// Where in the record something is wrong, such as `contributors[2].contributionWeight`.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let (violations, findings): (&[Violation], &[Finding]) = match self {
            Self::Schema { violations, .. } => (violations, &[]),
            Self::Sense { findings, .. } => (&[], findings),
            Self::UnknownType { .. } | Self::Data(_) | Self::Read(_) => (&[], &[]),
        };
        let violations = violations.iter().map(|violation| violation.path.as_str());
        violations.chain(findings.iter().map(|finding| finding.path.as_str()))
    }
}

fn sentences<T: fmt::Display>(reasons: &[T]) -> String {
    reasons.iter().map(|reason| format!(" {reason}")).collect()
}
