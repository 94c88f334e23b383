//! Keys of the tree, and their layers.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// The longest key, in bytes. The longest path a record can have takes 830.
pub const MAX_KEY_LEN: usize = 1024;

/// A key of the tree: two non-empty parts of `A-Za-z0-9._:~-` with a slash between, at most
/// [`MAX_KEY_LEN`] bytes. Cheap to clone. Keys order by their bytes.
///
/// A [`RepoPath`](crate::RepoPath) is a key whose parts are a collection and a record key; the
/// tree itself does not ask for that much.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

/// Bytes that cannot be a key of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key is two non-empty parts of A-Za-z0-9._:~- joined by one slash, at most 1024 bytes long"
)]
pub struct KeyTextError;

impl Key {
    /// Takes text as a key.
    pub fn parse(text: &str) -> Result<Self, KeyTextError> {
        Self::from_bytes(text.as_bytes())
    }

    /// Takes bytes as a key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyTextError> {
        if !is_valid(bytes) {
            return Err(KeyTextError);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| KeyTextError)?;
        Ok(Key(Arc::from(text)))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The layer of the tree this key belongs to.
    pub fn layer(&self) -> u32 {
        layer_of(self.0.as_bytes())
    }
}

/// The layer that the hash of `key` assigns to it: leading zero bits of SHA-256, halved.
pub fn layer_of(key: &[u8]) -> u32 {
    let digest = Sha256::digest(key);
    let zero_bytes = digest.iter().take_while(|&&byte| byte == 0).count();
    let next = digest.get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
    (zero_bytes as u32 * 8 + next) / 2
}

fn is_valid(bytes: &[u8]) -> bool {
    let is_part = |part: &[u8]| {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._:~-".contains(byte);
        !part.is_empty() && part.iter().all(allowed)
    };
    let slash = bytes.iter().position(|&byte| byte == b'/');
    bytes.len() <= MAX_KEY_LEN
        && slash.is_some_and(|at| is_part(&bytes[..at]) && is_part(&bytes[at + 1..]))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}
