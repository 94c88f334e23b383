//! Making attestations: entries, proofs, and adding an entry to a record.

use hypercerts_lexicon::{AtUri, Cid, CidText, Did, Value, map};
use hypercerts_repo::SecretKey;

use super::content::SIGNATURES;
use super::{ContentError, KeyId, Reason, content_cid, entry};
use crate::account::SignatureProof;
use crate::nsid::shape;

/// Why a record cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There is nothing that a signature could cover.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The name spells out another key than the one that signs.
    #[error("{0} is the name of another key than the one that signs")]
    OtherKey(KeyId),
}

/// Why an entry cannot be added to a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// The record cannot carry signatures.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// `signatures` holds something else already.
    #[error("the record's field signatures is not a list")]
    NotAList,
    /// There is no room for more.
    #[error("the record has {} entries already, and no more are looked at", super::MAX_ENTRIES)]
    Full,
    /// The entry would attest nothing.
    #[error("this is no entry for signatures: {0}")]
    Entry(Reason),
    /// The same entry is there.
    #[error("the record has this very entry already")]
    Already,
}

/// The entry that says that the holder of `key`, known as `id`, attests the content of `record` in
/// the repository of the account `repository`.
///
/// # Errors
/// [`SignError`] if the record cannot be signed, or not under that name.
pub fn sign(
    record: &Value,
    repository: &Did,
    key: &SecretKey,
    id: &KeyId,
) -> Result<Value, SignError> {
    if id.spelled_out().is_some_and(|named| named.as_ref() != Ok(&key.public())) {
        return Err(SignError::OtherKey(id.clone()));
    }
    let content = content_cid(record, repository)?;
    let entry = map! {
        "$type" => shape::INLINE_SIGNATURE,
        "signature" => key.sign(&content.to_bytes()).to_vec(),
        "key" => id.to_string(),
    };
    Ok(entry.into())
}

/// The record with which an account attests the content of `record` in the repository of the
/// account `repository`, by writing it into its own repository.
///
/// # Errors
/// [`ContentError`] if the record has no content that could be attested.
pub fn prove(record: &Value, repository: &Did) -> Result<SignatureProof, ContentError> {
    let cid = content_cid(record, repository)?.to_string();
    let cid = CidText::parse(&cid).expect("invariant: every CID fits the wider format of schemas");
    Ok(SignatureProof::new(cid))
}

/// The entry that refers to the proof at `uri`.
#[must_use]
pub fn refer(uri: &AtUri, version: Cid) -> Value {
    let entry = map! {
        "$type" => shape::STRONG_REF,
        "uri" => uri.as_str(),
        "cid" => version.to_string(),
    };
    entry.into()
}

/// `record` with one more entry in its `signatures`. Whether the entry holds is not asked here.
///
/// # Errors
/// [`AddError`] if the entry is none, is there already, or finds no room.
pub fn add(record: &Value, entry: Value) -> Result<Value, AddError> {
    entry::Entry::read(&entry).map_err(AddError::Entry)?;
    let mut signed = record.as_map().cloned().ok_or(ContentError::NotAnObject)?;
    let mut entries = match signed.remove(SIGNATURES) {
        None => Vec::new(),
        Some(Value::List(entries)) => entries,
        Some(_) => return Err(AddError::NotAList),
    };
    if entries.contains(&entry) {
        return Err(AddError::Already);
    }
    if entries.len() >= super::MAX_ENTRIES {
        return Err(AddError::Full);
    }
    entries.push(entry);
    signed.insert(SIGNATURES, entries);
    Ok(signed.into())
}
