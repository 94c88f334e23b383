//! `lock`: a claim frozen at the version that stands now.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use hypercerts_lexicon::{AtUri, Cid};
use hypercerts_records::{ClaimLock, StrongRef};
use hypercerts_verify::Verdict;

use super::answer::{Answer, Format};
use super::batch::Batch;
use super::connect::DirectoryOptions;
use super::input::record_uri;
use super::session::LoggedIn;
use super::{CliError, bundle, subject};

/// Lock a claim: say, as your account, which version of it you hold on to
///
/// What its author changes later is then visible as no part of what was locked. With the root of an
/// evidence bundle, the lock stands for all the evidence there was.
#[derive(Debug, Args)]
pub(super) struct Lock {
    /// The claim; the version that stands now is verified and locked
    #[arg(value_name = "URI", value_parser = record_uri)]
    subject: AtUri,

    /// A bundle of this version: its file, which is checked, or its root
    #[arg(long, value_name = "FILE.car|CID")]
    bundle: Option<BundleInput>,

    /// Why it is locked
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Clone)]
enum BundleInput {
    Root(Cid),
    File(PathBuf),
}

impl FromStr for BundleInput {
    type Err = Infallible;

    /// What is no CID is a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Cid::parse(text).map_or_else(|_| Self::File(text.into()), Self::Root))
    }
}

pub(super) async fn run(lock: Lock) -> Result<Answer, CliError> {
    let me = LoggedIn::load()?;
    let format = lock.format;
    let mut batch = Batch::new(me.session())?;
    let record = lock.record(&batch).await?;
    batch.add(record)?;
    let written = batch.publish().await;
    me.keep().await?;
    subject::written(&written?, format, "Locked, and signed by your account.")
}

impl Lock {
    async fn record(self, batch: &Batch<'_>) -> Result<ClaimLock, CliError> {
        let subject = subject::verified(&self.directory, &self.subject).await?;
        let bundle = match self.bundle {
            None => None,
            Some(BundleInput::Root(root)) => Some(root),
            Some(BundleInput::File(path)) => Some(root_of(&path, &subject).await?),
        };
        let mut lock = ClaimLock::new(subject, batch.created_at());
        lock.bundle = bundle;
        lock.note = self.note;
        Ok(lock)
    }
}

/// The root of the bundle in this file, which has to hold and be about this very version.
async fn root_of(path: &Path, subject: &StrongRef) -> Result<Cid, CliError> {
    let report = bundle::check(path).await?;
    let (Verdict::Verified, Some(root), Some(about)) =
        (report.verdict, report.root, report.subject)
    else {
        return Err(CliError::usage(format!(
            "{} does not hold; `hypercerts verify` tells why. Nothing was locked.",
            path.display()
        )));
    };
    match about.uri == *subject.uri() && Some(about.cid) == subject.cid() {
        true => Ok(root),
        false => Err(CliError::usage(format!(
            "{} is about {} in the version {}, not about the version that stands now. \
             Make a new one with `hypercerts bundle`. Nothing was locked.",
            path.display(),
            about.uri,
            about.cid
        ))),
    }
}
