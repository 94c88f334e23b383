//! The names of keys: a DID and which of its keys.

use std::fmt;

use hypercerts_lexicon::{Did, SyntaxError};
use hypercerts_repo::{KeyError, PublicKey};
use serde::{Serialize, Serializer};

/// The most bytes a name may have, by the lexicon.
const MAX_LENGTH: usize = 512;
const DID_KEY: &str = "did:key:";

/// A verification method: `did:web:grants.example#attestation`, `did:key:zQ3…#zQ3…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId {
    did: Did,
    fragment: String,
}

/// Why a text names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyIdError {
    /// Longer than the lexicon lets it be.
    #[error("a key's name has at most {MAX_LENGTH} bytes, not {0}")]
    Length(usize),
    /// Before the `#` stands no DID.
    #[error("a key's name begins with the DID of its holder: {0}")]
    Did(#[from] SyntaxError),
    /// There is no `#`, or nothing that can be a fragment after it.
    #[error("a key's name ends in # and the key's fragment; a DID alone does not say which key")]
    Fragment,
    /// A did:key has one key, and the fragment repeats it.
    #[error("the fragment after a did:key is the same key again")]
    OtherKey,
}

impl KeyId {
    /// Reads a DID, `#` and a fragment. A did:key has one key only and may stand alone.
    pub fn parse(text: &str) -> Result<Self, KeyIdError> {
        if text.len() > MAX_LENGTH {
            return Err(KeyIdError::Length(text.len()));
        }
        let (did, fragment) = match text.split_once('#') {
            Some(parts) => parts,
            None => (text, text.strip_prefix(DID_KEY).ok_or(KeyIdError::Fragment)?),
        };
        let did = Did::parse(did)?;
        if fragment.is_empty() || !fragment.bytes().all(is_fragment_byte) {
            return Err(KeyIdError::Fragment);
        }
        match did.as_str().strip_prefix(DID_KEY) {
            Some(key) if key != fragment => Err(KeyIdError::OtherKey),
            _ => Ok(Self { did, fragment: fragment.to_owned() }),
        }
    }

    /// The name that a key has by itself, known to nobody's document.
    #[must_use]
    pub fn of_did_key(key: &PublicKey) -> Self {
        let did = Did::parse(&key.to_did_key()).expect("invariant: a did:key is a DID");
        Self { did, fragment: key.to_multibase() }
    }

    /// Whose key it is.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// Which of their keys, without `#`.
    #[must_use]
    pub fn fragment(&self) -> &str {
        &self.fragment
    }

    /// The key itself, where the name spells it out; `None` if a DID document has to be asked.
    #[must_use]
    pub fn spelled_out(&self) -> Option<Result<PublicKey, KeyError>> {
        let did = self.did.as_str();
        did.starts_with(DID_KEY).then(|| PublicKey::from_did_key(did))
    }
}

/// The characters of a fragment (RFC 3986), but for `%`: ids of keys need no escapes.
fn is_fragment_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.did, self.fragment)
    }
}

impl std::str::FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        Self::parse(text)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
