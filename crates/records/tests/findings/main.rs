//! Rules beyond the schemas: what records say that makes no sense, alone and beside others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::needless_pass_by_value, reason = "fields are written where they are used")]

mod alone;
mod beside;
mod documentation;
mod properties;

use hypercerts_lexicon::{Nsid, json};
use hypercerts_records::finding::{Finding, of_record};
use hypercerts_records::{Reading, Record};
use serde_json::Value;

/// A record as its author would write it: `$type` and all that is required are filled in.
fn record(collection: &str, fields: Value) -> Record {
    let mut value = serde_json::json!({ "$type": collection, "createdAt": "2025-03-14T10:00:00Z" });
    for (name, field) in fields.as_object().unwrap() {
        value[name] = field.clone();
    }
    let nsid = Nsid::parse(collection).unwrap();
    Reading::of(&nsid, &json::from_json(&value).unwrap()).unwrap().record
}

fn findings(collection: &str, fields: Value) -> Vec<Finding> {
    of_record(&record(collection, fields))
}

/// Codes and paths, in order.
fn codes(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings.iter().map(|finding| (finding.code.as_ref(), finding.path.as_str())).collect()
}

const DID_A: &str = "did:plc:44ybard66vv44zksje25o7dz";
const DID_B: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const CID: &str = "bafyreibtqy4iabnmchlw7rjqbzqc3ccwebtbrrjhf5ilxu3ef2bolc3spi";
