//! Reading what stands in `signatures`, leniently: what cannot be read gets a verdict too.

use hypercerts_lexicon::{AtIdentifier, AtUri, Cid, Did, Map, Value};

use super::content::SIGNATURES;
use super::{KeyId, Reason};
use crate::link::StrongRef;
use crate::nsid::{SIGNATURE_PROOF, shape};

/// The most entries of one record that are looked at.
pub const MAX_ENTRIES: usize = 100;

pub(super) enum Entry<'a> {
    Inline { key: KeyId, signature: &'a [u8], fields: &'a Map },
    Remote { attester: Did, proof: StrongRef, cid: Cid },
}

/// The entries of a record; none where `signatures` is no list.
pub(super) fn entries(record: &Value) -> &[Value] {
    record.get(SIGNATURES).and_then(Value::as_list).unwrap_or_default()
}

impl<'a> Entry<'a> {
    /// Reads one entry.
    ///
    /// # Errors
    /// The reason why it attests nothing.
    pub fn read(value: &'a Value) -> Result<Self, Reason> {
        let fields = value.as_map().ok_or(Reason::Unreadable("it is not an object"))?;
        match value.type_name() {
            Some(shape::INLINE_SIGNATURE) => inline(fields),
            Some(shape::STRONG_REF) => remote(fields),
            Some(other) => Err(Reason::unknown_kind(other)),
            None => Err(Reason::Unreadable("it has no $type")),
        }
    }
}

fn inline(fields: &Map) -> Result<Entry<'_>, Reason> {
    let key = text(fields, "key").ok_or(Reason::Unreadable("it names no key"))?;
    let signature = fields.get("signature").and_then(Value::as_bytes);
    let signature = signature.ok_or(Reason::Unreadable("it has no bytes in signature"))?;
    Ok(Entry::Inline { key: KeyId::parse(key)?, signature, fields })
}

fn remote(fields: &Map) -> Result<Entry<'_>, Reason> {
    let uri = text(fields, "uri").and_then(|uri| AtUri::parse(uri).ok());
    let uri = uri.ok_or(Reason::Unreadable("it names no record"))?;
    let cid = text(fields, "cid").and_then(|cid| Cid::parse(cid).ok());
    let cid =
        cid.ok_or(Reason::Unreadable("it does not say which version of the proof it means"))?;
    let collection = uri.collection().filter(|_| uri.rkey().is_some());
    if collection.as_ref().map(|nsid| nsid.as_str()) != Some(SIGNATURE_PROOF) {
        return Err(Reason::NotAProof);
    }
    match uri.authority() {
        AtIdentifier::Did(attester) => {
            Ok(Entry::Remote { attester, proof: StrongRef::new(uri, cid), cid })
        }
        AtIdentifier::Handle(_) => Err(Reason::Handle),
    }
}

fn text<'a>(fields: &'a Map, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}
