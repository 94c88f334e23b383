//! Whether two claims speak of some of the same work.
//!
//! A claim has five dimensions: who, what, when, where, and under which rights. A dimension that a claim
//! leaves open covers everything. Two claims are *disjoint* if any dimension is, and *overlap* if all do; each
//! answer comes with a [`Witness`] that can be checked: the person both name, an example of work that falls
//! under both scopes, the days both cover.
//!
//! What the rules err on is doubt: a name is weaker than a DID, and different rights records may say the
//! same, so neither tells two claims apart.

mod formula;
mod rights;
mod search;
mod subject;
mod what;
mod when;
mod r#where;
mod who;
mod witness;

pub use subject::Subject;
pub use witness::{Example, Witness};

use serde::Serialize;

use super::Vocabulary;

/// Whether two claims have something in common in one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Overlap {
    Disjoint { witness: Witness },
    Overlaps { witness: Witness },
    CannotTell { why: String },
}

impl Overlap {
    fn disjoint(witness: Witness) -> Self {
        Self::Disjoint { witness }
    }

    fn overlaps(witness: Witness) -> Self {
        Self::Overlaps { witness }
    }

    fn cannot_tell(why: impl Into<String>) -> Self {
        Self::CannotTell { why: why.into() }
    }

    #[must_use]
    pub fn is_disjoint(&self) -> bool {
        matches!(self, Self::Disjoint { .. })
    }

    #[must_use]
    pub fn overlaps_surely(&self) -> bool {
        matches!(self, Self::Overlaps { .. })
    }
}

/// One of the five sides of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    Who,
    What,
    When,
    Where,
    Rights,
}

/// The overlap of two claims, dimension by dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dimensions {
    pub who: Overlap,
    pub what: Overlap,
    pub when: Overlap,
    #[serde(rename = "where")]
    pub place: Overlap,
    pub rights: Overlap,
}

/// What the dimensions come to together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Together {
    /// These dimensions have nothing in common.
    Disjoint {
        by: Vec<Dimension>,
    },
    Overlaps,
    /// Nothing tells the claims apart, but in these dimensions it cannot be told.
    CannotTell {
        by: Vec<Dimension>,
    },
}

impl Dimensions {
    /// Compares two claims.
    #[must_use]
    pub fn between(one: &Subject, other: &Subject, vocabulary: &Vocabulary) -> Self {
        Self {
            who: who::overlap(&one.people, &other.people),
            what: what::of_read(&one.scope, &other.scope, vocabulary),
            when: when::overlap(&one.time, &other.time),
            place: r#where::overlap(&one.places, &other.places),
            rights: rights::overlap(one.rights.as_ref(), other.rights.as_ref()),
        }
    }

    pub fn each(&self) -> impl Iterator<Item = (Dimension, &Overlap)> {
        [
            (Dimension::Who, &self.who),
            (Dimension::What, &self.what),
            (Dimension::When, &self.when),
            (Dimension::Where, &self.place),
            (Dimension::Rights, &self.rights),
        ]
        .into_iter()
    }

    #[must_use]
    pub fn together(&self) -> Together {
        let those = |fits: fn(&Overlap) -> bool| -> Vec<Dimension> {
            self.each().filter(|(_, overlap)| fits(overlap)).map(|(one, _)| one).collect()
        };
        let disjoint = those(Overlap::is_disjoint);
        let doubtful = those(|overlap| matches!(overlap, Overlap::CannotTell { .. }));
        match (disjoint.is_empty(), doubtful.is_empty()) {
            (false, _) => Together::Disjoint { by: disjoint },
            (true, false) => Together::CannotTell { by: doubtful },
            (true, true) => Together::Overlaps,
        }
    }
}
