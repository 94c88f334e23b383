//! `docs/attestations.md` shows what other programs computed.

use std::fs;
use std::path::PathBuf;

use hypercerts_lexicon::{Cid, Did};
use hypercerts_records::attestation;

use crate::{fixture, text, value};

fn page() -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join("docs/attestations.md")).unwrap()
}

#[test]
fn the_example_is_the_first_vector() {
    let (page, vectors) = (page(), fixture("entries.json"));
    let case = &vectors["cases"][0];
    let entry = &case["record"]["signatures"][0];
    for shown in
        [&vectors["repository"], &case["content"], &entry["key"], &entry["signature"]["$bytes"]]
    {
        assert!(page.contains(text(shown)), "{shown}");
    }
    for field in ["title", "shortDescription", "createdAt"] {
        assert!(page.contains(&format!("\"{field}\": {}", case["record"][field])), "{field}");
    }
}

#[test]
fn the_bytes_of_the_example_hash_to_its_cid() {
    let (page, vectors) = (page(), fixture("entries.json"));
    let shown = page.split("```").find(|block| block.starts_with("\na564")).unwrap();
    let digits: String = shown.split_whitespace().collect();
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap();
    let repository = Did::parse(text(&vectors["repository"])).unwrap();
    let record = value(&vectors["cases"][0]["record"]);
    assert_eq!(attestation::content_cid(&record, &repository), Ok(Cid::of_drisl(&bytes)));
}
