//! The JSON form of the data model: links as `{"$link": "bafy…"}`, bytes as `{"$bytes": "<base64>"}`.
//!
//! The reader takes base 64 with or without padding and with stray bits in its last digit, and
//! numbers such as `123.0` that are whole. It refuses fractions, integers that JSON readers round,
//! keys that occur twice, a `$type` that is not a non-empty text, and blob references that lack
//! something. The same form is what serde reads and writes for a [`Value`].

use std::fmt;
use std::sync::LazyLock;

use data_encoding::{BASE64_NOPAD, Encoding};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::blob::Blob;
use super::cid::Cid;
use super::error::DataError;
use super::map::Map;
use super::value::Value;
use super::{Budget, MAX_DEPTH, MAX_INTEGER};

/// Reads a JSON text whose top level is an object, as in every record, input and output.
pub fn parse(json: &[u8]) -> Result<Value, DataError> {
    let mut failure = None;
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let mut reader = Reader { depth: MAX_DEPTH, budget: &mut Budget::new(), failure: &mut failure };
    let read = reader.reborrow().deserialize(&mut deserializer);
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value @ Value::Map(_)) => Ok(value),
        Ok(other) => Err(DataError::Model(format!("an object is needed, not {}", other.kind()))),
        Err(error) => Err(failure.unwrap_or_else(|| DataError::Json(error.to_string()))),
    }
}

/// The JSON form of `value`.
pub fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Text(value) => Json::from(value.as_str()),
        Value::Bytes(value) => serde_json::json!({ "$bytes": BASE64_NOPAD.encode(value) }),
        Value::Link(value) => serde_json::json!({ "$link": value.to_string() }),
        Value::List(values) => Json::Array(values.iter().map(to_json).collect()),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.to_owned(), to_json(value))).collect())
        }
    }
}

/// Reads the JSON form of any value.
pub fn from_json(json: &serde_json::Value) -> Result<Value, DataError> {
    let mut failure = None;
    let reader = Reader { depth: MAX_DEPTH, budget: &mut Budget::new(), failure: &mut failure };
    let read = reader.deserialize(json);
    read.map_err(|error| failure.unwrap_or_else(|| DataError::Json(error.to_string())))
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bytes(value) => wrapped(serializer, "$bytes", &BASE64_NOPAD.encode(value)),
            Self::Link(value) => wrapped(serializer, "$link", value),
            Self::List(values) => serializer.collect_seq(values),
            Self::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

fn wrapped<S: Serializer>(
    serializer: S,
    key: &str,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

impl<'de> de::Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let reader = Reader { depth: MAX_DEPTH, budget: &mut Budget::new(), failure: &mut None };
        reader.deserialize(deserializer)
    }
}

impl<'de> de::Deserialize<'de> for Map {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Map(map) => Ok(map),
            other => Err(de::Error::custom(format!("an object is needed, not {}", other.kind()))),
        }
    }
}

/// Reads one value that holds at most `depth` levels of lists and objects.
struct Reader<'a> {
    depth: usize,
    budget: &'a mut Budget,
    /// Why reading stopped, when it was not for the JSON itself: serde's errors carry only text.
    failure: &'a mut Option<DataError>,
}

impl Reader<'_> {
    fn reborrow(&mut self) -> Reader<'_> {
        Reader { depth: self.depth, budget: self.budget, failure: self.failure }
    }

    fn fail<E: de::Error>(&mut self, error: DataError) -> E {
        let shown = E::custom(&error);
        self.failure.get_or_insert(error);
        shown
    }

    fn inner<E: de::Error>(&mut self) -> Result<Reader<'_>, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Reader { depth, ..self.reborrow() }),
            None => Err(self.fail(DataError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Value, D::Error> {
        if let Err(error) = self.budget.spend() {
            return Err(self.fail(error));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the AT Protocol data model")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(mut self, value: i64) -> Result<Value, E> {
        if (-MAX_INTEGER..=MAX_INTEGER).contains(&value) {
            Ok(Value::Int(value))
        } else {
            Err(self.fail(DataError::IntegerRange))
        }
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: de::Error>(mut self, value: f64) -> Result<Value, E> {
        if value.fract() != 0.0 {
            let text = format!("{value} is not a whole number; write fractions as text");
            return Err(self.fail(DataError::Model(text)));
        }
        // A conversion between the types saturates, so what is too large stays too large.
        self.visit_i64(value as i64)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(inner.reborrow())? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        let mut inner = self.inner()?;
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Box<str>>()? {
            entries.push((key, access.next_value_seed(inner.reborrow())?));
        }
        Map::from_entries(entries)
            .map_err(|key| DataError::Model(format!("the key {key:?} occurs twice in one object")))
            .and_then(unwrap)
            .map_err(|error| self.fail(error))
    }
}

/// What an object stands for: a link, bytes, or itself.
fn unwrap(map: Map) -> Result<Value, DataError> {
    if let Some(text) = wrapped_text(&map, "$link")? {
        return Ok(Value::Link(Cid::parse(text)?));
    }
    if let Some(text) = wrapped_text(&map, "$bytes")? {
        return read_base64(text).map(Value::Bytes);
    }
    check_type(&map)?;
    Ok(Value::Map(map))
}

fn wrapped_text<'a>(map: &'a Map, key: &str) -> Result<Option<&'a str>, DataError> {
    match map.get(key) {
        None => Ok(None),
        Some(Value::Text(text)) if map.len() == 1 => Ok(Some(text)),
        Some(_) => Err(DataError::Model(format!("{key:?} must be the only key and hold text"))),
    }
}

fn check_type(map: &Map) -> Result<(), DataError> {
    match map.get("$type") {
        None => Ok(()),
        Some(Value::Text(name)) if name == "blob" && Blob::from_map(map).is_none() => {
            let text = "a blob needs a link “ref”, a text “mimeType”, a “size” and nothing else";
            Err(DataError::Model(text.to_owned()))
        }
        Some(Value::Text(name)) if !name.is_empty() => Ok(()),
        Some(_) => Err(DataError::Model("“$type” must be a text that is not empty".to_owned())),
    }
}

fn read_base64(text: &str) -> Result<Vec<u8>, DataError> {
    let padded = text.strip_suffix("==").or_else(|| text.strip_suffix('='));
    let decoded = match padded {
        Some(_) if !text.len().is_multiple_of(4) => None,
        _ => loose_base64().decode(padded.unwrap_or(text).as_bytes()).ok(),
    };
    decoded.ok_or_else(|| DataError::Model("“$bytes” does not hold base 64".to_owned()))
}

/// Base 64 that ignores stray bits in the last digit, as other readers of the protocol do.
fn loose_base64() -> &'static Encoding {
    static LOOSE: LazyLock<Encoding> = LazyLock::new(|| {
        let mut specification = BASE64_NOPAD.specification();
        specification.check_trailing_bits = false;
        specification.encoding().expect("invariant: derived from a valid encoding")
    });
    &LOOSE
}
