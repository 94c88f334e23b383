//! Passwords as people type them, and the rules for new ones.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::Refusal;

const MIN_BYTES: usize = 8;
const MAX_BYTES: usize = 256;

/// A password as a person typed it; wiped from memory when dropped.
#[derive(Clone, serde::Deserialize)]
#[serde(from = "String")]
pub struct Password(Arc<Zeroizing<String>>);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Arc::new(Zeroizing::new(text)))
    }
}

impl Password {
    /// Whether it may become the password of an account.
    pub fn check_new(&self) -> Result<(), Refusal> {
        match self.0.len() {
            MIN_BYTES..=MAX_BYTES => Ok(()),
            length => Err(Refusal::InvalidPassword(format!(
                "A password has {MIN_BYTES} to {MAX_BYTES} bytes; this one has {length}."
            ))),
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it could be the password of any account. Others are not worth a computation.
    pub fn is_conceivable(&self) -> bool {
        self.0.len() <= MAX_BYTES
    }

    /// Whether it has the shape `xxxx-xxxx-xxxx-xxxx`.
    pub fn looks_like_app_password(&self) -> bool {
        let groups: Vec<&str> = self.0.split('-').collect();
        let plain =
            |group: &&str| group.len() == 4 && group.bytes().all(|b| b.is_ascii_alphanumeric());
        groups.len() == 4 && groups.iter().all(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_passwords_are_neither_short_nor_endless() {
        let password = |text: &str| Password::from(text.to_owned());
        assert!(password("1234567").check_new().is_err());
        assert!(password("12345678").check_new().is_ok());
        assert!(password(&"x".repeat(257)).check_new().is_err());
        assert!(!password("correct horse").looks_like_app_password());
        assert!(password("k3wq-7zde-4hyb-p2ma").looks_like_app_password());
    }
}
