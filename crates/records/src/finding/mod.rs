//! Rules beyond the schemas: what a valid record says that makes no sense, or that others do not bear out.
//!
//! A record that breaks its schema is refused by software everywhere. One that keeps its schema can still end
//! before it starts, or name a place that is not on Earth. Here such things become [`Finding`]s: a severity,
//! a code that stays the same, where in the record, and a sentence with the way out. A finding hides nothing and
//! drops nothing; whoever reads decides.
//!
//! [`of_record`] tells what a record shows by itself, [`of_picture`] what shows only beside others. Paths
//! are those of today's edition, into which every record is read. All rules are in [`RULES`].
//!
//! Nothing here knows the time or fetches anything: a date in the future is no finding, and what a reference
//! leads to is told by whoever makes the [`Picture`].

mod facets;
mod found;
mod payment;
mod picture;
mod record;
mod rule;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use payment::Payment;
pub use picture::{Entry, Picture, Reference, ReferenceState, of_picture};
pub use record::of_record;
pub use rule::{RULES, Rule};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant, or not borne out.
    Warning,
    /// A part of the record means nothing.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something to know about a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub severity: Severity,
    /// Which [`Rule`]; read from elsewhere, it may be one that is not known here.
    pub code: Cow<'static, str>,
    /// Where in the record, such as `contributors[2].contributionWeight`; empty for the record as a whole.
    pub path: String,
    /// What is the matter, why, and the way out.
    pub message: String,
}

impl Finding {
    /// Whether it is about a reference that is not to the version which stands now.
    #[must_use]
    pub fn is_about_version(&self) -> bool {
        let rules = [rule::REFERENCE_TO_EARLIER_VERSION, rule::REFERENCE_TO_UNKNOWN_VERSION];
        rules.iter().any(|rule| rule.code == self.code)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
