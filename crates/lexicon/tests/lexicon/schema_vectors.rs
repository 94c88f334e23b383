//! The protocol's own examples of Lexicon documents and of records that keep or break their rules.

use hypercerts_lexicon::*;
use serde_json::Value as Json;

use crate::support::{fixture, json_cases};

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    for name in ["permission-set", "procedure", "query", "record", "subscription"] {
        catalogue.add_json(&fixture(&format!("interop/lexicon/catalog/{name}.json"))).unwrap();
    }
    catalogue
}

/// Reads a case's record and validates it; data that is not even data counts as refused.
fn validate(case: &Json) -> Option<Validity> {
    let collection = Nsid::parse("example.lexicon.record").unwrap();
    let rkey = RecordKey::parse(case["rkey"].as_str().unwrap()).unwrap();
    let record = json::from_json(&case["data"]).ok()?;
    Some(catalogue().validate_record(&collection, &rkey, &record))
}

#[test]
fn valid_documents_are_accepted() {
    for case in json_cases("interop/lexicon/lexicon-valid.json") {
        let added = Catalogue::new().add_json(&case["lexicon"].to_string());
        assert!(added.is_ok(), "{}: {added:?}", case["name"]);
    }
}

#[test]
fn invalid_documents_are_refused() {
    for case in json_cases("interop/lexicon/lexicon-invalid.json") {
        let added = Catalogue::new().add_json(&case["lexicon"].to_string());
        assert!(added.is_err(), "{}", case["name"]);
    }
}

#[test]
fn valid_records_are_valid() {
    for case in json_cases("interop/lexicon/record-data-valid.json") {
        assert_eq!(validate(&case), Some(Validity::Valid), "{}", case["name"]);
    }
}

#[test]
fn invalid_records_are_invalid_or_no_data_at_all() {
    for case in json_cases("interop/lexicon/record-data-invalid.json") {
        let verdict = validate(&case);
        assert!(matches!(verdict, None | Some(Validity::Invalid(_))), "{}", case["name"]);
    }
}
