//! Signatures that records carry in themselves, and what a check of each says.

use serde::{Deserialize, Serialize};

use super::ActorBrief;

/// One entry of a record's `signatures`, checked.
///
/// It says that somebody put their name to this content in this repository; what they meant by it, they
/// may say elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// The entry, such as `signatures[0]`.
    pub path: String,
    pub form: AttestationForm,
    /// Who attested, by the entry's word; `None` when it names nobody in a readable form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorBrief>,
    /// What the proof record says beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(flatten)]
    pub outcome: AttestationOutcome,
}

/// The two forms of an attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttestationForm {
    /// A signature written into the record.
    Inline,
    /// A record in the signer's own repository.
    Remote,
    /// One that this program does not know.
    Unknown,
}

/// What the check says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum AttestationOutcome {
    /// It is by whom it names, over exactly this content in this repository.
    Holds,
    /// It is not; `why` is a sentence.
    Fails { why: String },
    /// What the check needs could not be had; `why` is a sentence.
    NotChecked { why: String },
}
