//! argon2id, away from the async threads and in bounded memory.
//!
//! An account's own password is hashed under a random salt and kept as a PHC string. An app password
//! is hashed under the account's DID as salt: it is as unique as a random one, and one computation
//! then tells which of an account's app passwords, if any, was given. Those carry 80 random bits, so
//! nothing is lost.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use hypercerts_lexicon::Did;
use tokio::sync::Semaphore;

use crate::account::password::Password;
use crate::error::Error;

/// Hashes computed at the same time.
const AT_ONCE: usize = 2;
/// Hashes that may wait for that; the rest is told to come back.
const WAITING: usize = 256;

pub const HASH_BYTES: usize = 32;
type Hash = [u8; HASH_BYTES];

/// Computes and compares hashes, a bounded number at a time.
pub struct Hasher {
    working: Semaphore,
    waiting: Semaphore,
    /// What computations work in, 19 MiB each. Kept, because allocators do not give it back.
    memories: Mutex<Vec<Vec<Block>>>,
    /// The hash of nothing anybody knows: compared with when there is no account, so that the
    /// answer takes as long as for a wrong password.
    decoy: String,
}

type HashError = argon2::password_hash::Error;

impl Hasher {
    pub fn new() -> Result<Self, String> {
        let decoy = phc(&Argon2::default(), &crate::random::bytes(), &crate::random::bytes());
        Ok(Self {
            working: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(WAITING),
            memories: Mutex::default(),
            decoy: decoy.map_err(|error| error.to_string())?,
        })
    }

    /// The PHC string of an account's own password.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.clone();
        self.compute(move |memory| own_hash(memory, password.as_bytes())).await
    }

    /// Whether `password` is the one behind `stored`. `None` takes as long and is never right.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<bool, Error> {
        let exists = stored.is_some();
        let (password, stored) = (password.clone(), stored.unwrap_or_else(|| self.decoy.clone()));
        let right =
            self.compute(move |memory| is_right(memory, password.as_bytes(), &stored)).await?;
        Ok(right && exists)
    }

    /// The hash an app password of the account `did` is found by.
    pub async fn app_hash(&self, password: &Password, did: &Did) -> Result<Hash, Error> {
        let (password, did) = (password.clone(), did.clone());
        let salted = move |memory: &mut Vec<Block>| {
            digest(&Argon2::default(), memory, password.as_bytes(), did.as_str().as_bytes())
        };
        self.compute(salted).await
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let _turn = self.working.acquire().await.map_err(|_| Error::Busy)?;
        let mut memory = self.memories().pop().unwrap_or_default();
        let work = move || (work(&mut memory), memory);
        let (outcome, memory) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::Internal(error.to_string()))?;
        self.memories().push(memory);
        outcome.map_err(|error| Error::Internal(error.to_string()))
    }

    fn memories(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        // Whole after every push and pop.
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn own_hash(memory: &mut Vec<Block>, password: &[u8]) -> Result<String, HashError> {
    let argon2 = Argon2::default();
    let salt = crate::random::bytes();
    let hash = digest(&argon2, memory, password, &salt)?;
    phc(&argon2, &salt, &hash)
}

/// As `hash` and how it was made are kept.
fn phc(argon2: &Argon2<'_>, salt: &[u8; 16], hash: &Hash) -> Result<String, HashError> {
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params())?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(hash)?),
    };
    Ok(phc.to_string())
}

/// Computes with the parameters `stored` was made with, whatever they are for new hashes.
fn is_right(memory: &mut Vec<Block>, password: &[u8], stored: &str) -> Result<bool, HashError> {
    let stored = PasswordHash::new(stored)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::try_from(&stored)?);
    let salt = stored.salt.ok_or(HashError::SaltInvalid)?;
    let hash = Output::new(&digest(&argon2, memory, password, &salt)?)?;
    // Comparing outputs takes the same time wherever they differ.
    Ok(stored.hash == Some(hash))
}

fn digest(
    argon2: &Argon2<'_>,
    memory: &mut Vec<Block>,
    password: &[u8],
    salt: &[u8],
) -> Result<Hash, HashError> {
    memory.resize(argon2.params().block_count(), Block::new());
    let mut hash = [0; HASH_BYTES];
    argon2.hash_password_into_with_memory(password, salt, &mut hash, memory.as_mut_slice())?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let hasher = Hasher::new().unwrap();
        let stored = hasher.hash(&password("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(hasher.verify(&password("correct horse"), Some(stored.clone())).await.unwrap());
        assert!(!hasher.verify(&password("battery staple"), Some(stored)).await.unwrap());
        assert!(!hasher.verify(&password("correct horse"), None).await.unwrap());
    }

    #[tokio::test]
    async fn hashes_of_other_programs_and_other_costs_are_understood() {
        let hasher = Hasher::new().unwrap();
        let cheap = Argon2::from(Params::new(64, 1, 1, None).unwrap());
        let salt = [7; 16];
        let stored =
            argon2::PasswordHasher::hash_password_with_salt(&cheap, b"correct horse", &salt);
        let stored: PasswordHash = stored.unwrap();
        assert!(hasher.verify(&password("correct horse"), Some(stored.to_string())).await.unwrap());
    }

    #[tokio::test]
    async fn an_app_password_is_found_by_its_hash_in_its_own_account_only() {
        let hasher = Hasher::new().unwrap();
        let alice = Did::parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
        let bob = Did::parse("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb").unwrap();
        let secret = password("k3wq-7zde-4hyb-p2ma");
        let hash = hasher.app_hash(&secret, &alice).await.unwrap();
        assert_eq!(hash, hasher.app_hash(&secret, &alice).await.unwrap());
        assert_ne!(hash, hasher.app_hash(&secret, &bob).await.unwrap());
    }
}
