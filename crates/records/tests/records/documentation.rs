//! `docs/records.md` shows the examples, and shows all of them.

use std::collections::BTreeSet;
use std::fs;

use hypercerts_lexicon::{Value, json};
use hypercerts_records::catalogue;

use crate::fixtures;

fn document() -> String {
    fs::read_to_string(fixtures::repository_root().join("docs/records.md")).unwrap()
}

fn shown_records(document: &str) -> Vec<Value> {
    let blocks = document.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(|block| json::parse(block.as_bytes()).unwrap()).collect()
}

#[test]
fn every_record_shown_is_the_example_of_its_type() {
    for shown in shown_records(&document()) {
        let example = fixtures::record(shown.type_name().expect("a record names its type"));
        assert_eq!(shown, example.value);
    }
}

#[test]
fn every_record_type_is_shown_and_listed() {
    let document = document();
    let shown: BTreeSet<String> =
        shown_records(&document).iter().filter_map(Value::type_name).map(str::to_owned).collect();
    for nsid in catalogue().record_types() {
        assert!(shown.contains(nsid.as_str()), "{nsid} has no example");
        assert!(document.contains(&format!("| [`{nsid}`]")), "{nsid} is not in the table");
    }
}
