//! The examples in `fixtures/` are valid, hold together, and survive reading and writing.

use std::collections::BTreeMap;

use hypercerts_lexicon::{Cid, RecordKey, Validity, drisl, json};
use hypercerts_records::{Record, catalogue, links, normalise, nsid};

use crate::fixtures;

#[test]
fn every_example_is_valid() {
    for example in fixtures::all() {
        assert_eq!(example.validate(), Validity::Valid, "{}", example.uri);
    }
}

#[test]
fn every_example_has_the_cid_it_is_shown_with() {
    for example in fixtures::all() {
        assert_eq!(Cid::of_drisl(&drisl::encode(&example.value)), example.cid, "{}", example.uri);
    }
}

#[test]
fn the_claim_that_the_client_of_the_documentation_writes_is_valid() {
    let claim = json::parse(
        br#"{
            "title": "Open Source Library Maintenance",
            "shortDescription": "Maintained and improved the core library throughout 2025",
            "workScope": {
                "$type": "org.hypercerts.claim.activity#workScopeString",
                "scope": "library-maintenance"
            },
            "startDate": "2025-01-01T00:00:00Z",
            "endDate": "2025-12-31T23:59:59Z",
            "createdAt": "2026-01-06T12:00:00.000Z",
            "$type": "org.hypercerts.claim.activity"
        }"#,
    )
    .unwrap();
    assert_eq!(claim, fixtures::claim("library-maintenance").value);
    let collection = hypercerts_lexicon::Nsid::parse(nsid::ACTIVITY).unwrap();
    let rkey = RecordKey::parse("3mbrqzo2k2s2b").unwrap();
    assert_eq!(catalogue().validate_record(&collection, &rkey, &claim), Validity::Valid);
}

#[test]
fn reading_and_writing_gives_every_example_back_unchanged() {
    for example in fixtures::all() {
        let today = normalise(&example.collection(), &example.value);
        assert_eq!(example.read().into_value().unwrap(), *today.value(), "{}", example.uri);
    }
}

#[test]
fn every_record_type_has_a_typed_form() {
    for example in fixtures::all() {
        let collection = example.collection();
        let record = example.read();
        assert!(!matches!(record, Record::Other(_)), "{collection} is read as a plain value");
        assert_eq!(record.nsid(), nsid::current(&collection, &example.value));
        assert!(record.created_at().is_some(), "{collection}");
    }
}

#[test]
fn records_that_have_a_name_are_called_by_it() {
    let named: BTreeMap<String, String> = fixtures::all()
        .iter()
        .filter_map(|example| {
            Some((example.rkey().to_string(), example.read().title()?.to_owned()))
        })
        .collect();
    assert_eq!(named["numpy-2025"], "NumPy maintenance 2025");
    assert_eq!(named["land-cover.mangrove"], "Mangrove");
    assert!(named.values().any(|name| name == "Planting area south of the estuary"));
    assert!(named.values().any(|name| name == "Retirement only"));
    assert_eq!(fixtures::record(nsid::MEASUREMENT).read().title(), None);
}

#[test]
fn links_finds_every_reference_of_the_examples() {
    for example in fixtures::all() {
        let text = json::to_json(&example.value).to_string();
        let written = text.matches("\"uri\":\"at://").count();
        assert_eq!(links(&example.value).len(), written, "{}", example.uri);
    }
}

#[test]
fn the_examples_refer_to_each_other_in_their_current_versions() {
    let examples = fixtures::all();
    let current: BTreeMap<_, _> =
        examples.iter().map(|example| (&example.uri, example.cid)).collect();
    for example in examples {
        for link in links(&example.value) {
            let target = current.get(&link.uri);
            assert!(target.is_some(), "{}: {} leads nowhere", example.uri, link.path);
            assert!(
                link.cid.is_none() || link.cid.as_ref() == target,
                "{}: {} is stale",
                example.uri,
                link.path
            );
        }
    }
}
