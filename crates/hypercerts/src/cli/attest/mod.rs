//! `attest`: standing behind a record of somebody else's, and showing who stands behind one.
//!
//! The attester makes an entry (`attest to`, `attest sign`), the record's author takes it in
//! (`attest accept`), anybody checks what a record has (`attest check`).

mod accept;
mod check;
mod key;
mod sign;
mod to;

use clap::Subcommand;
use hypercerts_lexicon::{AtUri, Value};
use hypercerts_repo::VerifiedRecord;
use hypercerts_verify::{self as verify, Verifier};

use super::CliError;
use super::answer::Answer;

/// Stand behind somebody's record, or see who does
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    To(to::To),
    Sign(sign::Sign),
    Accept(accept::Accept),
    Check(check::Check),
    Key(key::NewKey),
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::To(to) => to.run().await,
        Command::Sign(sign) => sign.run().await,
        Command::Accept(accept) => accept.run().await,
        Command::Check(check) => check.run().await,
        Command::Key(key) => key.run(),
    }
}

/// A record that its repository proves, and what it says.
struct Subject {
    record: VerifiedRecord,
    value: Value,
}

impl Subject {
    async fn verified(verifier: &Verifier, uri: &AtUri) -> Result<Self, CliError> {
        let mut checked = verify::run(verifier, uri, |_| {}).await;
        match (checked.record, checked.report.record.take()) {
            (Some(record), Some(value)) => Ok(Self { record, value }),
            _ => Err(CliError::Unverified { uri: uri.clone(), report: Box::new(checked.report) }),
        }
    }

    /// Its address, by DID.
    fn uri(&self) -> AtUri {
        let path = self.record.path();
        AtUri::record(self.record.did(), &path.collection(), &path.rkey())
    }
}
