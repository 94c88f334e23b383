//! Limits in bytes and in characters, at their edges.

use hypercerts_lexicon::{Rule, Unit, Validity, Value};
use hypercerts_records::nsid;

use crate::fixtures;

/// One character of ten bytes: a letter with four combining marks.
const TEN_BYTES: &str = "é\u{301}\u{302}\u{303}\u{304}";

/// What the claim of the mangroves breaks with another text in one field.
fn broken(field: &str, text: String) -> Option<Rule> {
    match fixtures::record(nsid::ACTIVITY).with(&[field], text).validate() {
        Validity::Valid => None,
        Validity::Invalid(violations) => {
            let [violation] = &violations[..] else {
                panic!("one violation is expected: {violations:?}")
            };
            assert_eq!(violation.path, field);
            Some(violation.rule.clone())
        }
        Validity::UnknownType => panic!("claims are a known type"),
    }
}

fn too_long(limit: u64, actual: u64, unit: Unit) -> Option<Rule> {
    Some(Rule::MaxLength { limit, actual, unit })
}

#[test]
fn a_title_has_256_bytes_at_most() {
    assert_eq!(broken("title", "t".repeat(256)), None);
    assert_eq!(broken("title", "t".repeat(257)), too_long(256, 257, Unit::Bytes));
}

#[test]
fn a_title_is_counted_in_bytes_and_not_in_characters() {
    assert_eq!(broken("title", "é".repeat(128)), None);
    assert_eq!(broken("title", "é".repeat(129)), too_long(256, 258, Unit::Bytes));
    assert_eq!(broken("title", "🌱".repeat(64)), None);
    assert_eq!(broken("title", "🌱".repeat(65)), too_long(256, 260, Unit::Bytes));
}

#[test]
fn a_short_description_has_300_characters_at_most() {
    assert_eq!(broken("shortDescription", "d".repeat(300)), None);
    assert_eq!(broken("shortDescription", "d".repeat(301)), too_long(300, 301, Unit::Graphemes));
}

#[test]
fn a_flag_is_one_character_of_eight_bytes() {
    assert_eq!(broken("shortDescription", "🇰🇪".repeat(300)), None);
    assert_eq!(broken("shortDescription", "🇰🇪".repeat(301)), too_long(300, 301, Unit::Graphemes));
}

#[test]
fn a_short_description_of_300_long_characters_has_3000_bytes_at_most() {
    assert_eq!(TEN_BYTES.len(), 10);
    assert_eq!(broken("shortDescription", TEN_BYTES.repeat(300)), None);
    let one_byte_more = format!("{}e\u{300}{}", TEN_BYTES.repeat(299), "\u{301}".repeat(4));
    assert_eq!(broken("shortDescription", one_byte_more), too_long(3_000, 3_001, Unit::Bytes));
}

#[test]
fn a_claim_names_1000_locations_at_most() {
    let claim = fixtures::record(nsid::ACTIVITY);
    let place = claim.value.get("locations").and_then(Value::as_list).unwrap()[0].clone();
    let many = |count: usize| claim.with(&["locations"], vec![place.clone(); count]).validate();
    assert_eq!(many(1_000), Validity::Valid);
    let Validity::Invalid(violations) = many(1_001) else {
        panic!("too many locations are let through")
    };
    assert_eq!(Some(violations[0].rule.clone()), too_long(1_000, 1_001, Unit::Items));
}
