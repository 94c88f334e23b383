//! Locks: records that freeze a claim at one version.

use hypercerts_lexicon::{AtUri, Cid};
use serde::{Deserialize, Serialize};

use super::{Group, Related};

/// A record that locks the claim.
///
/// Nobody is kept from editing by it. It makes edits visible: `lock.reference` tells whether the claim still
/// is the version locked and what changed since, and `later` what joined it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lock {
    /// The lock record: whose it is, how they stand to the claim, and to which version of it it refers.
    pub lock: Related,
    /// The root of the evidence bundle that was made at the lock, which holds exactly what was locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Cid>,
    /// Tied records that this index first saw, or saw edited, after it first saw the lock: as they stand,
    /// they are no part of what was locked. Whether the others are, only the bundle can tell.
    pub later: Group<Later>,
}

/// A tied record that is not, as it stands, part of what was locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Later {
    pub uri: AtUri,
    pub what: LaterWhat,
}

/// What happened to a tied record after the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LaterWhat {
    /// It came.
    Came,
    /// It was there and was edited.
    Changed,
}
