//! `attest to`: a proof in one's own repository.

use clap::Args;
use hypercerts_lexicon::AtUri;
use hypercerts_records::attestation;
use hypercerts_xrpc::client::{Session, Written};
use serde_json::json;

use super::Subject;
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};
use crate::cli::batch::Batch;
use crate::cli::connect::DirectoryOptions;
use crate::cli::input::record_uri;
use crate::cli::session::LoggedIn;

/// Attest to a record as your account, with a proof in your own repository
///
/// The proof is of exactly the content that stands now, in the repository it stands in. The
/// record's author can then show it with `hypercerts attest accept`.
#[derive(Debug, Args)]
pub(in crate::cli) struct To {
    /// The record; it is verified first
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    /// What you mean by it: what you checked, or with what reservations
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

impl To {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let me = LoggedIn::load()?;
        let subject = Subject::verified(&self.directory.verifier()?, &self.uri).await?;
        let format = self.format;
        let written = self.publish(me.session(), &subject).await;
        me.keep().await?;
        told(&written?, &subject, format)
    }

    async fn publish(self, session: &Session, subject: &Subject) -> Result<Written, CliError> {
        if subject.record.did() == session.did() {
            return Err(CliError::usage(
                "the record is your own: that it is in your repository says already that you \
                 stand behind it",
            ));
        }
        let mut batch = Batch::new(session)?;
        let proof = attestation::prove(&subject.value, subject.record.did());
        let mut proof = proof.map_err(|why| CliError::usage(why.to_string()))?;
        proof.note = self.note;
        proof.created_at = Some(batch.created_at());
        batch.add(proof)?;
        let mut written = batch.publish().await?;
        written.pop().ok_or_else(|| CliError::answer("nothing was written"))
    }
}

fn told(proof: &Written, subject: &Subject, format: Format) -> Result<Answer, CliError> {
    let entry = attestation::refer(&proof.uri, proof.cid);
    let told = json!({ "uri": proof.uri, "cid": proof.cid, "entry": entry });
    format.answer(&told, || {
        format!(
            "Attested, with a proof in your repository.\n\n  {}\n  {}\n\n\
             The record's author can show it:\n  hypercerts attest accept {} {}",
            proof.uri,
            proof.cid,
            subject.uri(),
            proof.uri
        )
    })
}
