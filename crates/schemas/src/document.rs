//! One lexicon that is not built in.

use std::collections::BTreeSet;

use hypercerts_lexicon::{Catalogue, Nsid, Value, json};
use hypercerts_repo::VerifiedRecord;
use sha2::{Digest, Sha256};

use crate::error::DocumentError;
use crate::limits::MAX_DOCUMENT_BYTES;
use crate::nsid;

/// A lexicon that compiles by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Document {
    id: Nsid,
    text: String,
    refers_to: BTreeSet<Nsid>,
    hash: [u8; 32],
}

impl Document {
    /// Reads a JSON file.
    pub fn parse(text: String) -> Result<Self, DocumentError> {
        if text.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge);
        }
        let mut alone = Catalogue::new();
        let id = alone.add_json(&text)?;
        let mut refers_to = BTreeSet::new();
        for name in alone.unresolved() {
            let (document, _) = name.split_once('#').unwrap_or((name, ""));
            match Nsid::parse(document) {
                Ok(other) if other != id => refers_to.insert(other),
                _ => return Err(DocumentError::Dangling(name.to_owned())),
            };
        }
        let hash = Sha256::digest(&text).into();
        Ok(Self { id, text, refers_to, hash })
    }

    /// Reads the published lexicon of `expected`.
    pub fn of_record(record: &VerifiedRecord, expected: &Nsid) -> Result<Self, DocumentError> {
        if record.bytes().len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge);
        }
        let value = record.value()?;
        if value.type_name() != Some(nsid::SCHEMA) {
            return Err(DocumentError::Type);
        }
        let found = value.get("id").and_then(Value::as_str).unwrap_or("nothing");
        if found != expected.as_str() {
            let (expected, found) = (expected.clone(), found.chars().take(100).collect());
            return Err(DocumentError::WrongId { expected, found });
        }
        Self::parse(json::to_json(&value).to_string())
    }

    /// What it describes.
    pub fn id(&self) -> &Nsid {
        &self.id
    }

    /// The JSON.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The other lexicons it names.
    pub fn refers_to(&self) -> &BTreeSet<Nsid> {
        &self.refers_to
    }

    /// SHA-256 of the JSON.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}
