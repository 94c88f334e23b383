//! The demonstration's content and the few placeholders in it, which stand for what is known only once
//! something was written: `{"$ref": name}` is a strong reference to an earlier record, `{"$did": account}`
//! an account's DID, `{"$blob": file}` an uploaded file.

use hypercerts_lexicon::{Nsid, RecordKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::DemoError;

const WORLD: &str = include_str!("../../demo/world.json");

/// The files that records refer to, with their media types.
pub const FILES: [(&str, &str, &[u8]); 2] = [
    ("canopy-2025-01.png", "image/png", include_bytes!("../../demo/canopy-2025-01.png")),
    ("canopy-2025-12.png", "image/png", include_bytes!("../../demo/canopy-2025-12.png")),
];

/// Accounts by the first label of their handles, and records in the order they are written.
#[derive(Deserialize)]
pub struct World {
    pub accounts: Vec<String>,
    pub records: Vec<Entry>,
}

/// One record: by whom, where, and what.
#[derive(Deserialize)]
pub struct Entry {
    /// What later records call it.
    pub name: Option<String>,
    pub by: String,
    pub collection: Nsid,
    pub rkey: Option<RecordKey>,
    pub value: Value,
}

/// What placeholders stand for; each question is asked as the account that writes.
pub trait Known {
    fn reference(&self, name: &str) -> Option<Map<String, Value>>;
    fn did(&self, account: &str) -> Option<Value>;
    fn blob(&self, file: &str) -> Option<Value>;
}

impl World {
    pub fn read() -> Result<Self, DemoError> {
        serde_json::from_str(WORLD).map_err(|error| DemoError::World(error.to_string()))
    }
}

/// The files a record needs uploaded before it can be written.
pub fn files_of(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => match fields.get("$blob").and_then(Value::as_str) {
            Some(file) => vec![file],
            None => fields.values().flat_map(files_of).collect(),
        },
        Value::Array(items) => items.iter().flat_map(files_of).collect(),
        _ => Vec::new(),
    }
}

/// The value with every placeholder replaced.
pub fn resolve(value: &Value, known: &impl Known) -> Result<Value, DemoError> {
    match value {
        Value::Object(fields) => resolve_object(fields, known),
        Value::Array(items) => items
            .iter()
            .map(|item| resolve(item, known))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        leaf => Ok(leaf.clone()),
    }
}

fn resolve_object(fields: &Map<String, Value>, known: &impl Known) -> Result<Value, DemoError> {
    let placeholder = |key: &str| fields.get(key).and_then(Value::as_str);
    if let Some(account) = placeholder("$did") {
        return known.did(account).ok_or_else(|| unknown("account", account));
    }
    if let Some(file) = placeholder("$blob") {
        return known.blob(file).ok_or_else(|| unknown("file", file));
    }
    let mut resolved = match placeholder("$ref") {
        Some(name) => known.reference(name).ok_or_else(|| unknown("record", name))?,
        None => Map::new(),
    };
    for (key, value) in fields.iter().filter(|(key, _)| *key != "$ref") {
        resolved.insert(key.clone(), resolve(value, known)?);
    }
    Ok(Value::Object(resolved))
}

fn unknown(kind: &str, name: &str) -> DemoError {
    DemoError::World(format!("no {kind} named {name} comes before"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Everything;

    impl Known for Everything {
        fn reference(&self, name: &str) -> Option<Map<String, Value>> {
            json!({ "uri": format!("at://{name}"), "cid": "c" }).as_object().cloned()
        }
        fn did(&self, account: &str) -> Option<Value> {
            (account != "stranger").then(|| json!(format!("did:plc:{account}")))
        }
        fn blob(&self, _: &str) -> Option<Value> {
            Some(json!({ "$type": "blob" }))
        }
    }

    #[test]
    fn placeholders_become_what_they_stand_for() {
        let value = json!({ "for": { "$ref": "claim", "$type": "t" }, "by": [{ "did": { "$did": "asha" } }] });
        let resolved = resolve(&value, &Everything).unwrap();
        assert_eq!(
            resolved,
            json!({ "for": { "uri": "at://claim", "cid": "c", "$type": "t" }, "by": [{ "did": "did:plc:asha" }] })
        );
    }

    #[test]
    fn a_name_nobody_knows_is_an_error_and_not_a_gap() {
        assert!(resolve(&json!({ "$did": "stranger" }), &Everything).is_err());
    }

    #[test]
    fn every_file_and_account_the_world_names_is_there() {
        let world = World::read().unwrap();
        for entry in &world.records {
            assert!(world.accounts.contains(&entry.by), "{} is an account", entry.by);
            for file in files_of(&entry.value) {
                assert!(FILES.iter().any(|(name, ..)| *name == file), "{file} is shipped");
            }
        }
    }
}
