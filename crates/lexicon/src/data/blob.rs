//! References to blobs: files that a repository keeps beside its records.

use super::cid::Cid;
use super::map::Map;
use super::value::Value;
use crate::map;

/// A reference to a blob: `{"$type": "blob", "ref": <link>, "mimeType": …, "size": …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The hash of the bytes. Its codec is raw in what the protocol writes; vectors show another.
    pub cid: Cid,
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
        if map.get("$type")?.as_str() != Some("blob") || map.len() != 4 {
            return None;
        }
        Some(Self {
            cid: map.get("ref")?.as_link()?,
            mime_type: map.get("mimeType")?.as_str()?.to_owned(),
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
