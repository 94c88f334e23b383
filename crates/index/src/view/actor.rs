//! Accounts: who they are, how far the index follows them, and what they did.

use std::fmt;

use hypercerts_lexicon::{Did, Handle, Tid};
use serde::{Deserialize, Serialize};

use super::{CollectionCount, Group, RecordView, Summary};

/// An account in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorBrief {
    pub did: Did,
    /// Present only when it was checked both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<Handle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

/// An account, its profile, and what it claimed, evaluated and funded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorView {
    pub actor: ActorBrief,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pds: Option<String>,
    pub status: AccountStatus,
    pub sync: SyncState,
    /// The revision up to which the repository is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rev: Option<Tid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<RecordView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<RecordView>,
    pub claims: Group<Summary>,
    pub evaluations: Group<About>,
    pub receipts: Group<About>,
    pub collections: Vec<CollectionCount>,
}

/// A record, and the claim it is about when it is about one that the index holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    pub record: RecordView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Summary>,
}

/// What an account's host says of it. Records are shown of active accounts only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountStatus {
    Active,
    Takendown,
    Suspended,
    Deleted,
    Deactivated,
    /// Inactive for a reason the host did not give, or one this index does not know.
    Inactive,
}

impl AccountStatus {
    /// Reads the `active` and `status` fields of an `#account` event.
    #[must_use]
    pub fn from_event(active: bool, status: Option<&str>) -> Self {
        match (active, status) {
            (true, _) => Self::Active,
            (false, Some("takendown")) => Self::Takendown,
            (false, Some("suspended")) => Self::Suspended,
            (false, Some("deleted")) => Self::Deleted,
            (false, Some("deactivated")) => Self::Deactivated,
            (false, _) => Self::Inactive,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Takendown => "takendown",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
            Self::Deactivated => "deactivated",
            Self::Inactive => "inactive",
        }
    }
}

impl fmt::Display for AccountStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How far the index follows a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum SyncState {
    /// Met, but its identity or repository could not be fetched yet. Nothing of it is shown.
    Pending { reason: String },
    /// Every commit up to the known revision was verified.
    Synchronized,
    /// The chain of commits broke: what is shown was verified, but may be out of date.
    Desynchronized { reason: String },
}
