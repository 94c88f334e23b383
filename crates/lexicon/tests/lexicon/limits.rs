//! Bytes and JSON from strangers: refused for a stated reason, within bounds.

use hypercerts_lexicon::*;

fn refusal(bytes: &[u8]) -> String {
    drisl::decode(bytes).unwrap_err().to_string()
}

fn json_refusal(json: &str) -> String {
    json::parse(json.as_bytes()).unwrap_err().to_string()
}

#[test]
fn every_departure_from_the_canonical_form_is_refused() {
    for (bytes, reason) in [
        (&[0x18, 0x17][..], "shortest form"),
        (&[0x19, 0x00, 0xff], "shortest form"),
        (&[0x1a, 0x00, 0x00, 0xff, 0xff], "shortest form"),
        (&[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], "shortest form"),
        (&[0x58, 0x01, 0x00], "shortest form"),
        (&[0x5f, 0x41, 0x00, 0xff], "indefinite"),
        (&[0x9f, 0xff], "indefinite"),
        (&[0xbf, 0xff], "indefinite"),
        (&[0x1c], "reserved"),
        (&[0xa2, 0x61, b'b', 0x00, 0x61, b'a', 0x00], "not in order"),
        (&[0xa2, 0x61, b'a', 0x00, 0x61, b'a', 0x00], "occur twice"),
        (&[0xa2, 0x62, b'a', b'a', 0x00, 0x61, b'b', 0x00], "not in order"),
        (&[0xa1, 0x00, 0x00], "key is not text"),
        (&[0x61, 0xff], "not UTF-8"),
        (&[0xf9, 0x3c, 0x00], "floating-point"),
        (&[0xfa, 0x3f, 0x80, 0, 0], "floating-point"),
        (&[0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], "floating-point"),
        (&[0xf7], "simple value"),
        (&[0xf8, 0x20], "simple value"),
        (&[0xff], "simple value"),
        (&[0xc0, 0x60], "not a link"),
        (&[0x00, 0x00], "follows the value"),
        (&[], "ends in the middle"),
        (&[0x62, b'a'], "ends before"),
    ] {
        assert!(refusal(bytes).contains(reason), "{bytes:02x?}: {}", refusal(bytes));
    }
}

#[test]
fn links_hold_a_cid_of_the_protocols_kind_and_nothing_else() {
    let good = drisl::encode(&Value::Link(Cid::of_raw(b"x")));
    assert!(drisl::decode(&good).is_ok());
    // Tag, head, length, prefix byte; then version, codec, hash and length of the CID.
    for place in 0..9 {
        let mut bad = good.clone();
        bad[place] ^= 0x06;
        assert!(drisl::decode(&bad).is_err(), "byte {place}");
    }
    assert!(drisl::decode(&good[..good.len() - 1]).is_err());
}

#[test]
fn integers_stay_where_every_reader_is_exact() {
    for integer in [MAX_INTEGER, -MAX_INTEGER, 0, -1, 23, 24, -24, -25] {
        let bytes = drisl::encode(&Value::Int(integer));
        assert_eq!(drisl::decode(&bytes), Ok(Value::Int(integer)));
    }
    for integer in [MAX_INTEGER + 1, -MAX_INTEGER - 1, i64::MAX, i64::MIN] {
        let bytes = drisl::encode(&Value::Int(integer));
        assert_eq!(drisl::decode(&bytes), Err(DataError::IntegerRange));
    }
    assert_eq!(drisl::decode(&[0x1b; 9]), Err(DataError::IntegerRange));
    assert_eq!(
        drisl::decode(&[0x3b, 255, 255, 255, 255, 255, 255, 255, 255]),
        Err(DataError::IntegerRange)
    );
}

#[test]
fn announcing_much_and_bringing_little_costs_nothing() {
    for head in [0x5b, 0x7b, 0x9b, 0xbb] {
        for length in [u64::MAX, 1 << 40, 1 << 33] {
            let mut bytes = vec![head];
            bytes.extend(length.to_be_bytes());
            assert!(refusal(&bytes).contains("ends before"));
        }
    }
    // Lists that each announce all the rest of the input.
    let mut nested = Vec::new();
    for _ in 0..MAX_DEPTH {
        nested.extend([0x9a, 0, 0x0f, 0, 0]);
    }
    nested.resize(2_000_000, 0xff);
    assert!(drisl::decode(&nested).is_err());
}

#[test]
fn nesting_ends_somewhere() {
    let nested = |depth| [vec![0x81; depth], vec![0x00]].concat();
    assert!(drisl::decode(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(drisl::decode(&nested(MAX_DEPTH + 1)), Err(DataError::TooDeep));
    assert_eq!(drisl::decode(&nested(1_000_000)), Err(DataError::TooDeep));

    let nested = |depth: usize| format!("{}0{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert!(json::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert!(json_refusal(&nested(MAX_DEPTH + 1)).contains("nested deeper"));
    assert!(json_refusal(&nested(100_000)).contains("nested deeper"));
}

#[test]
fn a_document_has_a_bounded_number_of_values() {
    let count = MAX_VALUES as u32;
    let list = |count: u32| [&[0x9a][..], &count.to_be_bytes(), &vec![0; count as usize]].concat();
    assert!(drisl::decode(&list(count - 1)).is_ok());
    assert_eq!(drisl::decode(&list(count)), Err(DataError::TooManyValues));
    let json = format!("{{\"a\":[{}0]}}", "0,".repeat(MAX_VALUES));
    assert!(json_refusal(&json).contains("more than"));
}

#[test]
fn objects_with_very_many_keys_are_read_in_good_time() {
    let keys: Vec<String> = (0..100_000).rev().map(|key| format!("\"{key}\":0")).collect();
    let value = json::parse(format!("{{{}}}", keys.join(",")).as_bytes()).unwrap();
    assert_eq!(value.as_map().unwrap().len(), 100_000);
}

#[test]
fn a_prefix_can_be_read_and_the_rest_be_left() {
    let bytes = [0xa1, 0x61, b't', 0x01, 0xa0];
    let (head, length) = drisl::decode_prefix(&bytes).unwrap();
    assert_eq!(head, Value::Map(map! { "t" => 1 }));
    assert_eq!(drisl::decode(&bytes[length..]), Ok(Value::Map(Map::new())));
}

#[test]
fn json_numbers_are_whole_and_exact() {
    let read = |number: &str| json::parse(format!("{{\"n\":{number}}}").as_bytes());
    for (written, value) in
        [("123.0", 123), ("1e3", 1_000), ("-0.0", 0), ("9007199254740991", MAX_INTEGER)]
    {
        assert_eq!(read(written).unwrap().get("n"), Some(&Value::Int(value)), "{written}");
    }
    for written in ["1.5", "9007199254740992", "-9007199254740992", "1e300", "18446744073709551616"]
    {
        assert!(read(written).is_err(), "{written}");
    }
    assert!(json_refusal("{\"n\":1.5}").contains("1.5 is not a whole number"));
}

#[test]
fn bytes_are_read_with_and_without_padding_and_with_loose_ends() {
    let read = |text: &str| json::from_json(&serde_json::json!({ "$bytes": text }));
    assert_eq!(read("aGk="), Ok(Value::from(&b"hi"[..])));
    assert_eq!(read("aGk"), Ok(Value::from(&b"hi"[..])));
    assert_eq!(read(""), Ok(Value::Bytes(Vec::new())));
    let loose = read("123").unwrap();
    assert_eq!(json::to_json(&loose), serde_json::json!({ "$bytes": "120" }));
    for bad in ["a", "aG k", "a_-b", "aGk===", "=", "ä"] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn what_json_says_twice_is_refused() {
    assert!(json_refusal(r#"{"amount":1,"amount":2}"#).contains("\"amount\" occurs twice"));
}

#[test]
fn refusals_of_json_name_their_reason() {
    assert!(json_refusal("[1]").contains("an object is needed, not a list"));
    assert!(json_refusal("{\"a\":").starts_with("not JSON"));
    assert!(json_refusal("{} x").starts_with("not JSON"));
    assert!(json_refusal(r#"{"a":{"$link":"bafy"}}"#).contains("is not a CID"));
    assert!(json_refusal(r#"{"a":{"$type":"blob"}}"#).contains("a blob needs"));
    assert!(json_refusal("\u{feff}{}").starts_with("not JSON"));
}

#[test]
fn a_cid_addresses_just_its_bytes() {
    let cid = Cid::of_drisl(b"\xa0");
    assert_eq!(cid.to_string(), "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua");
    assert_eq!(Cid::parse(&cid.to_string()), Ok(cid));
    assert_eq!(Cid::from_bytes(&cid.to_bytes()), Ok(cid));
    assert!(cid.matches(b"\xa0") && !cid.matches(b"\xa1"));
    assert_ne!(cid, Cid::of_raw(b"\xa0"));
    for bad in [
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swub",
        "Bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swu",
        "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
        "",
    ] {
        assert!(Cid::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn blobs_are_found_wherever_they_are() {
    let blob = Blob { cid: Cid::of_raw(b"png"), mime_type: "image/png".to_owned(), size: 3 };
    let record = Value::Map(map! {
        "image" => Value::from(blob.clone()),
        "content" => vec![Value::Map(map! { "inner" => Value::from(blob.clone()) })],
    });
    assert_eq!(blobs_in(&record), [blob.clone(), blob.clone()]);
    assert!(!holds_legacy_blob(&record));

    let old = Value::Map(map! { "cid" => blob.cid.to_string(), "mimeType" => "image/png" });
    assert!(holds_legacy_blob(&Value::Map(map! { "avatar" => old.clone() })));
    assert_eq!(Blob::from_value(&old), None);
}

#[test]
fn maps_keep_the_order_in_which_they_are_encoded() {
    let mut map: Map = [("bb", 1), ("c", 2), ("a", 3), ("c", 4)].into_iter().collect();
    assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "c", "bb"]);
    assert_eq!(map.get("c"), Some(&Value::Int(4)));
    assert_eq!(map.insert("aa", 5), None);
    assert_eq!(map.remove("c"), Some(Value::Int(4)));
    assert_eq!(map, map! { "aa" => 5, "a" => 3, "bb" => 1 });
}
