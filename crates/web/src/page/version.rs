//! References to a version that does not stand now, and what changed since.

use askama::Template;
use askama::filters::HtmlSafe;
use hypercerts_index::view::{self, Direction, Reference, Related};
use hypercerts_lexicon::Cid;

/// Letters of a CID that tell two of them apart; the whole stands in a title and in Provenance.
const CID_END: usize = 8;

/// A reference that does not lead to the version which stands now.
#[derive(Clone, Debug, Template)]
#[template(path = "part/version.html")]
pub struct Version {
    about: &'static str,
    referenced: ShortCid,
    current: ShortCid,
    since: Since,
}

impl HtmlSafe for Version {}

/// What is known of the way from one version to the other.
#[derive(Clone, Debug)]
enum Since {
    Changed(Vec<Change>),
    /// The earlier version stood, but its content is not kept.
    NotKept,
    NeverSeen,
}

/// One field that changed.
#[derive(Clone, Debug)]
struct Change {
    path: String,
    before: Option<String>,
    after: Option<String>,
}

impl Version {
    /// The version of a tied record's reference; `None` when it is the one that stands now.
    pub fn of(related: &Related) -> Option<Self> {
        let seen = !matches!(related.reference, Reference::NeverSeen { .. });
        let about = match (related.direction, seen) {
            (Direction::PointsHere, true) => "About an earlier version of the claim.",
            (Direction::PointsHere, false) => "About another version of the claim.",
            (Direction::PointedAt, true) => "The claim names an earlier version of this record.",
            (Direction::PointedAt, false) => "The claim names another version of this record.",
        };
        Self::told(&related.reference, about)
    }

    /// The same, said as `about`.
    pub fn told(reference: &Reference, about: &'static str) -> Option<Self> {
        let (referenced, current, since) = match reference {
            Reference::Stale { referenced, current, changes } => {
                (referenced, current, changes.as_deref().map_or(Since::NotKept, Since::of))
            }
            Reference::NeverSeen { referenced, current } => (referenced, current, Since::NeverSeen),
            Reference::Current | Reference::Missing { .. } | Reference::Unpinned => return None,
        };
        let (referenced, current) = (ShortCid::of(referenced), ShortCid::of(current));
        Some(Self { about, referenced, current, since })
    }
}

impl Since {
    fn of(changes: &[view::Change]) -> Self {
        let change = |change: &view::Change| Change {
            path: change.path.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        };
        Self::Changed(changes.iter().map(change).collect())
    }
}

/// The end of a CID, with the whole in its title.
#[derive(Clone, Debug, Template)]
#[template(path = "part/short-cid.html")]
pub struct ShortCid {
    whole: String,
    end: String,
}

impl HtmlSafe for ShortCid {}

impl ShortCid {
    /// Shortens a CID.
    pub fn of(cid: &Cid) -> Self {
        let whole = cid.to_string();
        let end = whole.get(whole.len().saturating_sub(CID_END)..).unwrap_or_default().to_owned();
        Self { whole, end }
    }
}
