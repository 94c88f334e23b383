//! Entries made by other programs, from `fixtures/attestations/entries.json`.

use hypercerts_lexicon::{AtUri, Did};
use hypercerts_records::attestation::{self, Evidence, Missing};
use hypercerts_repo::PublicKey;
use serde_json::Value as Json;

use crate::{fixture, text, value};

/// Everything the vectors say there is; all else that `record` wants is known not to be.
fn evidence(vectors: &Json, record: &hypercerts_lexicon::Value) -> Evidence {
    let absent = |name: &dyn ToString| Missing::Absent(format!("nobody has {}", name.to_string()));
    let wanted = attestation::wanted(record);
    let mut evidence = Evidence::default();
    for id in wanted.keys {
        let key = vectors["keys"].get(id.to_string());
        let key = key.map(|key| PublicKey::from_did_key(text(key)).unwrap());
        let found = key.ok_or_else(|| absent(&id));
        evidence.add_key(id, found);
    }
    for reference in wanted.proofs {
        let uri: AtUri = reference.uri().clone();
        let found = vectors["proofs"].get(uri.as_str()).map(value).ok_or_else(|| absent(&uri));
        evidence.add_proof(uri, found);
    }
    evidence
}

#[test]
fn every_entry_gets_the_verdict_it_deserves() {
    let vectors = fixture("entries.json");
    let repository = Did::parse(text(&vectors["repository"])).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let record = value(&case["record"]);
        let verdicts = attestation::check(&record, &repository, &evidence(&vectors, &record));
        let expected = case["expected"].as_array().unwrap();
        assert_eq!(verdicts.len(), expected.len(), "{}", case["name"]);
        for (verdict, expected) in verdicts.iter().zip(expected) {
            let told = serde_json::to_value(verdict).unwrap();
            for (field, expected) in expected.as_object().unwrap() {
                assert_eq!(&told[field], expected, "{} of {}: {told:#}", field, case["name"]);
            }
        }
    }
}

#[test]
fn content_cids_are_those_that_others_compute() {
    let vectors = fixture("entries.json");
    let repository = Did::parse(text(&vectors["repository"])).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        if case["record"].get("$sig").is_some() {
            continue;
        }
        let content = attestation::content_cid(&value(&case["record"]), &repository).unwrap();
        assert_eq!(content.to_string(), text(&case["content"]), "{}", case["name"]);
    }
}

#[test]
fn an_attestation_holds_in_its_own_repository_only() {
    let vectors = fixture("entries.json");
    let thief = Did::parse("did:plc:44ybard66vv44zksje25o7dz").unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let record = value(&case["record"]);
        let verdicts = attestation::check(&record, &thief, &evidence(&vectors, &record));
        let taken_over = case["name"] == "copied from another repository";
        assert_eq!(verdicts.iter().any(|v| v.outcome.holds()), taken_over, "{}", case["name"]);
    }
}

#[test]
fn what_is_not_looked_up_is_left_open() {
    let vectors = fixture("entries.json");
    let repository = Did::parse(text(&vectors["repository"])).unwrap();
    for name in ["a key of P-256 from a DID document", "a proof"] {
        let cases = vectors["cases"].as_array().unwrap();
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        let record = value(&case["record"]);
        let verdicts = attestation::check(&record, &repository, &Evidence::default());
        let told = serde_json::to_value(&verdicts[0]).unwrap();
        assert_eq!(told["outcome"], "notChecked", "{told:#}");
        assert!(verdicts[0].message.starts_with("Whether did:web:auditor.example attests"));
    }
}
