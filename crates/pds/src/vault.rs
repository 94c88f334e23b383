//! Secrets at rest. One master key, in a file of its own beside the database, seals every secret
//! the database holds: signing keys, rotation keys, and the key that signs session tokens.
//!
//! A *sealed* secret is `nonce (24 bytes) ‖ XChaCha20-Poly1305 ciphertext`. What it is for and whom
//! it belongs to is bound in as associated data, so a sealed key copied into another account's row
//! does not open.
//!
//! Keeping the master key away from backups of the database is left to whoever runs the server.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::error::OpenError;

/// The file of the master key in the data directory.
pub(crate) const FILE_NAME: &str = "master.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// What a sealed secret is for. Part of the associated data: a secret opens only for its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signs the commits of one account.
    SigningKey,
    /// Signs the did:plc operations of one account.
    RotationKey,
    /// Signs session tokens of the whole server.
    TokenSecret,
    /// A mail on its way out, with the code in it.
    Mail,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::SigningKey => "signing-key",
            Self::RotationKey => "rotation-key",
            Self::TokenSecret => "token-secret",
            Self::Mail => "mail",
        }
    }
}

/// A sealed secret did not open: the master key is another one, or the bytes were altered or moved.
#[derive(Debug, thiserror::Error)]
#[error("a sealed {} does not open: the master key is not the one it was sealed with, or the stored bytes were altered", .0.name())]
pub struct SealBroken(Purpose);

/// Seals and opens secrets with the master key.
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl Vault {
    /// Reads the master key from `data_dir`, or creates one there on the first start: `is_first`
    /// says that there is nothing yet that another key has sealed.
    ///
    /// # Errors
    /// When the file cannot be read or written, does not hold exactly 32 bytes, or is lost.
    pub fn open(data_dir: &Path, is_first: bool) -> Result<Self, OpenError> {
        let path = data_dir.join(FILE_NAME);
        let key = match read_key(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_first => create_key(&path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::LostMasterKey { path });
            }
            other => other,
        }
        .map_err(|source| OpenError::MasterKey { path, source })?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(*key)) })
    }

    /// Seals `secret` for `owner` (a DID, or the empty string for the server itself).
    pub fn seal(&self, purpose: Purpose, owner: &str, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = crate::random::bytes();
        let aad = associated_data(purpose, owner);
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad })
            .expect("invariant: a secret is far below the cipher's length limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Vault::seal`] made for the same purpose and owner.
    pub fn unseal(
        &self,
        purpose: Purpose,
        owner: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (nonce, ciphertext) =
            sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealBroken(purpose))?;
        let aad = associated_data(purpose, owner);
        self.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| SealBroken(purpose))
    }
}

fn associated_data(purpose: Purpose, owner: &str) -> Vec<u8> {
    // No DID holds a newline, so purpose and owner cannot run into each other.
    format!("hypercerts-pds\n{}\n{owner}", purpose.name()).into_bytes()
}

fn read_key(path: &Path) -> io::Result<Zeroizing<[u8; KEY_BYTES]>> {
    let mut key = Zeroizing::new(Vec::with_capacity(KEY_BYTES + 1));
    File::open(path)?.take(KEY_BYTES as u64 + 1).read_to_end(&mut key)?;
    let key: [u8; KEY_BYTES] = key.as_slice().try_into().map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidData, "a master key is exactly 32 bytes long")
    })?;
    Ok(Zeroizing::new(key))
}

/// Writes a fresh key under a temporary name first: a crash leaves no half-written key behind.
fn create_key(path: &Path) -> io::Result<Zeroizing<[u8; KEY_BYTES]>> {
    let key = Zeroizing::new(crate::random::bytes::<KEY_BYTES>());
    let unfinished = path.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private_file(&unfinished)?;
    file.write_all(key.as_slice())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    crate::disk::sync_parent(path)?;
    Ok(key)
}

/// A new file that only its owner may read.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    const BOB: &str = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn a_sealed_key_opens_after_a_restart_for_its_owner_and_purpose_only() {
        let dir = tempfile::tempdir().unwrap();
        let sealed =
            Vault::open(dir.path(), true).unwrap().seal(Purpose::SigningKey, ALICE, b"secret");

        let vault = Vault::open(dir.path(), true).unwrap();
        assert_eq!(*vault.unseal(Purpose::SigningKey, ALICE, &sealed).unwrap(), b"secret");
        assert!(vault.unseal(Purpose::SigningKey, BOB, &sealed).is_err());
        assert!(vault.unseal(Purpose::RotationKey, ALICE, &sealed).is_err());
        assert!(vault.unseal(Purpose::SigningKey, ALICE, &sealed[..20]).is_err());

        let mut altered = sealed.clone();
        altered[30] ^= 1;
        assert!(vault.unseal(Purpose::SigningKey, ALICE, &altered).is_err());
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealed =
            Vault::open(here.path(), true).unwrap().seal(Purpose::TokenSecret, "", b"secret");
        let other = Vault::open(there.path(), true).unwrap();
        assert!(other.unseal(Purpose::TokenSecret, "", &sealed).is_err());
    }

    #[test]
    fn a_truncated_key_file_is_refused_instead_of_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE_NAME), [7; 31]).unwrap();
        assert!(matches!(Vault::open(dir.path(), true), Err(OpenError::MasterKey { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_key_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Vault::open(dir.path(), true).unwrap();
        let mode = fs::metadata(dir.path().join(FILE_NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
