//! Passwords: the rules, and argon2id away from the async threads.
//!
//! An account's own password is hashed under a random salt. An app password is hashed under the
//! account's DID as salt: it is as unique as a random one, and one computation then tells which of
//! an account's app passwords, if any, was given. Those carry 80 random bits, so nothing is lost.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use hypercerts_lexicon::Did;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::{Error, Refusal};

const MIN_BYTES: usize = 8;
const MAX_BYTES: usize = 256;

/// Hashes computed at the same time; each takes 19 MiB of memory.
const AT_ONCE: usize = 2;
/// Hashes that may wait for that; the rest is told to come back.
const WAITING: usize = 256;

pub const APP_HASH_BYTES: usize = 32;

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

/// Computes and compares hashes, a bounded number at a time.
pub struct Passwords {
    working: Semaphore,
    waiting: Semaphore,
    /// The hash of nothing anybody knows: compared with when there is no account, so that the
    /// answer takes as long as for a wrong password.
    decoy: String,
}

impl Passwords {
    pub fn new() -> Result<Self, String> {
        let decoy = hash(&crate::random::bytes::<16>()).map_err(|error| error.to_string())?;
        Ok(Self { working: Semaphore::new(AT_ONCE), waiting: Semaphore::new(WAITING), decoy })
    }

    /// The PHC string of an account's own password.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.clone();
        let hashed = self.compute(move || hash(password.0.as_bytes())).await?;
        hashed.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Whether `password` is the one behind `stored`. `None` takes as long and is never right.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<bool, Error> {
        let exists = stored.is_some();
        let (password, stored) = (password.clone(), stored.unwrap_or_else(|| self.decoy.clone()));
        let check = move || {
            Argon2::default().verify_password(password.0.as_bytes(), stored.as_str()).is_ok()
        };
        Ok(self.compute(check).await? && exists)
    }

    /// The hash an app password of the account `did` is found by.
    pub async fn app_hash(
        &self,
        password: &Password,
        did: &Did,
    ) -> Result<[u8; APP_HASH_BYTES], Error> {
        let (password, did) = (password.clone(), did.clone());
        let hashed = self.compute(move || app_hash(password.0.as_bytes(), &did)).await?;
        hashed.map_err(|error| Error::Internal(error.to_string()))
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let _turn = self.working.acquire().await.map_err(|_| Error::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))
    }
}

fn hash(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let salt: [u8; 16] = crate::random::bytes();
    Ok(Argon2::default().hash_password_with_salt(password, &salt)?.to_string())
}

fn app_hash(password: &[u8], did: &Did) -> Result<[u8; APP_HASH_BYTES], argon2::Error> {
    let mut output = [0; APP_HASH_BYTES];
    Argon2::default().hash_password_into(password, did.as_str().as_bytes(), &mut output)?;
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash(&password("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(passwords.verify(&password("correct horse"), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify(&password("battery staple"), Some(stored)).await.unwrap());
        assert!(!passwords.verify(&password("correct horse"), None).await.unwrap());
    }

    #[tokio::test]
    async fn an_app_password_is_found_by_its_hash_in_its_own_account_only() {
        let passwords = Passwords::new().unwrap();
        let alice = Did::parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
        let bob = Did::parse("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb").unwrap();
        let secret = password("k3wq-7zde-4hyb-p2ma");
        assert!(secret.looks_like_app_password());
        let hash = passwords.app_hash(&secret, &alice).await.unwrap();
        assert_eq!(hash, passwords.app_hash(&secret, &alice).await.unwrap());
        assert_ne!(hash, passwords.app_hash(&secret, &bob).await.unwrap());
    }

    #[test]
    fn new_passwords_are_neither_short_nor_endless() {
        assert!(password("1234567").check_new().is_err());
        assert!(password("12345678").check_new().is_ok());
        assert!(password(&"x".repeat(257)).check_new().is_err());
        assert!(!password("correct horse").looks_like_app_password());
    }
}
