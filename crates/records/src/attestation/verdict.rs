//! How the check of an entry came out, for programs and in words for people.

use hypercerts_lexicon::{Cid, Did};
use hypercerts_repo::{KeyError, SignatureError};
use serde::{Serialize, Serializer};

use super::entry::Entry;
use super::{ContentError, KeyId, KeyIdError, Missing, Recipe};
use crate::link::StrongRef;

/// Characters of a stranger's `$type` that are repeated.
const MAX_SHOWN: usize = 80;

/// One entry of `signatures`, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// Where it stands in the record, such as `signatures[0]`.
    pub path: String,
    pub kind: Kind,
    /// Who attests, or is said to; `None` if the entry cannot be read that far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Did>,
    /// The key that signed, of an inline entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// The proof referred to, of a remote entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<StrongRef>,
    /// What the attester says about it, if they do and the attestation holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The content CID that is attested, if the attestation holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Cid>,
    /// How that CID is made, if the attestation holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe: Option<Recipe>,
    #[serde(flatten)]
    pub outcome: Outcome<Reason>,
    /// All of it in a sentence.
    pub message: String,
}

/// What an attestation that holds adds to its verdict.
pub(super) struct Held {
    pub recipe: Recipe,
    pub content: Cid,
    pub note: Option<String>,
}

/// How somebody attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// With a signature in the record.
    Inline,
    /// With a proof in the attester's repository.
    Remote,
    /// In a way that is not known here.
    Unknown,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum Outcome<R> {
    /// It is what it claims to be.
    Holds,
    /// It is not, and `why`.
    Fails { why: R },
    /// Nobody could tell, and `why`.
    NotChecked { why: R },
}

/// Why an entry does not hold, or could not be checked. Written as its code, such as
/// `other-content`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The entry lacks what every entry of its kind has.
    #[error("the entry cannot be read: {0}")]
    Unreadable(&'static str),
    /// The entry is of a kind that came later, or of somebody's own.
    #[error("entries of the kind {0:?} are not known here")]
    UnknownKind(String),
    /// There are more entries than [`MAX_ENTRIES`](super::MAX_ENTRIES).
    #[error("only the first {max} entries of a record are looked at, and {more} follow")]
    TooMany {
        /// How many are looked at.
        max: usize,
        /// How many are not.
        more: usize,
    },
    /// The record is not one that could be signed.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// What names the key is no name of a key.
    #[error(transparent)]
    KeyName(#[from] KeyIdError),
    /// The did:key spells out no key.
    #[error("its did:key is no key: {0}")]
    NoKey(#[from] KeyError),
    /// The DID document knows no such key (any more).
    #[error("there is no such key: {0}")]
    KeyAbsent(String),
    /// Nobody could be asked for the key.
    #[error("the key could not be looked up: {0}")]
    KeyUnreachable(String),
    /// The signature is of another form than the one that is allowed.
    #[error(transparent)]
    SignatureForm(SignatureError),
    /// The key did not sign this content, or not for this repository.
    #[error(
        "the signature is not by this key over this content in this repository: \
         the record was changed since, copied from elsewhere, or signed by somebody else"
    )]
    NotSigned,
    /// The reference leads to something else than an `app.certified.signature.proof` record.
    #[error(
        "what it refers to is no app.certified.signature.proof record, and only such a record attests"
    )]
    NotAProof,
    /// The reference names the attester by a name that can change hands.
    #[error(
        "it names the attester's repository by handle, which can change hands, instead of by DID"
    )]
    Handle,
    /// The proof is not in the attester's repository (any more).
    #[error("there is no such proof: {0}")]
    ProofAbsent(String),
    /// The proof could not be read.
    #[error("the proof could not be read: {0}")]
    ProofUnreachable(String),
    /// The proof is not the version that is referred to.
    #[error("the proof was changed: the record refers to {expected}, but it is now {found}")]
    ProofChanged {
        /// Which version the record refers to.
        expected: Cid,
        /// Which version there is.
        found: Cid,
    },
    /// The proof speaks of something else.
    #[error(
        "the proof attests the content {attested}, but the content of this record in this \
         repository is {content}: it was changed since, or copied from elsewhere"
    )]
    OtherContent {
        /// What the proof says, shortened.
        attested: String,
        /// What the record is.
        content: Cid,
    },
}

impl Reason {
    pub(super) fn unknown_kind(type_name: &str) -> Self {
        Self::UnknownKind(shorten(type_name))
    }

    pub(super) fn other_content(attested: &str, content: Cid) -> Self {
        Self::OtherContent { attested: shorten(attested), content }
    }

    pub(super) fn no_key(missing: Missing) -> Self {
        match missing {
            Missing::Absent(why) => Self::KeyAbsent(why),
            Missing::Unreachable(why) => Self::KeyUnreachable(why),
        }
    }

    pub(super) fn no_proof(missing: Missing) -> Self {
        match missing {
            Missing::Absent(why) => Self::ProofAbsent(why),
            Missing::Unreachable(why) => Self::ProofUnreachable(why),
        }
    }

    pub(super) fn signature(error: SignatureError) -> Self {
        match error {
            SignatureError::Mismatch => Self::NotSigned,
            form => Self::SignatureForm(form),
        }
    }

    /// The stable name of this reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::UnknownKind(_) => "unknown-kind",
            Self::TooMany { .. } => "too-many",
            Self::Content(_) => "unsignable",
            Self::KeyName(_) => "key-name",
            Self::NoKey(_) => "no-key",
            Self::KeyAbsent(_) => "key-absent",
            Self::KeyUnreachable(_) => "key-unreachable",
            Self::SignatureForm(_) => "signature-form",
            Self::NotSigned => "not-signed",
            Self::NotAProof => "not-a-proof",
            Self::Handle => "handle",
            Self::ProofAbsent(_) => "proof-absent",
            Self::ProofUnreachable(_) => "proof-unreachable",
            Self::ProofChanged { .. } => "proof-changed",
            Self::OtherContent { .. } => "other-content",
        }
    }

    /// Whether nothing speaks against the entry, only that it could not be looked at.
    fn leaves_open(&self) -> bool {
        matches!(
            self,
            Self::UnknownKind(_)
                | Self::TooMany { .. }
                | Self::KeyUnreachable(_)
                | Self::ProofUnreachable(_)
                | Self::Handle
        )
    }
}

impl From<Reason> for Outcome<Reason> {
    fn from(why: Reason) -> Self {
        if why.leaves_open() { Self::NotChecked { why } } else { Self::Fails { why } }
    }
}

impl<R> Outcome<R> {
    /// Whether it is what it claims to be.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl Attestation {
    /// The verdict on an entry that does not even say who attests.
    pub(super) fn unread(path: String, why: Reason) -> Self {
        Self {
            path,
            kind: Kind::Unknown,
            by: None,
            key: None,
            proof: None,
            note: None,
            content: None,
            recipe: None,
            outcome: why.into(),
            message: String::new(),
        }
    }

    pub(super) fn of_entry(path: String, entry: Entry<'_>, outcome: Result<Held, Reason>) -> Self {
        let (kind, by, key, proof) = match entry {
            Entry::Inline { key, .. } => (Kind::Inline, key.did().clone(), Some(key), None),
            Entry::Remote { attester, proof, .. } => (Kind::Remote, attester, None, Some(proof)),
        };
        let (held, outcome) = match outcome {
            Ok(held) => (Some(held), Outcome::Holds),
            Err(why) => (None, why.into()),
        };
        Self {
            path,
            kind,
            by: Some(by),
            key,
            proof,
            content: held.as_ref().map(|held| held.content),
            recipe: held.as_ref().map(|held| held.recipe),
            note: held.and_then(|held| held.note),
            outcome,
            message: String::new(),
        }
    }

    /// With the sentence that its other fields make.
    pub(super) fn told(mut self, repository: &Did) -> Self {
        self.message = self.sentence(repository);
        self
    }

    fn sentence(&self, repository: &Did) -> String {
        let by = self.by.as_ref().map_or("somebody", Did::as_str);
        match &self.outcome {
            Outcome::Holds => self.holding(by, repository),
            Outcome::Fails { why } => format!("The attestation by {by} does not hold: {why}."),
            Outcome::NotChecked { why } => {
                format!("Whether {by} attests this record could not be checked: {why}.")
            }
        }
    }

    fn holding(&self, by: &str, repository: &Did) -> String {
        let said = match (&self.key, &self.proof) {
            (Some(key), _) => {
                format!("{by} signed exactly this content, with the key #{}.", key.fragment())
            }
            (_, Some(proof)) => format!(
                "{by} attests exactly this content, with the proof {} in its own repository.",
                proof.uri()
            ),
            _ => format!("{by} attests exactly this content."),
        };
        match self.by.as_ref() == Some(repository) {
            true => format!("{said} That is the record's own account, so it adds nothing."),
            false => said,
        }
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
