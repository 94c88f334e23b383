//! `show`: the full picture of one hypercert, as the app's index has it, for people to read.

mod claim;
mod notes;
mod related;

use clap::Args;
use hypercerts_index::view::{Group, Hypercert};
use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;

use super::CliError;
use super::answer::{Answer, Format};
use super::connect::{self, AppOption, DirectoryOptions};
use super::input::record_uri;

/// Show a claim and everything tied to it: who evaluated, measured, acknowledged, funded
///
/// What is shown was verified by the app's index. To check for yourself, use `verify`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The claim
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    #[command(flatten)]
    app: AppOption,
    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(show: Show) -> Result<Answer, CliError> {
    let uri = show.directory.by_did(&show.uri).await?;
    let app = connect::client(&show.app.app)?;
    let hypercert: Hypercert = app.query(nsid::GET_HYPERCERT, &[("uri", uri.as_str())]).await?;
    show.format.answer(&hypercert, || in_words(&hypercert))
}

fn in_words(hypercert: &Hypercert) -> String {
    let mut parts = vec![claim::heading(hypercert), claim::seal(hypercert)];
    parts.extend(claim::findings(hypercert));
    parts.extend(section("Locks", &hypercert.locks, notes::lock));
    parts.extend(section("Contributors", &hypercert.contributors, related::contributor));
    parts.push(evaluations(hypercert));
    for (title, group) in [
        ("Measurements", &hypercert.measurements),
        ("Attachments", &hypercert.attachments),
        ("Acknowledgements", &hypercert.acknowledgements),
        ("Funding receipts", &hypercert.receipts),
        ("Locations", &hypercert.locations),
        ("Rights", &hypercert.rights),
        ("Collections", &hypercert.collections),
        ("Other records", &hypercert.other),
    ] {
        parts.extend(section(title, group, related::entry));
    }
    parts.join("\n\n")
}

fn evaluations(hypercert: &Hypercert) -> String {
    match section("Evaluations", &hypercert.evaluations, related::entry) {
        Some(section) => {
            let independent = hypercert.independent_evaluations;
            section.replacen('\n', &format!(" ({independent} independent)\n"), 1)
        }
        None => "No evaluation yet.".to_owned(),
    }
}

/// A group under its title, with how many of it are not shown; nothing if there are none.
fn section<T>(title: &str, group: &Group<T>, entry: fn(&T) -> String) -> Option<String> {
    if group.is_empty() {
        return None;
    }
    let mut lines = vec![format!("{title}: {}", group.total)];
    lines.extend(group.items.iter().map(entry));
    let shown = group.items.len() as u64;
    if group.total > shown {
        lines.push(format!("  … and {} more", group.total - shown));
    }
    Some(lines.join("\n"))
}
