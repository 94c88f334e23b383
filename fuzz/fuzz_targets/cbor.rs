//! Any bytes as DRISL: what is read is encoded to the same bytes, written as JSON as its value is, and its JSON form means the same.
#![no_main]

use hypercerts_lexicon::{Value, drisl, json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut written = Vec::new();
    let could_write = drisl::write_json(data, &mut written);
    let Ok(value) = drisl::decode(data) else { return assert!(could_write.is_err()) };
    assert_eq!(Some(written), serde_json::to_vec(&value).ok());
    assert_eq!(drisl::encode(&value), data);
    let text = json::to_json(&value).to_string();
    // Some values have no JSON form of their own, such as a map that looks like a link.
    if let (Value::Map(_), Ok(read)) = (&value, json::parse(text.as_bytes())) {
        assert_eq!(json::to_json(&read).to_string(), text);
    }
});
