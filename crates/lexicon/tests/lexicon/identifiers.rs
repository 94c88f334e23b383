//! What identifiers can tell beyond being well formed.

use hypercerts_lexicon::*;

#[test]
fn a_did_knows_its_method() {
    let method = |text| Did::parse(text).unwrap().method();
    assert_eq!(method("did:plc:ewvi7nxzyoun6zhxrhs64oiz"), DidMethod::Plc);
    assert_eq!(method("did:web:localhost%3A2583"), DidMethod::Web);
    assert_eq!(
        method("did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N"),
        DidMethod::Other
    );
    assert_eq!(Did::parse("did:web:example.org").unwrap().method_specific_id(), "example.org");
}

#[test]
fn a_handle_is_kept_in_lower_case_and_may_be_reserved() {
    let handle = Handle::parse("Alice.Example.COM").unwrap();
    assert_eq!(handle.as_str(), "alice.example.com");
    assert!(handle.is_registrable());
    assert!(Handle::parse("alice.test").unwrap().is_registrable());
    for reserved in [Handle::INVALID, "laptop.local", "a.ARPA", "alice.example"] {
        assert!(!Handle::parse(reserved).unwrap().is_registrable(), "{reserved}");
    }
}

#[test]
fn an_nsid_has_an_authority_in_domain_order_and_a_name() {
    let nsid = Nsid::parse("org.Hypercerts.claim.activityV2").unwrap();
    assert_eq!(nsid.authority(), "claim.hypercerts.org");
    assert_eq!(nsid.name(), "activityV2");
}

#[test]
fn an_address_comes_apart_into_what_it_was_made_of() {
    let did = Did::parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz").unwrap();
    let collection = Nsid::parse("org.hypercerts.claim.activity").unwrap();
    let rkey = RecordKey::from(Tid::new(1_700_000_000_000_000, 7));
    let uri = AtUri::record(&did, &collection, &rkey);
    assert_eq!(AtUri::parse(uri.as_str()).unwrap(), uri);
    assert_eq!(uri.authority(), AtIdentifier::Did(did.clone()));
    assert_eq!(
        (uri.did(), uri.collection(), uri.rkey()),
        (Some(did), Some(collection), Some(rkey))
    );

    let account = AtUri::parse("at://alice.example.com").unwrap();
    assert_eq!((account.did(), account.collection(), account.rkey()), (None, None, None));
    assert_eq!(account.authority().as_str(), "alice.example.com");
}

#[test]
fn a_tid_holds_a_moment_and_a_clock() {
    let tid = Tid::parse("3jzfcijpj2z2a").unwrap();
    assert_eq!((tid.micros(), tid.clock_id()), (1_688_137_381_887_007, 6));
    assert_eq!(Tid::new(tid.micros(), tid.clock_id()), tid);
    assert_eq!(Tid::parse("2222222222222").unwrap().micros(), 0);
}

#[test]
fn tids_increase_though_the_clock_stands_still_or_runs_back() {
    let first = Tid::next_after(None, 1_000, 3);
    let same_moment = Tid::next_after(Some(first), 1_000, 3);
    let earlier = Tid::next_after(Some(same_moment), 10, 0);
    let later = Tid::next_after(Some(earlier), 5_000, 3);
    assert!(first < same_moment && same_moment < earlier && earlier < later);
    assert_eq!(later.micros(), 5_000);
    assert!(first.to_string() < same_moment.to_string());
}

#[test]
fn after_the_last_tid_there_is_none_greater() {
    let almost = Tid::parse("jzzzzzzzzzzzy").unwrap();
    assert_eq!(Tid::next_after(Some(almost), 0, 0), Tid::MAX);
    assert_eq!(Tid::next_after(Some(Tid::MAX), 0, 0), Tid::MAX);
    assert_eq!(Tid::MAX.to_string(), "jzzzzzzzzzzzz");
}

#[test]
fn datetimes_are_moments_in_any_zone() {
    let micros = |text| Datetime::parse(text).unwrap().unix_micros();
    assert_eq!(micros("1970-01-01T00:00:00Z"), 0);
    assert_eq!(micros("1970-01-01T02:00:00.25+02:00"), 250_000);
    assert_eq!(micros("1969-12-31T23:59:59.9999999Z"), -1);
    assert_eq!(micros("2025-12-31T23:59:59Z"), 1_767_225_599_000_000);
    assert_eq!(micros("2000-02-29T12:00:00-11:30"), 951_867_000_000_000);
}

#[test]
fn a_datetime_is_a_real_day_within_the_years_0_to_9999() {
    for text in ["2024-02-29T00:00:00Z", "0000-02-29T00:00:00Z", "0000-01-01T01:00:00+01:00"] {
        Datetime::parse(text).unwrap();
    }
    for text in [
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2023-04-31T00:00:00Z",
        "2023-01-01T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2023-01-01T00:00:00+24:00",
        "9999-12-31T23:59:59-00:01",
    ] {
        assert!(Datetime::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_moment_is_written_in_the_preferred_form() {
    let written = |micros| Datetime::from_unix_micros(micros).to_string();
    assert_eq!(written(1_767_225_599_000_000), "2025-12-31T23:59:59.000Z");
    assert_eq!(written(951_782_400_123_456), "2000-02-29T00:00:00.123Z");
    assert_eq!(written(-1), "1969-12-31T23:59:59.999Z");
    assert_eq!(written(i64::MIN), "0000-01-01T00:00:00.000Z");
    assert_eq!(written(i64::MAX), "9999-12-31T23:59:59.999Z");
}

#[test]
fn a_refusal_says_what_was_wrong_without_repeating_all_of_it() {
    let error = Did::parse("did:PLC:abc").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"did:PLC:abc\" is not a DID: its method must be lower-case letters"
    );
    assert_eq!(error.syntax(), Syntax::Did);
    let long = "é".repeat(5_000);
    assert!(Handle::parse(&long).unwrap_err().to_string().len() < 200);
}

#[test]
fn identifiers_are_checked_when_read_from_json() {
    assert_eq!(serde_json::to_string(&Tid::new(0, 0)).unwrap(), "\"2222222222222\"");
    let did: Did = serde_json::from_str("\"did:plc:abc\"").unwrap();
    assert_eq!(did.as_str(), "did:plc:abc");
    assert!(serde_json::from_str::<Nsid>("\"not an nsid\"").is_err());
}
