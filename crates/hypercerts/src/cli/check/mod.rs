//! `check`: what there is to say about records before anybody else says it.
//!
//! Records come from files, folders or the network ([`source`]), are looked at alone and beside each other
//! ([`examine`]) and told about in words ([`words`]).

mod examine;
mod kind;
mod shelf;
mod source;
mod words;

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use hypercerts_lexicon::AtUri;

use super::CliError;
use super::answer::{Answer, Exit, Format};
use super::connect::DirectoryOptions;
use super::input::{InputError, record_uri};

const AFTER_HELP: &str = "\
A file holds a record with its $type, a record as servers answer it (uri, cid, value), or a list of either. \
Of a folder, every file below it that ends in .json is checked.

Records that are checked together are seen beside each other: a claim's places and scope are looked up among \
them. Around a record from the network, the records it refers to are fetched too.

The exit status is 0 if every record is valid and no finding is an error, and 1 if not. docs/findings.md \
explains every finding.";

/// Check records: edition, validity, what makes no sense, scope and places as they are understood
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Check {
    /// Files, folders, or addresses like at://alice.test/org.hypercerts.claim.activity/3mhlv4n3abc2a
    #[arg(value_name = "FILE|DIR|URI", required = true)]
    targets: Vec<Target>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

/// Where records are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Path(PathBuf),
    Record(AtUri),
}

impl FromStr for Target {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        match text.starts_with("at://") {
            true => record_uri(text).map(Self::Record),
            false => Ok(Self::Path(PathBuf::from(text))),
        }
    }
}

pub(super) async fn run(check: Check) -> Result<Answer, CliError> {
    let mut collected = source::Collected::default();
    for target in &check.targets {
        match target {
            Target::Path(path) => collected.add_path(path)?,
            Target::Record(uri) => collected.fetch(&check.directory, uri).await?,
        }
    }
    let report = examine::examine(collected);
    let exit = if report.is_good() { Exit::Done } else { Exit::Refused };
    Ok(check.format.answer(&report, || words::tell(&report))?.with_exit(exit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path() {
        assert_eq!("claims/a.json".parse(), Ok(Target::Path("claims/a.json".into())));
        let uri = "at://did:plc:w4xlwcl2fyp5jmbdfrm5h3ub/app.certified.location/3mhlv4n3abc2a";
        assert!(matches!(uri.parse(), Ok(Target::Record(_))));
        assert!(Target::from_str("at://alice.test").is_err());
    }
}
