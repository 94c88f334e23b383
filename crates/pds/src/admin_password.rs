//! The password of whoever runs the server, for the methods that are the operator's alone.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const MIN_BYTES: usize = 12;
const MAX_BYTES: usize = 256;

/// The operator's password. Only its hash is held, and it is never stored.
#[derive(Clone)]
pub struct AdminPassword([u8; 32]);

/// The text is no password that would keep strangers out.
#[derive(Debug, thiserror::Error)]
#[error("the admin password has {MIN_BYTES} to {MAX_BYTES} bytes; this one has {0}")]
pub struct UnfitAdminPassword(usize);

impl AdminPassword {
    /// # Errors
    /// When the password is too short to be kept from guessers, or endless.
    pub fn new(text: &str) -> Result<Self, UnfitAdminPassword> {
        match text.len() {
            MIN_BYTES..=MAX_BYTES => Ok(Self(hash(text))),
            length => Err(UnfitAdminPassword(length)),
        }
    }

    /// Takes as long for whatever is given.
    pub(crate) fn is(&self, given: &str) -> bool {
        self.0.ct_eq(&hash(given)).into()
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_long_enough_and_known_again() {
        assert!(AdminPassword::new("eleven byte").is_err());
        assert!(AdminPassword::new(&"x".repeat(257)).is_err());
        let password = AdminPassword::new("twelve bytes").unwrap();
        assert!(password.is("twelve bytes"));
        assert!(!password.is("twelve byteS") && !password.is(""));
    }
}
