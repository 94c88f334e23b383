//! Claims that may speak of the same work as one claim, and what shows it.

use askama::Template;
use hypercerts_index::view::{Hypercert, Overlapping, Overlaps, Shared};

use super::claim::Claim;
use super::list::Entry;
use super::{Here, Page};
use crate::format::{count, link};

/// Everything the page says.
#[derive(Template)]
#[template(path = "page/overlaps.html")]
pub struct OverlapsPage {
    title: String,
    href: String,
    compared: String,
    complete: bool,
    claims: Vec<OverlapNote>,
}

/// One claim beside the one that was asked about.
struct OverlapNote {
    claim: Entry,
    surely: bool,
    dimensions: [Dimension; 5],
}

/// What two claims have in common in one dimension.
struct Dimension {
    name: &'static str,
    answer: &'static str,
    words: String,
}

impl OverlapsPage {
    /// Puts the page together.
    pub fn of(hypercert: &Hypercert, overlaps: &Overlaps) -> Self {
        let compared = usize::try_from(overlaps.compared).unwrap_or(usize::MAX);
        Self {
            title: Claim::of(hypercert).title,
            href: link::hypercert(&hypercert.claim.uri),
            compared: count(compared, "claim", "claims"),
            complete: overlaps.complete,
            claims: overlaps.items.iter().map(OverlapNote::of).collect(),
        }
    }
}

impl Page for OverlapsPage {
    fn title(&self) -> String {
        format!("Same work as “{}”?", self.title)
    }

    fn here(&self) -> Here {
        Here::Hypercerts
    }
}

impl OverlapNote {
    fn of(overlapping: &Overlapping) -> Self {
        let Overlapping { claim, surely, who, what, when, place, rights } = overlapping;
        let dimensions =
            [("Who", who), ("What", what), ("When", when), ("Where", place), ("Rights", rights)];
        Self {
            claim: Entry::from(claim),
            surely: *surely,
            dimensions: dimensions.map(|(name, shared)| Dimension::of(name, shared)),
        }
    }
}

impl Dimension {
    fn of(name: &'static str, shared: &Shared) -> Self {
        let (answer, words) = match shared {
            Shared::Overlaps { witness } => ("in common", witness),
            Shared::CannotTell { why } => ("cannot be told", why),
        };
        Self { name, answer, words: words.clone() }
    }
}
