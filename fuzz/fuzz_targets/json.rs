//! Any bytes as JSON of the data model: what is read survives both encodings.
#![no_main]

use hypercerts_lexicon::{blobs_in, drisl, holds_legacy_blob, json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = json::parse(data) else { return };
    let bytes = drisl::encode(&value);
    assert_eq!(drisl::decode(&bytes).as_ref(), Ok(&value));
    assert_eq!(json::from_json(&json::to_json(&value)).as_ref(), Ok(&value));
    let _files = (blobs_in(&value).len(), holds_legacy_blob(&value));
});
