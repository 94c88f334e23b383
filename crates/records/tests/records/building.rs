//! Writing records from Rust, as the command line does.

use hypercerts_lexicon::{AtUri, Cid, Datetime, Did, Nsid, RecordKey, Validity, Value};
use hypercerts_records::{
    Account, Claim, Contribution, ContributionDetails, Contributor, ContributorIdentity,
    ContributorRole, Evaluation, Measurement, NamedContributor, Party, PartyText, Receipt, Score,
    StrongRef, WorkScope, WorkScopeString, catalogue, nsid,
};

fn now() -> Datetime {
    Datetime::parse("2026-01-06T12:00:00.000Z").unwrap()
}

fn ecologist() -> Did {
    Did::parse("did:web:ecology.example").unwrap()
}

fn some_claim() -> StrongRef {
    let uri = "at://did:web:forest.example/org.hypercerts.claim.activity/3mbrqzo2k2s2b";
    StrongRef::new(AtUri::parse(uri).unwrap(), Cid::of_drisl(b"a claim"))
}

fn assert_valid(value: &Value) {
    let collection = Nsid::parse(value.type_name().expect("a record names its type")).unwrap();
    let rkey = RecordKey::parse("3mbrqzo2k2s2b").unwrap();
    assert_eq!(catalogue().validate_record(&collection, &rkey, value), Validity::Valid);
}

#[test]
fn a_claim_built_here_is_valid_and_has_no_empty_fields() {
    let contributor = Contributor {
        contribution_weight: Some("0.6".into()),
        contribution_details: Some(ContributionDetails::Role(ContributorRole::new(
            "Release management".to_owned(),
        ))),
        ..Contributor::new(ContributorIdentity::Named(NamedContributor::new("numpy".to_owned())))
    };
    let claim = Claim {
        work_scope: Some(WorkScope::Text(WorkScopeString::new("library-maintenance".to_owned()))),
        contributors: vec![contributor],
        ..Claim::new("NumPy maintenance 2025".to_owned(), "Releases and reviews.".to_owned(), now())
    };
    let value = claim.into_value().unwrap();
    assert_valid(&value);
    let fields: Vec<&str> = value.as_map().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["$type", "title", "createdAt", "workScope", "contributors", "shortDescription"]
    );
    assert_eq!(
        value.get("workScope").unwrap().type_name(),
        Some("org.hypercerts.claim.activity#workScopeString")
    );
}

#[test]
fn an_evaluation_a_measurement_and_a_receipt_built_here_are_valid() {
    let evaluation = Evaluation {
        subject: Some(some_claim()),
        score: Some(Score::new("0", "5", "4.2")),
        ..Evaluation::new(vec![Account::new(ecologist())], "Survival is good.".to_owned(), now())
    };
    let measurement = Measurement {
        subjects: vec![some_claim()],
        measurers: vec![Account::new(ecologist())],
        ..Measurement::new("Survival", "%", "81", now())
    };
    let receipt = Receipt {
        purpose: Some(some_claim()),
        ..Receipt::new(
            Party::Text(PartyText::new("Forest committee".to_owned())),
            "1200.50",
            "EUR",
            now(),
        )
    };
    assert_valid(&evaluation.into_value().unwrap());
    assert_valid(&measurement.into_value().unwrap());
    let receipt = receipt.into_value().unwrap();
    assert_valid(&receipt);
    assert!(receipt.get("for").is_some() && receipt.get("purpose").is_none());
}

#[test]
fn a_record_with_nothing_but_its_date_is_a_record() {
    let value = Contribution::new(now()).into_value().unwrap();
    assert_valid(&value);
    assert_eq!(value.type_name(), Some(nsid::CONTRIBUTION));
}

#[test]
fn what_the_data_model_has_no_place_for_is_not_written() {
    let nested = (0..100).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    let mut contribution = Contribution::new(now());
    contribution.extra.insert("deep".to_owned(), nested);
    assert!(contribution.into_value().is_err());
}
