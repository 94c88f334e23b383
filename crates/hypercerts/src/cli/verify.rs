//! `verify`: the check of one record, told step by step.

use clap::Args;
use hypercerts_lexicon::AtUri;

use super::answer::{Answer, Exit, Format};
use super::connect::DirectoryOptions;
use super::input::record_uri;
use super::{CliError, text};
use hypercerts_verify::{self as verify, Verdict};

/// Check for yourself who signed a record, and that it is intact
///
/// Resolves the account's identity with its log, fetches the proof from the account's server, and
/// checks signature, tree, hash and schema here, trusting neither.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The record, like at://alice.test/org.hypercerts.claim.activity/3mhlv4n3abc2a
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(verify: Verify) -> Result<Answer, CliError> {
    let quiet = verify.format.is_json();
    let told = |step: &verify::Step| {
        if !quiet {
            println!("{}\n", text::step(step));
        }
    };
    let report = verify::run(&verify.directory.verifier()?, &verify.uri, told).await.report;
    let exit = match report.verdict {
        Verdict::Verified => Exit::Done,
        Verdict::NotVerified => Exit::Refused,
        Verdict::NotChecked => Exit::Usage,
    };
    let answer = verify.format.answer(&report, || report.verdict.to_string())?;
    Ok(answer.with_exit(exit))
}
