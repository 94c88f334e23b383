//! The protocol's own examples of data, in both encodings.

use data_encoding::BASE64_NOPAD;
use hypercerts_lexicon::*;

use crate::support::json_cases;

#[test]
fn json_and_binary_agree_with_the_vectors() {
    for case in json_cases("interop/data-model/data-model-fixtures.json") {
        let value = json::from_json(&case["json"]).unwrap();
        let bytes = drisl::encode(&value);
        assert_eq!(BASE64_NOPAD.encode(&bytes), case["cbor_base64"].as_str().unwrap());
        assert_eq!(Cid::of_drisl(&bytes).to_string(), case["cid"].as_str().unwrap());
        assert_eq!(drisl::decode(&bytes).unwrap(), value);
        assert_eq!(json::to_json(&value), case["json"]);
    }
}

#[test]
fn valid_data_is_read() {
    for case in json_cases("interop/data-model/data-model-valid.json") {
        let read = json::parse(case["json"].to_string().as_bytes());
        assert!(read.is_ok(), "{}: {read:?}", case["note"]);
    }
}

#[test]
fn invalid_data_is_refused() {
    for case in json_cases("interop/data-model/data-model-invalid.json") {
        let read = json::parse(case["json"].to_string().as_bytes());
        assert!(read.is_err(), "{}: {read:?}", case["note"]);
    }
}
