//! `index import`: taking a repository into the index by hand.

use std::convert::Infallible;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Subcommand};
use hypercerts_index::{ImportReport, Index, IndexConfig};
use hypercerts_lexicon::Did;

use super::answer::{Answer, Format};
use super::connect::DirectoryOptions;
use super::{CliError, connect, text};
use crate::files;

/// Look after the index
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Import(Import),
}

/// Take in a repository: from a CAR file, or by its DID from the account's server
///
/// The repository is verified with the account's present key, like everything the index holds.
/// No network may be running on the same data meanwhile.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A CAR file, or a DID
    #[arg(value_name = "FILE.car|DID")]
    source: Source,

    /// Where the network keeps its data
    #[arg(long, value_name = "DIR", env = "HYPERCERTS_DATA", hide_env_values = true)]
    #[arg(default_value = "hypercerts-data")]
    data: PathBuf,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Clone)]
enum Source {
    Account(Did),
    File(PathBuf),
}

impl FromStr for Source {
    type Err = Infallible;

    /// What is no DID is a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Did::parse(text).map_or_else(|_| Self::File(text.into()), Self::Account))
    }
}

impl Source {
    /// Told here, where the file's name is known to the person.
    fn require_file(&self) -> Result<(), CliError> {
        let Self::File(path) = self else { return Ok(()) };
        let failed = |source| CliError::File { path: path.clone(), action: "read", source };
        File::open(path).map(drop).map_err(failed)
    }
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Import(import) => import.run().await,
    }
}

impl Import {
    async fn run(self) -> Result<Answer, CliError> {
        self.source.require_file()?;
        let resolver = self.directory.verifier()?.resolver().clone();
        let http = connect::http(&self.directory.plc_url()?)?;
        let config = IndexConfig::new(self.data.join("index"), Vec::new(), resolver, http);
        let _hold = hold(&self.data)?;
        let index = Index::open(config)?;
        let outcome = match &self.source {
            Source::Account(did) => index.import_did(did).await,
            Source::File(path) => index.import_car(path).await,
        };
        index.close().await;
        let report = outcome?;
        self.format.answer(&report, || in_words(&report))
    }
}

/// One process at a time may write to a network's data.
fn hold(data: &Path) -> Result<File, CliError> {
    let failed = |source| CliError::File { path: data.to_path_buf(), action: "used", source };
    files::hold(data).map_err(failed)?.ok_or_else(|| {
        CliError::usage(format!(
            "a network is running on {}. End it first, or import into another folder with --data.",
            data.display()
        ))
    })
}

fn in_words(report: &ImportReport) -> String {
    let mut lines = vec![match &report.rev {
        Some(rev) if report.not_newer => format!(
            "Nothing was read: the index has {} up to revision {rev} already, which is not older.",
            report.did
        ),
        Some(rev) => format!("Taken in and verified: {}, up to revision {rev}.", report.did),
        None => format!("{} has nothing to take in.", report.did),
    }];
    for (number, one, many) in [
        (report.stored, "record is new or changed", "records are new or changed"),
        (report.invalid, "of them is not valid", "of them are not valid"),
        (report.unchanged, "record is as it was", "records are as they were"),
        (report.deleted, "record is gone", "records are gone"),
        (report.not_kept, "record is of a kind not kept", "records are of kinds not kept"),
        (report.unreadable, "record cannot be read", "records cannot be read"),
    ] {
        if number > 0 {
            lines.push(format!("  {}", text::count(number, one, many)));
        }
    }
    lines.join("\n")
}
