//! What the index tells: the shapes of its answers, the same for the XRPC methods and for the pages.
//!
//! Everything here is plain data that serialises to camelCase JSON. A *view* shows a stored record with
//! what the index knows of it; an *actor* is an account; a *group* is a bounded list that also says how
//! many there are in all. Nothing here decides anything: the queries fill these types in.
//!
//! | Method | Parameters | Answer |
//! |---|---|---|
//! | `rs.hypercerts.index.getHypercert` | `uri` | [`Hypercert`] |
//! | `rs.hypercerts.index.listHypercerts` | `limit`, `cursor`, `author`, `q`, `evaluated`, `funded`, `from`, `until`, `scope`, `place` | [`Page`] of [`Summary`] |
//! | `rs.hypercerts.index.getOverlaps` | `uri` | [`Overlaps`] |
//! | `rs.hypercerts.index.getRecord` | `uri` | [`RecordPicture`] |
//! | `rs.hypercerts.index.getStatus` | – | [`Status`] |

mod actor;
mod attestation;
mod hypercert;
mod lock;
mod overlap;
mod record;
mod reference;
mod scope;
mod standing;
mod status;
mod walk;

pub use actor::{About, AccountStatus, ActorBrief, ActorView, SyncState};
pub use attestation::{Attestation, AttestationForm, AttestationOutcome};
pub use hypercert::{ContributorView, Direction, Hypercert, Related, RelatedCounts, Summary};
pub use hypercerts_records::finding::{Finding, Severity};
pub use lock::{Later, LaterWhat, Lock};
pub use overlap::{Overlapping, Overlaps, Shared};
pub use record::{RecordPicture, RecordView, Signed, Validity, Verification, Violation};
pub use reference::{Change, Reference};
pub use scope::ScopeView;
pub use standing::Standing;
pub use status::{
    CollectionCount, Counts, DesynchronizedAccount, RefusalKind, RefusalView, SourceKind,
    SourceState, SourceStatus, Status,
};

use serde::{Deserialize, Serialize};

/// A bounded list, and how many there are in all (`total` ≥ `items.len()`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group<T> {
    pub total: u64,
    pub items: Vec<T>,
}

impl<T> Group<T> {
    /// A group that shows everything there is.
    #[must_use]
    pub fn complete(items: Vec<T>) -> Self {
        Self { total: items.len() as u64, items }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { total: 0, items: Vec::new() }
    }
}

/// One page of a list. `cursor` is opaque, and absent on the last page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
