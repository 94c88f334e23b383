//! Lexicons and records to judge, and patience.

use std::time::{Duration, Instant};

use hypercerts_lexicon::{Nsid, RecordKey, Validity, json};
use hypercerts_schemas::Schemas;
use serde_json::{Value, json};

pub fn nsid(text: &str) -> Nsid {
    Nsid::parse(text).unwrap()
}

/// A record type with one required text of at most `most` bytes.
pub fn lexicon(id: &str, most: u32) -> Value {
    json!({
        "lexicon": 1,
        "id": id,
        "defs": { "main": { "type": "record", "key": "any", "record": {
            "type": "object",
            "required": ["name"],
            "properties": { "name": { "type": "string", "maxLength": most } },
        } } },
    })
}

/// A record type with a part that another lexicon describes.
pub fn referring(id: &str, to: &str) -> Value {
    json!({
        "lexicon": 1,
        "id": id,
        "defs": { "main": { "type": "record", "key": "any", "record": {
            "type": "object",
            "required": ["part"],
            "properties": { "part": { "type": "ref", "ref": to } },
        } } },
    })
}

/// Judges a record whose name has so many letters.
pub fn named(schemas: &Schemas, collection: &str, letters: usize) -> Validity {
    judged(schemas, collection, json!({ "name": "a".repeat(letters) }))
}

pub fn judged(schemas: &Schemas, collection: &str, mut record: Value) -> Validity {
    record["$type"] = collection.into();
    let value = json::from_json(&record).unwrap();
    schemas.judge(&nsid(collection), &RecordKey::parse("a").unwrap(), &value).validity
}

/// Asks until it is so; fails after ten seconds.
pub async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !check().await {
        assert!(begun.elapsed() < Duration::from_secs(10), "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
