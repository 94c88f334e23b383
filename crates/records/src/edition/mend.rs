//! How single values of earlier editions look today.

use hypercerts_lexicon::{Map, Value, map};

use crate::nsid::shape;

/// Today's form of a value of an earlier edition; `None` if it needs no change.
pub(super) type Mend = fn(&Value) -> Option<Value>;

/// What `org.hypercerts.defs#smallImage` accepts.
const PICTURES: [&str; 4] = ["image/jpeg", "image/jpg", "image/png", "image/webp"];

/// A whole number where today has the number's digits.
pub(super) fn number(value: &Value) -> Option<Value> {
    value.as_int().map(|number| number.to_string().into())
}

/// A DID where today has an object around it.
pub(super) fn account(value: &Value) -> Option<Value> {
    value.as_str().map(|did| map! { "did" => did }.into())
}

/// A DID where today has a union.
pub(super) fn account_in_union(value: &Value) -> Option<Value> {
    match value {
        Value::Text(did) => Some(map! { "$type" => shape::ACCOUNT, "did" => did }.into()),
        Value::Map(map) if map.contains_key("did") => with_type(map, shape::ACCOUNT),
        _ => None,
    }
}

/// A payer or payee in words, or a DID.
pub(super) fn party(value: &Value) -> Option<Value> {
    match value.as_str() {
        Some(text) if !text.starts_with("did:") => {
            Some(map! { "$type" => shape::RECEIPT_TEXT, "value" => text }.into())
        }
        _ => account_in_union(value).or_else(|| reference_in_union(value)),
    }
}

/// A strong reference in a union that does not say so.
pub(super) fn reference_in_union(value: &Value) -> Option<Value> {
    value.as_map().filter(|map| is_reference(map)).and_then(|map| with_type(map, shape::STRONG_REF))
}

/// Whether an object without `$type`, or with the right one, is a strong reference.
pub(super) fn is_reference(map: &Map) -> bool {
    let named = map.get("$type").is_none_or(|name| name.as_str() == Some(shape::STRONG_REF));
    named && map.contains_key("uri") && map.contains_key("cid")
}

/// A plain text where today has an object of type `tag` with the text in `field`; or such an object whose
/// text is in `value`.
pub(super) fn wrapped_text(value: &Value, tag: &str, field: &'static str) -> Option<Value> {
    match value {
        Value::Text(text) => Some(map! { "$type" => tag, field => text }.into()),
        Value::Map(map) if value.type_name() == Some(tag) => renamed(map, "value", field),
        _ => None,
    }
}

/// An address or a file.
pub(super) fn content(value: &Value) -> Option<Value> {
    address(value).or_else(|| file(value))
}

/// An address or a picture.
pub(super) fn picture(value: &Value) -> Option<Value> {
    if let Some(blob) = picture_as_file(value) {
        return Some(map! { "$type" => shape::SMALL_IMAGE, "image" => blob.clone() }.into());
    }
    content(value)
}

/// Where a place is.
pub(super) fn place(value: &Value) -> Option<Value> {
    match value.as_str() {
        Some(text) if !text.starts_with("http") => {
            Some(map! { "$type" => shape::LOCATION_STRING, "string" => text }.into())
        }
        _ => content(value),
    }
}

fn address(value: &Value) -> Option<Value> {
    let map = match value {
        Value::Text(uri) => return Some(map! { "$type" => shape::URI, "uri" => uri }.into()),
        Value::Map(map) => map,
        _ => return None,
    };
    match value.type_name() {
        Some(shape::EARLIER_URI) => {
            let named = with_type(map, shape::URI)?;
            address(&named).or(Some(named))
        }
        Some(shape::URI) => renamed(map, "value", "uri"),
        None if map.contains_key("uri") && !map.contains_key("cid") => with_type(map, shape::URI),
        _ => None,
    }
}

fn file(value: &Value) -> Option<Value> {
    let map = value.as_map()?;
    match value.type_name()? {
        "blob" => Some(map! { "$type" => shape::SMALL_BLOB, "blob" => value.clone() }.into()),
        shape::EARLIER_SMALL_BLOB => with_type(map, shape::SMALL_BLOB),
        shape::EARLIER_LARGE_BLOB => with_type(map, shape::LARGE_BLOB),
        _ => None,
    }
}

/// The blob of a picture that is no more than a file.
fn picture_as_file(value: &Value) -> Option<&Value> {
    let blob = match value.type_name()? {
        "blob" => value,
        shape::EARLIER_SMALL_BLOB | shape::SMALL_BLOB => value.get("blob")?,
        _ => return None,
    };
    PICTURES.contains(&blob.get("mimeType")?.as_str()?).then_some(blob)
}

/// The object under another `$type`; `None` if it has that one.
pub(super) fn with_type(map: &Map, name: &str) -> Option<Value> {
    if map.get("$type").and_then(Value::as_str) == Some(name) {
        return None;
    }
    let mut typed = map.clone();
    typed.insert("$type", name);
    Some(typed.into())
}

fn renamed(map: &Map, from: &str, to: &str) -> Option<Value> {
    if map.contains_key(to) {
        return None;
    }
    let mut renamed = map.clone();
    let value = renamed.remove(from)?;
    renamed.insert(to, value);
    Some(renamed.into())
}
