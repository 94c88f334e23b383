//! The schemas: complete, and complete in themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use hypercerts_lexicon::{Map, Nsid, map};
use hypercerts_records::{LEXICONS, catalogue, nsid};
use serde_json::Value as Json;

use crate::fixtures;

#[test]
fn every_file_in_the_lexicons_folder_is_compiled_in_as_it_stands() {
    let root = fixtures::repository_root().join("lexicons");
    let mut on_disk = BTreeMap::new();
    collect_files(&root, &root, &mut on_disk);
    let compiled_in: BTreeMap<String, String> =
        LEXICONS.iter().map(|(file, text)| (file.to_string(), text.to_string())).collect();
    assert_eq!(on_disk, compiled_in);
}

fn collect_files(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_schema_is_in_the_catalogue_under_the_name_that_its_place_gives() {
    for (file, text) in LEXICONS {
        let id = file.strip_suffix(".json").unwrap().replace('/', ".");
        assert_eq!(parse(text)["id"], Json::from(id.as_str()));
        assert!(catalogue().contains(&Nsid::parse(&id).unwrap()), "{id}");
    }
}

#[test]
fn every_reference_between_schemas_leads_to_a_definition() {
    let dangling: Vec<&str> = catalogue().unresolved().collect();
    assert!(dangling.is_empty(), "no definition for {dangling:?}");
}

#[test]
fn a_list_of_claims_has_1_to_100_entries_of_one_author() {
    let method = Nsid::parse(nsid::LIST_HYPERCERTS).unwrap();
    let fits =
        |parameters: Map| catalogue().validate_query_params(&method, &parameters.into()).is_valid();
    assert!(fits(map! {}));
    assert!(fits(map! { "limit" => 100, "author" => "forest.test", "q" => "mangrove" }));
    for broken in
        [map! { "limit" => 0 }, map! { "limit" => 101 }, map! { "author" => "the forest" }]
    {
        assert!(!fits(broken));
    }
}

#[test]
fn a_claim_is_asked_for_by_its_address() {
    for method in [nsid::GET_HYPERCERT, nsid::GET_RECORD] {
        let method = Nsid::parse(method).unwrap();
        let fits = |parameters: Map| {
            catalogue().validate_query_params(&method, &parameters.into()).is_valid()
        };
        assert!(fits(map! { "uri" => fixtures::record(nsid::ACTIVITY).uri.as_str() }));
        assert!(!fits(map! { "uri" => "https://mangroves.example" }));
        assert!(!fits(map! {}));
    }
}

#[test]
fn every_record_type_has_an_example() {
    let types: BTreeSet<String> = catalogue().record_types().map(|nsid| nsid.to_string()).collect();
    let examples: BTreeSet<String> =
        fixtures::all().iter().map(|example| example.collection().to_string()).collect();
    assert_eq!(types, examples);
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}
