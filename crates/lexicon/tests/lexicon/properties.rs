//! What holds for all data, on samples of it.

use hypercerts_lexicon::*;
use proptest::prelude::*;

fn cids() -> impl Strategy<Value = Cid> {
    (any::<bool>(), any::<[u8; 32]>())
        .prop_map(|(raw, digest)| Cid::new(if raw { Codec::Raw } else { Codec::Drisl }, digest))
}

/// Any value of the data model that also has a JSON form: keys do not begin with `$`.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-MAX_INTEGER..=MAX_INTEGER).prop_map(Value::Int),
        (-300i64..300).prop_map(Value::Int),
        any::<String>().prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        cids().prop_map(Value::Link),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        let key = "[^$].{0,12}|";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::vec((key, inner), 0..8)
                .prop_map(|entries| Value::Map(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(value in values()) {
        prop_assert_eq!(drisl::decode(&drisl::encode(&value)), Ok(value));
    }

    #[test]
    fn json_there_and_back_is_the_same(value in values()) {
        let json = json::to_json(&value);
        prop_assert_eq!(json::from_json(&json), Ok(value.clone()));
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), json);
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn json_from_the_encoding_is_json_from_the_value(
        value in values(),
        damage in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let mut bytes = drisl::encode(&value);
        if let Some((place, byte)) = damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let mut json = b"before ".to_vec();
        let written = drisl::write_json(&bytes, &mut json);
        match drisl::decode(&bytes) {
            Ok(value) => {
                let json = String::from_utf8(json).unwrap();
                prop_assert_eq!(json, format!("before {}", serde_json::to_string(&value).unwrap()));
            }
            Err(why) => prop_assert_eq!(written, Err(why)),
        }
    }

    #[test]
    fn the_order_of_insertion_does_not_matter(
        entries in prop::collection::hash_map(any::<String>(), any::<i32>(), 0..20)
    ) {
        let forwards: Map = entries.clone().into_iter().collect();
        let mut sorted: Vec<_> = entries.into_iter().collect();
        sorted.sort();
        let mut one_by_one = Map::new();
        for (key, value) in sorted {
            one_by_one.insert(key, value);
        }
        prop_assert_eq!(forwards, one_by_one);
    }

    #[test]
    fn whatever_bytes_come_they_are_refused_or_were_canonical(
        bytes in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        if let Ok((value, length)) = drisl::decode_prefix(&bytes) {
            prop_assert_eq!(drisl::encode(&value), &bytes[..length]);
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_value(
        value in values(), place in any::<prop::sample::Index>(), change in 1u8..
    ) {
        let mut bytes = drisl::encode(&value);
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        if let Ok(other) = drisl::decode(&bytes) {
            prop_assert_ne!(&other, &value);
            prop_assert_eq!(drisl::encode(&other), bytes);
        }
    }

    #[test]
    fn whatever_text_comes_as_json_nothing_breaks(text in "[\\[\\]{}:,\"$a-z0-9.e+-]{0,60}") {
        let _refused_or_read = json::parse(text.as_bytes());
    }

    #[test]
    fn what_an_identifier_accepts_it_shows_unchanged(text in "[a-zA-Z0-9.:/%_~-]{0,40}|did:[a-z]{1,4}:[a-z0-9:.%-]{1,20}|at://[a-z]{1,5}\\.[a-z]{1,5}(/[a-z]{1,3}\\.[a-z]{1,3}\\.[a-zA-Z]{1,4}(/[a-z]{1,5})?)?") {
        macro_rules! shows_unchanged {
            ($($identifier:ty),*) => {
                $(if let Ok(parsed) = <$identifier>::parse(&text) {
                    prop_assert_eq!(parsed.to_string(), text.as_str());
                })*
            };
        }
        shows_unchanged!(Did, Nsid, RecordKey, Tid, AtUri, Datetime, Language, Uri, CidText);
        if let Ok(handle) = Handle::parse(&text) {
            prop_assert_eq!(handle.to_string(), text.to_ascii_lowercase());
        }
        if let Ok(uri) = AtUri::parse(&text) {
            let _parts = (uri.authority(), uri.collection(), uri.rkey());
        }
    }

    #[test]
    fn no_text_breaks_an_identifier(text in any::<String>()) {
        for syntax in [
            Syntax::AtIdentifier, Syntax::AtUri, Syntax::Cid, Syntax::Datetime, Syntax::Did, Syntax::Handle,
            Syntax::Language, Syntax::Nsid, Syntax::RecordKey, Syntax::Tid, Syntax::Uri,
        ] {
            let _refused_or_not = syntax.check(&text);
        }
    }

    #[test]
    fn cids_survive_both_forms(cid in cids()) {
        prop_assert_eq!(Cid::parse(&cid.to_string()), Ok(cid));
        prop_assert_eq!(Cid::from_bytes(&cid.to_bytes()), Ok(cid));
        prop_assert!(CidText::parse(&cid.to_string()).is_ok());
    }

    #[test]
    fn tids_sort_as_text_as_they_do_as_numbers(left in any::<u64>(), right in any::<u64>(), clock in 0u16..1024) {
        let (left, right) = (Tid::new(left >> 12, clock), Tid::new(right >> 12, clock));
        prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
        prop_assert_eq!(Tid::parse(&left.to_string()), Ok(left));
    }

    #[test]
    fn tids_increase_whatever_the_clock_says(
        clock in prop::collection::vec((0u64..1 << 53, any::<u16>()), 1..50)
    ) {
        let mut prev = None;
        for (micros, clock_id) in clock {
            let next = Tid::next_after(prev, micros, clock_id);
            prop_assert!(prev.is_none_or(|prev| next > prev));
            prev = Some(next);
        }
    }

    #[test]
    fn moments_are_written_and_read_to_the_millisecond(
        millis in -62_167_219_200_000i64..=253_402_300_799_999
    ) {
        let written = Datetime::from_unix_micros(millis * 1_000);
        prop_assert_eq!(Datetime::parse(written.as_str()).unwrap().unix_micros(), millis * 1_000);
    }
}

#[test]
fn a_million_bytes_of_anything_are_dealt_with() {
    for byte in 0..=u8::MAX {
        let bytes = vec![byte; 1_000_000];
        let _refused_or_read = drisl::decode(&bytes);
    }
}
