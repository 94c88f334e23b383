//! Records at hand, and short ways to make them.

use std::collections::HashMap;

use hypercerts_lexicon::{AtUri, Cid, Datetime, Nsid, json};
use hypercerts_records::scope::{Context, Records, Scope, Vocabulary};
use hypercerts_records::{Claim, Record, StrongRef, WorkscopeTag};
use serde_json::json;

pub const CID: &str = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";

pub fn now() -> Datetime {
    day("2026-01-01T00:00:00Z")
}

pub fn day(text: &str) -> Datetime {
    Datetime::parse(text).unwrap()
}

/// A reference to the record called `name`.
pub fn to(name: &str) -> StrongRef {
    let uri = format!("at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/org.example.record/{name}");
    StrongRef::new(AtUri::parse(&uri).unwrap(), Cid::parse(CID).unwrap())
}

pub fn refs(names: &[&str]) -> Vec<StrongRef> {
    names.iter().map(|name| to(name)).collect()
}

/// Records by name. A tag's name is its key.
#[derive(Default)]
pub struct Shelf(HashMap<StrongRef, Record>);

impl Records for Shelf {
    fn record(&self, reference: &StrongRef) -> Option<Record> {
        self.0.get(reference).cloned()
    }
}

impl Shelf {
    pub fn with(mut self, name: &str, record: impl Into<Record>) -> Self {
        self.0.insert(to(name), record.into());
        self
    }

    pub fn with_tags(self, keys: &[&str]) -> Self {
        keys.iter().fold(self, |shelf, key| shelf.with(key, tag(key)))
    }
}

pub fn tag(key: &str) -> WorkscopeTag {
    WorkscopeTag::new(key, key.replace('_', " "), now())
}

/// A vocabulary of tags; each refers to others by their keys.
pub fn vocabulary(tags: &[WorkscopeTag]) -> Vocabulary {
    let places: Vec<_> = tags.iter().map(|tag| to(&tag.key)).collect();
    Vocabulary::of(places.iter().map(StrongRef::uri).zip(tags))
}

/// `(key, parent)` pairs; no parent where it is empty.
pub fn taxonomy(pairs: &[(&str, &str)]) -> Vocabulary {
    let tags: Vec<_> = pairs
        .iter()
        .map(|(key, parent)| {
            let mut tag = tag(key);
            tag.parent = (!parent.is_empty()).then(|| to(parent));
            tag
        })
        .collect();
    vocabulary(&tags)
}

pub fn scope(expression: &str) -> Scope {
    Scope::parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
}

/// Work with these tags and nothing else known about it.
pub fn work(tags: &[&str]) -> Context {
    Context::new().tagged(&Vocabulary::default(), tags.iter().copied())
}

/// A claim with further fields, as a repository may hold it.
pub fn claim(fields: &serde_json::Value) -> Claim {
    let mut record = json!({
        "$type": "org.hypercerts.claim.activity",
        "title": "Work",
        "shortDescription": "Work that was done",
        "createdAt": "2026-01-01T00:00:00Z"
    });
    for (name, value) in fields.as_object().unwrap() {
        record[name] = value.clone();
    }
    let collection = Nsid::parse("org.hypercerts.claim.activity").unwrap();
    match Record::read(&collection, &json::from_json(&record).unwrap()).unwrap() {
        Record::Claim(claim) => claim,
        other => panic!("{other:?} is no claim"),
    }
}

pub fn link(name: &str) -> serde_json::Value {
    let mut link = serde_json::to_value(to(name)).unwrap();
    link["$type"] = "com.atproto.repo.strongRef".into();
    link
}
