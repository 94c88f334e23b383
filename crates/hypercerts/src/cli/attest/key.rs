//! `attest key`: a key to sign with, in a file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hypercerts_records::attestation::KeyId;
use hypercerts_repo::{Curve, SecretKey};
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};
use crate::files::write_private;

/// The most that is read of a file that should hold a key; a key has 49 letters.
const MAX_FILE_BYTES: u64 = 1024;

/// Make a key to sign with, in a file that only you can read
///
/// Keep it for long: others know you by it. To sign as your domain or account, put the public key
/// into its DID document and name it with --key-id when signing.
#[derive(Debug, Args)]
pub(in crate::cli) struct NewKey {
    /// The file to write, which must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The key's elliptic curve
    #[arg(long, value_enum, default_value_t = CurveName::K256)]
    curve: CurveName,

    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CurveName {
    K256,
    P256,
}

impl NewKey {
    pub(super) fn run(self) -> Result<Answer, CliError> {
        if self.file.exists() {
            let file = self.file.display();
            return Err(CliError::usage(format!("{file} is there already, and is kept")));
        }
        let secret = make(self.curve.into())?;
        let text = Zeroizing::new(format!("{}\n", *secret.to_multibase()));
        write_private(&self.file, text.as_bytes()).map_err(|source| CliError::File {
            path: self.file.clone(),
            action: "written",
            source,
        })?;
        let (id, public) = (KeyId::of_did_key(&secret.public()), secret.public().to_multibase());
        let told = json!({ "keyId": id, "publicKeyMultibase": public, "file": self.file });
        self.format.answer(&told, || {
            format!(
                "The key is in {}. Whoever has this file can sign as you.\n\n\
                 Known by itself     {id}\nFor a DID document  {public}",
                self.file.display()
            )
        })
    }
}

/// A fresh key. The few numbers that are none are drawn again.
fn make(curve: Curve) -> Result<SecretKey, CliError> {
    loop {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes)
            .map_err(|why| CliError::Runtime(std::io::Error::other(why)))?;
        if let Ok(secret) = SecretKey::from_bytes(curve, &bytes) {
            return Ok(secret);
        }
    }
}

/// Reads the key from its file.
pub(super) fn read(path: &Path) -> Result<SecretKey, CliError> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES).read_to_string(&mut text))
        .map_err(|source| CliError::File { path: path.to_owned(), action: "read", source })?;
    SecretKey::from_multibase(text.trim())
        .map_err(|why| CliError::usage(format!("{} holds no key: {why}", path.display())))
}

impl From<CurveName> for Curve {
    fn from(name: CurveName) -> Self {
        match name {
            CurveName::K256 => Self::K256,
            CurveName::P256 => Self::P256,
        }
    }
}
