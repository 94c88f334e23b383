//! What a check needs from outside: keys from DID documents, proofs from repositories.

use std::collections::BTreeMap;

use hypercerts_lexicon::{AtUri, Value};
use hypercerts_repo::PublicKey;

use super::KeyId;
use crate::link::StrongRef;

/// What the entries of a record name, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Keys to be looked up in the DID documents of their holders.
    pub keys: Vec<KeyId>,
    /// Proofs to be read from their repositories, and verified to be there.
    pub proofs: Vec<StrongRef>,
}

/// Why a key or a proof cannot be handed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Where it should be, it is known not to be: never was, withdrawn or replaced. The text says
    /// how that is known, beginning in lower case and without a full stop.
    #[error("{0}")]
    Absent(String),
    /// It could not be found out; the text says why.
    #[error("{0}")]
    Unreachable(String),
}

/// What was found of what is [`Wanted`].
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    keys: BTreeMap<KeyId, Result<PublicKey, Missing>>,
    proofs: BTreeMap<AtUri, Result<Value, Missing>>,
}

impl Evidence {
    /// Adds what the DID document of the key's holder says now.
    pub fn add_key(&mut self, id: KeyId, found: Result<PublicKey, Missing>) {
        self.keys.insert(id, found);
    }

    /// Adds the record at `uri`, verified to be in the repository that `uri` names: a proof from a
    /// source that may lie would be taken for its attester's word.
    pub fn add_proof(&mut self, uri: AtUri, found: Result<Value, Missing>) {
        self.proofs.insert(uri, found);
    }

    pub(super) fn key(&self, id: &KeyId) -> Result<PublicKey, Missing> {
        self.keys.get(id).cloned().unwrap_or_else(|| Err(nobody_asked()))
    }

    pub(super) fn proof(&self, uri: &AtUri) -> Result<&Value, Missing> {
        match self.proofs.get(uri) {
            Some(found) => found.as_ref().map_err(Clone::clone),
            None => Err(nobody_asked()),
        }
    }
}

fn nobody_asked() -> Missing {
    Missing::Unreachable("it was not looked up".to_owned())
}
