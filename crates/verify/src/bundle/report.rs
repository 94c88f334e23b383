//! What checking a bundle found, from the file down to each record.

use hypercerts_lexicon::{AtUri, Cid, Did, Handle};
use hypercerts_records::attestation::Attestation;
use serde::Serialize;

use super::manifest::{Missing, Subject};
use super::references::Reference;
use crate::{Step, Verdict};

/// All that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What names the bundle as a whole; absent if not even the header can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Cid>,
    /// What the bundle is about, according to its manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    pub verdict: Verdict,
    /// About the file as a whole.
    pub steps: Vec<Step>,
    pub accounts: Vec<AccountReport>,
    pub records: Vec<RecordReport>,
    /// What the maker of the bundle could not get.
    pub missing: Vec<Missing>,
}

/// What was found about an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountReport {
    pub did: Did,
    /// The name it claims; whether the name led back to it, a bundle cannot show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_handle: Option<Handle>,
    pub verdict: Verdict,
    pub steps: Vec<Step>,
}

/// What was found about a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordReport {
    pub uri: AtUri,
    pub cid: Cid,
    pub verdict: Verdict,
    pub steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Who else stands behind it, according to its `signatures`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Attestation>,
}

impl Report {
    /// Of a file whose manifest cannot be read.
    pub(super) fn of_file(root: Option<Cid>, steps: Vec<Step>) -> Self {
        Self {
            root,
            subject: None,
            verdict: Verdict::of(&steps),
            steps,
            accounts: Vec::new(),
            records: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Every step, in the order of the check.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        let accounts = self.accounts.iter().flat_map(|account| &account.steps);
        let records = self.records.iter().flat_map(|record| &record.steps);
        self.steps.iter().chain(accounts).chain(records)
    }

    /// What was found about this record.
    pub fn record(&self, uri: &AtUri) -> Option<&RecordReport> {
        self.records.iter().find(|record| record.uri == *uri)
    }

    /// What the steps come to, in a sentence or two.
    pub fn in_words(&self) -> &'static str {
        match self.verdict {
            Verdict::Verified => {
                "Verified: every record here was signed by its account, and nothing in the file was changed. \
                 Whether what they say is true, a signature cannot tell; nor what happened after the bundle was made."
            }
            Verdict::NotVerified => "Not verified: see the lines marked ✗.",
            Verdict::NotChecked => "Could not be checked completely: see the lines marked ?.",
        }
    }
}
