//! Attestations: what other programs made is judged rightly, and what is made here holds.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

mod documentation;
mod links;
mod making;
mod vectors;

use std::fs;
use std::path::PathBuf;

use hypercerts_lexicon::Value;

/// A file of `fixtures/attestations`.
fn fixture(name: &str) -> serde_json::Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/attestations");
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn value(json: &serde_json::Value) -> Value {
    hypercerts_lexicon::json::from_json(json).unwrap()
}

fn text(json: &serde_json::Value) -> &str {
    json.as_str().unwrap()
}
