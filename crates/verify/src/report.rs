//! What was checked, how it came out, and what that means.

use std::fmt;

use hypercerts_lexicon::{AtUri, Cid, Value};
use serde::Serialize;

/// All steps of a check, in order, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub uri: AtUri,
    pub verdict: Verdict,
    pub steps: Vec<Step>,
    /// The version that was proven to be in the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    /// The record itself, if it is proven and can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Value>,
}

/// What the steps come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Every check passed.
    Verified,
    /// A check failed.
    NotVerified,
    /// A check could not be made; nothing failed so far.
    NotChecked,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The DID leads to a key and a host.
    Identity,
    /// The handle and the DID point at each other.
    Handle,
    /// The host hands over a well-formed proof.
    Proof,
    /// The account's key signed the repository's state.
    Signature,
    /// That state has a record at this path.
    Path,
    /// The record's bytes are those that were signed.
    Content,
    /// The record fits the schema of its type.
    Schema,
    /// The file of a bundle is whole and holds nothing it should not.
    File,
    /// A bundle says what it holds, and holds what it is about.
    Manifest,
    /// Those who are said to attest a record do.
    Attested,
    /// The records that a record refers to are there, in the version it meant.
    References,
    /// The files that a record shows are there.
    Blobs,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Passed,
    Failed,
    /// It could not be made.
    Unchecked,
    /// Neither proves nor disproves anything, but is worth knowing.
    Noted,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub check: Check,
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What follows from it, or what to do about it.
    pub means: String,
}

impl Step {
    pub(crate) fn passed(check: Check, found: impl Into<String>) -> Self {
        let means = check.means().to_owned();
        Self { check, outcome: Outcome::Passed, found: found.into(), means }
    }

    pub(crate) fn failed(check: Check, found: impl fmt::Display, means: &str) -> Self {
        Self::new(check, Outcome::Failed, found, means)
    }

    pub(crate) fn unchecked(check: Check, found: impl fmt::Display, means: &str) -> Self {
        Self::new(check, Outcome::Unchecked, found, means)
    }

    pub(crate) fn noted(check: Check, found: impl fmt::Display, means: &str) -> Self {
        Self::new(check, Outcome::Noted, found, means)
    }

    /// The same, but as something worth knowing instead of a failure.
    pub(crate) fn softened(self) -> Self {
        match self.outcome {
            Outcome::Failed => Self { outcome: Outcome::Noted, ..self },
            _ => self,
        }
    }

    fn new(check: Check, outcome: Outcome, found: impl fmt::Display, means: &str) -> Self {
        Self { check, outcome, found: found.to_string(), means: means.to_owned() }
    }
}

impl Check {
    /// The name of the line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "Identity",
            Self::Handle => "Handle",
            Self::Proof => "Proof",
            Self::Signature => "Signature",
            Self::Path => "Path",
            Self::Content => "Content",
            Self::Schema => "Schema",
            Self::File => "File",
            Self::Manifest => "Manifest",
            Self::Attested => "Attested",
            Self::References => "References",
            Self::Blobs => "Blobs",
        }
    }

    /// What follows when it passes.
    fn means(self) -> &'static str {
        match self {
            Self::Identity => {
                "Only a holder of the account's rotation keys can have named this key and this host."
            }
            Self::Handle => "The account claims the name, and the name leads back to the account.",
            Self::Proof => "The host showed its evidence; the next steps do not trust the host.",
            Self::Signature => {
                "Whoever holds the account's key signed this state of its repository; nobody else could."
            }
            Self::Path => "The signed state has a record at exactly this address.",
            Self::Content => "Not a byte of the record differs from what was signed.",
            Self::Schema => "The record has the form its type promises.",
            Self::File => "Not a bit differs from what the root stands for.",
            Self::Manifest => "The root stands for this and everything below.",
            Self::Attested => "Somebody besides the author stands behind exactly this content.",
            Self::References => "What it speaks of is what you have before you.",
            Self::Blobs => "Not a byte of them differs from what the record shows.",
        }
    }
}

impl Outcome {
    /// A mark that is told apart without colour.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Passed => "✓",
            Self::Failed => "✗",
            Self::Unchecked => "?",
            Self::Noted => "·",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, name) = (self.outcome.mark(), self.check.name());
        write!(f, "{mark} {name}: {} {}", self.found, self.means)
    }
}

impl Verdict {
    /// A failed check weighs more than one that could not be made.
    pub(crate) fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        steps.into_iter().fold(Self::Verified, |verdict, step| match step.outcome {
            Outcome::Failed => Self::NotVerified,
            Outcome::Unchecked if verdict == Self::Verified => Self::NotChecked,
            _ => verdict,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verified => {
                "Verified: the account signed this record, and it is intact. \
                 Whether what it says is true, a signature cannot tell."
            }
            Self::NotVerified => "Not verified: see the line marked ✗.",
            Self::NotChecked => "Could not be checked: see the line marked ?.",
        })
    }
}
