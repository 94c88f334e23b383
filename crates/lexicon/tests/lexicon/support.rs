//! Reads the vectors in `fixtures/` at the root of the repository.

use std::path::PathBuf;

pub fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn json_fixture(name: &str) -> serde_json::Value {
    serde_json::from_str(&fixture(name)).expect("a fixture is JSON")
}

/// The cases of a vector file that is a JSON array.
pub fn json_cases(name: &str) -> Vec<serde_json::Value> {
    let cases = json_fixture(name).as_array().expect("the file is an array").clone();
    assert!(!cases.is_empty());
    cases
}
