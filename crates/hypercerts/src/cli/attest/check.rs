//! `attest check`: who stands behind a record.

use clap::Args;
use hypercerts_lexicon::{AtUri, Cid};
use hypercerts_records::attestation::Outcome;
use hypercerts_verify::{Attestations, attestations};
use serde::Serialize;

use super::Subject;
use crate::cli::answer::{Answer, Exit, Format};
use crate::cli::connect::DirectoryOptions;
use crate::cli::input::record_uri;
use crate::cli::{CliError, text};

/// Check who attests a record, with keys and proofs fetched and verified here
///
/// Checks every entry of its `signatures` and, for a linked wallet, the wallet's consent. Exit
/// status 1 tells that one does not hold, 2 that one could not be checked.
#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    /// The record; it is verified first
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Told {
    uri: AtUri,
    cid: Cid,
    #[serde(flatten)]
    attestations: Attestations,
}

impl Check {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let verifier = self.directory.verifier()?;
        let subject = Subject::verified(&verifier, &self.uri).await?;
        let attestations = attestations(&verifier, &subject.record, &subject.value).await;
        let exit = exit(&attestations);
        let told = Told { uri: subject.uri(), cid: subject.record.cid(), attestations };
        let answer = self.format.answer(&told, || in_words(&told.attestations))?;
        Ok(answer.with_exit(exit))
    }
}

/// What fails weighs more than what could not be checked.
fn exit(found: &Attestations) -> Exit {
    let entries = found.attestations.iter().map(|one| Verdict::of(&one.outcome));
    let link = found.link.iter().map(|link| Verdict::of(&link.outcome));
    match entries.chain(link).max() {
        None | Some(Verdict::Holds) => Exit::Done,
        Some(Verdict::NotChecked) => Exit::Usage,
        Some(Verdict::Fails) => Exit::Refused,
    }
}

/// An outcome without its reason, the gravest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Holds,
    NotChecked,
    Fails,
}

impl Verdict {
    fn of<R>(outcome: &Outcome<R>) -> Self {
        match outcome {
            Outcome::Holds => Self::Holds,
            Outcome::NotChecked { .. } => Self::NotChecked,
            Outcome::Fails { .. } => Self::Fails,
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Self::Holds => "✓",
            Self::NotChecked => "?",
            Self::Fails => "✗",
        }
    }
}

fn in_words(found: &Attestations) -> String {
    let entries = found.attestations.iter().map(|one| {
        let said = paragraph(Verdict::of(&one.outcome), &one.message);
        match &one.note {
            Some(note) => format!("{said}\n{}", text::fold(&format!("“{note}”"), text::WIDTH, 4)),
            None => said,
        }
    });
    let link = found.link.iter().map(|link| paragraph(Verdict::of(&link.outcome), &link.message));
    let told: Vec<String> = entries.chain(link).collect();
    match told.is_empty() {
        true => "Nobody but its author stands behind this record, as far as it says.".to_owned(),
        false => told.join("\n\n"),
    }
}

fn paragraph(verdict: Verdict, message: &str) -> String {
    const INDENT: usize = 2;
    let message = text::fold(message, text::WIDTH, INDENT);
    format!("{} {}", verdict.mark(), message.trim_start())
}
