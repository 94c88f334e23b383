//! `docs/records.md` shows the examples, all of them, and every edition.

use std::collections::BTreeSet;
use std::fs;

use hypercerts_lexicon::{Value, json};
use hypercerts_records::{Edition, Record, catalogue};

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

#[test]
fn the_table_of_editions_is_that_of_the_fixtures() {
    let table = table_of_editions();
    assert!(document().contains(&table), "docs/records.md should hold this table:\n{table}");
}

fn table_of_editions() -> String {
    let head =
        "| Type today | Edition | Collection | What is particular about it |\n|---|---|---|---|\n";
    let rows = Record::COLLECTIONS.iter().flat_map(|nsid| {
        Edition::of_type(nsid)
            .filter(|edition| *edition != Edition::Current)
            .map(|edition| row(nsid, edition))
    });
    head.to_owned() + &rows.collect::<String>()
}

fn row(nsid: &str, edition: Edition) -> String {
    let example = fixtures::editions()
        .iter()
        .find(|it| it.edition == edition && it.today.type_name() == Some(nsid))
        .unwrap_or_else(|| panic!("{nsid} has no example of {edition}"));
    format!(
        "| `{nsid}` | [`{edition}`](../fixtures/editions/{}) | `{}` | {} |\n",
        example.file,
        example.collection,
        edition.in_words()
    )
}
