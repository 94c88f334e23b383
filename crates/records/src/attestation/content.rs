//! What is signed: the content of a record, bound to the repository that holds it.

use hypercerts_lexicon::{Cid, Did, Map, Value, drisl, map};
use serde::Serialize;

use crate::nsid::{SIGNATURE_PROOF, shape};

pub(super) const SIGNATURES: &str = "signatures";
const SIG: &str = "$sig";
const REPOSITORY: &str = "repository";

/// Why a record has no content that could be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Not a record at all.
    #[error("only an object can be attested")]
    NotAnObject,
    /// What stands in `$sig` is replaced before signing, so no signature would cover it.
    #[error("the record keeps a field $sig, which no signature covers; take it out")]
    KeepsSig,
}

/// The CID that attestations of `record` sign or name: that of the record without `signatures`
/// and with a `$sig` object that holds the shape's name and the DID of the repository.
///
/// An inline signature is made over its 36 bytes.
///
/// # Errors
/// [`ContentError`] if there is nothing that a signature could cover.
pub fn content_cid(record: &Value, repository: &Did) -> Result<Cid, ContentError> {
    Ok(Content::of(record, repository)?.lexicon_cid())
}

/// How the `$sig` object of an attestation was made. All recipes bind content and repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Recipe {
    /// As the lexicon says: `$type` and `repository`, nothing else.
    Lexicon,
    /// As the specification it builds on does in general: every field of the entry, or of the
    /// proof, but its signature and CID.
    Specification,
}

/// A record without its signatures, ready to be hashed with one `$sig` object or another.
pub(super) struct Content {
    record: Value,
    repository: String,
}

impl Content {
    pub fn of(record: &Value, repository: &Did) -> Result<Self, ContentError> {
        let mut unsigned = record.as_map().cloned().ok_or(ContentError::NotAnObject)?;
        unsigned.remove(SIGNATURES);
        match unsigned.contains_key(SIG) {
            true => Err(ContentError::KeepsSig),
            false => Ok(Self { record: unsigned.into(), repository: repository.to_string() }),
        }
    }

    /// The CID as the lexicon says, which this crate signs and names.
    pub fn lexicon_cid(&mut self) -> Cid {
        self.cid(lexicon_sig(shape::INLINE_SIGNATURE))
    }

    /// The first recipe whose CID is the one that `holds`.
    pub fn find(
        &mut self,
        sigs: impl IntoIterator<Item = (Recipe, Map)>,
        mut holds: impl FnMut(Cid) -> bool,
    ) -> Option<(Recipe, Cid)> {
        sigs.into_iter().find_map(|(recipe, sig)| {
            let cid = self.cid(sig);
            holds(cid).then_some((recipe, cid))
        })
    }

    fn cid(&mut self, mut sig: Map) -> Cid {
        sig.insert(REPOSITORY, self.repository.as_str());
        if let Value::Map(record) = &mut self.record {
            record.insert(SIG, sig);
        }
        Cid::of_drisl(&drisl::encode(&self.record))
    }
}

/// The recipes an inline entry may follow.
pub(super) fn inline_sigs(entry: &Map) -> [(Recipe, Map); 2] {
    [
        (Recipe::Lexicon, lexicon_sig(shape::INLINE_SIGNATURE)),
        (Recipe::Specification, specification_sig(entry)),
    ]
}

/// The recipes a proof may follow. The lexicon leaves open which of its types a proof's `$sig`
/// names; programs are found to write either.
pub(super) fn proof_sigs(proof: &Map) -> [(Recipe, Map); 3] {
    [
        (Recipe::Lexicon, lexicon_sig(shape::INLINE_SIGNATURE)),
        (Recipe::Lexicon, lexicon_sig(SIGNATURE_PROOF)),
        (Recipe::Specification, specification_sig(proof)),
    ]
}

fn lexicon_sig(type_name: &str) -> Map {
    map! { "$type" => type_name }
}

fn specification_sig(metadata: &Map) -> Map {
    let mut sig = metadata.clone();
    sig.remove("signature");
    sig.remove("cid");
    sig
}
