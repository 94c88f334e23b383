//! References to blobs: files that a repository keeps beside its records.

use super::cid::Cid;
use super::map::Map;
use super::value::Value;
use crate::map;
use crate::syntax::Syntax;

/// A reference to a blob: `{"$type": "blob", "ref": <link>, "mimeType": …, "size": …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The hash of the bytes. Its codec is raw in what the protocol writes; vectors show another.
    pub cid: Cid,
    /// Such as `image/png`, as its uploader or the server that took it said.
    pub mime_type: String,
    /// In bytes; zero is allowed.
    pub size: u64,
}

impl Blob {
    /// Reads a reference; `None` if `value` is none, or not a well-formed one.
    pub fn from_value(value: &Value) -> Option<Self> {
        Self::from_map(value.as_map()?)
    }

    pub(crate) fn from_map(map: &Map) -> Option<Self> {
        let BlobParts { cid, mime_type, size } = BlobParts::of(map)?;
        Some(Self { cid, mime_type: mime_type.to_owned(), size })
    }
}

/// A blob reference that borrows from the value it was read from.
pub(crate) struct BlobParts<'a> {
    pub(crate) cid: Cid,
    pub(crate) mime_type: &'a str,
    pub(crate) size: u64,
}

impl<'a> BlobParts<'a> {
    pub(crate) fn of(map: &'a Map) -> Option<Self> {
        if map.get("$type")?.as_str() != Some("blob") || map.len() != 4 {
            return None;
        }
        Some(Self {
            cid: map.get("ref")?.as_link()?,
            mime_type: map.get("mimeType")?.as_str()?,
            size: map.get("size")?.as_int()?.try_into().ok()?,
        })
    }
}

impl From<Blob> for Value {
    fn from(blob: Blob) -> Self {
        Self::Map(map! {
            "$type" => "blob",
            "ref" => blob.cid,
            "mimeType" => blob.mime_type,
            "size" => Value::Int(i64::try_from(blob.size).unwrap_or(i64::MAX)),
        })
    }
}

/// All blob references anywhere in `value`, in the order they are encoded.
pub fn blobs_in(value: &Value) -> Vec<Blob> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

/// Whether `value` holds, anywhere, a blob reference of the form used before 2023, an object of just
/// `cid` and `mimeType` as texts. It may be read but no longer written.
pub fn holds_legacy_blob(value: &Value) -> bool {
    match value {
        Value::List(values) => values.iter().any(holds_legacy_blob),
        Value::Map(map) => is_legacy(map) || map.iter().any(|(_, value)| holds_legacy_blob(value)),
        _ => false,
    }
}

pub(crate) fn is_legacy(map: &Map) -> bool {
    let text = |key| map.get(key).and_then(Value::as_str);
    map.len() == 2
        && text("mimeType").is_some()
        && text("cid").is_some_and(|cid| Syntax::Cid.problem_of(cid).is_ok())
}

fn collect(value: &Value, found: &mut Vec<Blob>) {
    match value {
        Value::List(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Map(map) => match Blob::from_map(map) {
            Some(blob) => found.push(blob),
            None => map.iter().for_each(|(_, value)| collect(value, found)),
        },
        _ => {}
    }
}
