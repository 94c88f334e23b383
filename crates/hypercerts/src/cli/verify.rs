//! `verify`: the check of one record, or of a bundle, told step by step.

use std::path::PathBuf;

use clap::Args;
use hypercerts_lexicon::AtUri;
use hypercerts_verify::bundle::{AccountReport, RecordReport, Report};
use hypercerts_verify::{self as verify, Check, Outcome, Step, Verdict};

use super::answer::{Answer, Exit, Format};
use super::connect::DirectoryOptions;
use super::input::{InputError, record_uri};
use super::{CliError, bundle, text};

/// Check for yourself who signed a record, and that it is intact
///
/// A record: resolves the account's identity with its log, fetches the proof from the account's
/// server, and checks signature, tree, hash and schema here, trusting neither. A bundle: checks all
/// of that for every record in the file, asking nobody.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The record, like at://alice.test/org.hypercerts.claim.activity/3mhlv4n3abc2a, or a bundle
    #[arg(value_name = "URI|FILE.car", value_parser = target)]
    target: Target,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Clone)]
enum Target {
    Record(AtUri),
    Bundle(PathBuf),
}

/// What does not begin like an address is a file.
fn target(text: &str) -> Result<Target, InputError> {
    match text.starts_with("at://") {
        true => record_uri(text).map(Target::Record),
        false => Ok(Target::Bundle(text.into())),
    }
}

pub(super) async fn run(args: Verify) -> Result<Answer, CliError> {
    match args.target {
        Target::Record(uri) => record(&uri, &args.directory, args.format).await,
        Target::Bundle(path) => {
            let report = bundle::check(&path).await?;
            let answer = args.format.answer(&report, || in_words(&report))?;
            Ok(answer.with_exit(exit(report.verdict)))
        }
    }
}

async fn record(
    uri: &AtUri,
    directory: &DirectoryOptions,
    format: Format,
) -> Result<Answer, CliError> {
    let quiet = format.is_json();
    let told = |step: &Step| {
        if !quiet {
            println!("{}\n", text::step(step));
        }
    };
    let report = verify::run(&directory.verifier()?, uri, told).await.report;
    let answer = format.answer(&report, || report.verdict.to_string())?;
    Ok(answer.with_exit(exit(report.verdict)))
}

/// How a command ends that ends with a verdict.
pub(super) fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Verified => Exit::Done,
        Verdict::NotVerified => Exit::Refused,
        Verdict::NotChecked => Exit::Usage,
    }
}

fn in_words(report: &Report) -> String {
    let subject = report.subject.as_ref().map(|subject| &subject.uri);
    let mut parts: Vec<String> = report.steps.iter().map(text::step).collect();
    for account in &report.accounts {
        parts.push(account_in_words(account, subject));
        let own = |record: &&RecordReport| record.uri.did().as_ref() == Some(&account.did);
        let records = report.records.iter().filter(own);
        parts.extend(records.map(|record| record_in_words(record, subject)));
    }
    let missing = bundle::missing_in_words(&report.missing);
    if !missing.is_empty() {
        parts.push(missing.join("\n").trim_start().to_owned());
    }
    parts.extend(report.root.map(|root| format!("Root: {root}")));
    parts.push(text::fold(report.in_words(), text::WIDTH, 0));
    parts.join("\n\n")
}

/// The subject's account with every step; any other with those that are worth a look.
fn account_in_words(account: &AccountReport, subject: Option<&AtUri>) -> String {
    let whole = subject.and_then(AtUri::did).as_ref() == Some(&account.did);
    let worth = |step: &&Step| whole || matters(step) && step.check != Check::Handle;
    let name = account.claimed_handle.as_ref();
    let name = name.map(|name| format!(", which claims the name {name}")).unwrap_or_default();
    let steps = account.steps.iter().filter(worth);
    let steps: String = steps.map(|step| format!("\n{}", text::step(step))).collect();
    format!("{} {}{name}{steps}", mark(account.verdict), account.did)
}

/// The subject with every step; any other record with those that are worth a look.
fn record_in_words(record: &RecordReport, subject: Option<&AtUri>) -> String {
    let whole = subject == Some(&record.uri);
    let steps = record.steps.iter().filter(|step| whole || matters(step));
    let steps: String = steps.map(|step| format!("\n{}", text::step(step))).collect();
    format!("{} {}\n  {}{steps}", mark(record.verdict), record.uri, record.cid)
}

fn matters(step: &Step) -> bool {
    step.outcome != Outcome::Passed
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => Outcome::Passed.mark(),
        Verdict::NotVerified => Outcome::Failed.mark(),
        Verdict::NotChecked => Outcome::Unchecked.mark(),
    }
}
