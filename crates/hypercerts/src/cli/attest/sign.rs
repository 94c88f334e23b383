//! `attest sign`: an entry signed with a key of one's own.

use std::path::PathBuf;

use clap::Args;
use hypercerts_lexicon::AtUri;
use hypercerts_records::attestation::{self, KeyId};

use super::{Subject, key};
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};
use crate::cli::connect::DirectoryOptions;
use crate::cli::input::record_uri;

/// Sign a record with a key from a file, and print the entry for its `signatures`
///
/// The signature is over exactly the content that stands now, in the repository it stands in. The
/// record's author can add the entry with `hypercerts attest accept`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Sign {
    /// The record; it is verified first
    #[arg(value_name = "URI", value_parser = record_uri)]
    uri: AtUri,

    /// The file of the secret key, as `hypercerts attest key` writes it
    #[arg(long = "key", value_name = "FILE")]
    file: PathBuf,

    /// Where others find the public key, like did:web:audit.example#attestation; without it, the
    /// key is known by itself, as a did:key
    #[arg(long, value_name = "DID#FRAGMENT")]
    key_id: Option<KeyId>,

    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

impl Sign {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let secret = key::read(&self.file)?;
        let id = self.key_id.unwrap_or_else(|| KeyId::of_did_key(&secret.public()));
        let Subject { record, value } =
            Subject::verified(&self.directory.verifier()?, &self.uri).await?;
        let entry = attestation::sign(&value, record.did(), &secret, &id);
        let entry = entry.map_err(|why| CliError::usage(why.to_string()))?;
        self.format.answer(&entry, || format!("{:#}", hypercerts_lexicon::json::to_json(&entry)))
    }
}
