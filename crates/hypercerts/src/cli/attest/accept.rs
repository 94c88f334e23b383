//! `attest accept`: an attestation by somebody else, shown in one's own record.

use std::path::PathBuf;

use clap::Args;
use hypercerts_lexicon::{AtUri, Cid, Value, drisl, json};
use hypercerts_records::attestation;
use hypercerts_verify::{Verifier, attestations};
use hypercerts_xrpc::client::{Session, Written};
use hypercerts_xrpc::nsid::repo;
use serde_json::json;

use super::Subject;
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};
use crate::cli::batch::require_valid;
use crate::cli::connect::DirectoryOptions;
use crate::cli::input::record_uri;
use crate::cli::session::LoggedIn;

/// The most an entry's file may have.
const MAX_ENTRY_BYTES: u64 = 64 * 1024;

/// Show an attestation in your record
///
/// The attestation is checked first. Its entry is added to the record's `signatures`, which makes
/// a new version of the record; what is attested stays the same.
#[derive(Debug, Args)]
pub(in crate::cli) struct Accept {
    /// Your record
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    /// The attestation: the address of a proof, or a file with an entry as `attest sign` prints it
    #[arg(value_name = "PROOF|FILE")]
    entry: String,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

impl Accept {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let me = LoggedIn::load()?;
        let outcome = self.publish(me.session()).await;
        me.keep().await?;
        let (written, message) = outcome?;
        let told = json!({ "uri": written.uri, "cid": written.cid, "message": message });
        self.format.answer(&told, || {
            format!("{message}\nYour record shows it.\n\n  {}\n  {}", written.uri, written.cid)
        })
    }

    /// The new version, and what the attestation says.
    async fn publish(&self, session: &Session) -> Result<(Written, String), CliError> {
        let verifier = self.directory.verifier()?;
        let subject = Subject::verified(&verifier, &self.uri).await?;
        if subject.record.did() != session.did() {
            return Err(CliError::usage(
                "only the author of a record can add to it; send them the entry",
            ));
        }
        let entry = self.entry(&verifier).await?;
        let signed = attestation::add(&subject.value, entry)
            .map_err(|why| CliError::usage(why.to_string()))?;
        let message = checked(&verifier, &subject, &signed).await?;
        Ok((replace(session, &subject, &signed).await?, message))
    }

    async fn entry(&self, verifier: &Verifier) -> Result<Value, CliError> {
        if self.entry.starts_with("at://") {
            let uri = record_uri(&self.entry).map_err(|why| CliError::usage(why.to_string()))?;
            let proof = Subject::verified(verifier, &uri).await?;
            return Ok(attestation::refer(&proof.uri(), proof.record.cid()));
        }
        let path = PathBuf::from(&self.entry);
        let failed = |source| CliError::File { path: path.clone(), action: "read", source };
        if tokio::fs::metadata(&path).await.map_err(failed)?.len() > MAX_ENTRY_BYTES {
            return Err(CliError::usage(format!("{} is too large for an entry", path.display())));
        }
        let bytes = tokio::fs::read(&path).await.map_err(failed)?;
        json::parse(&bytes)
            .map_err(|why| CliError::usage(format!("{} is no entry: {why}", path.display())))
    }
}

/// What the entry that was added last shows, if it shows anything.
async fn checked(
    verifier: &Verifier,
    subject: &Subject,
    signed: &Value,
) -> Result<String, CliError> {
    let mut verdicts = attestations(verifier, &subject.record, signed).await.attestations;
    let last = verdicts.pop().ok_or_else(|| CliError::answer("the entry is not there"))?;
    if last.outcome.holds() { Ok(last.message) } else { Err(CliError::NotAttested(last.message)) }
}

/// Writes the new version, unless the record was changed meanwhile.
async fn replace(
    session: &Session,
    subject: &Subject,
    signed: &Value,
) -> Result<Written, CliError> {
    let path = subject.record.path();
    let (collection, rkey) = (path.collection(), path.rkey());
    require_valid(&collection, &rkey, signed)?;
    let input = json!({
        "repo": session.did(), "collection": collection, "rkey": rkey,
        "record": signed, "swapRecord": subject.record.cid(),
    });
    let written: Written = session.procedure(repo::PUT_RECORD, &input).await?;
    if written.cid != Cid::of_drisl(&drisl::encode(signed)) {
        return Err(CliError::Altered(written.uri.to_string()));
    }
    Ok(written)
}
