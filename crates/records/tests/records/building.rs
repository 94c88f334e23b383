//! Writing records from Rust, as the command line does.

use hypercerts_lexicon::{
    AtUri, Cid, Datetime, Did, Nsid, RecordKey, Tid, Validity, Value, drisl, map,
};
use hypercerts_records::{
    Account, Claim, ClaimDraft, ClaimRecords, Contribution, ContributionDetails, Contributor,
    ContributorIdentity, ContributorRole, Edition, Evaluation, Invalid, Measurement,
    NamedContributor, Party, PartyText, Profile, Receipt, Record, Rights, Score, StrongRef,
    ValidRecord, WorkScope, WorkScopeString, catalogue, normalise, nsid,
};

use crate::fixtures;

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
fn what_is_built_is_what_the_repository_will_hold() {
    let record = some_rights().build().unwrap();
    assert_eq!(record.edition(), Edition::Current);
    assert_eq!(record.cid(), Cid::of_drisl(&drisl::encode(record.value())));
    let key = RecordKey::parse("3mbrqzo2k2s2b").unwrap();
    let reference = record.reference(&ecologist(), &key);
    assert_eq!(
        reference.uri().as_str(),
        "at://did:web:ecology.example/org.hypercerts.claim.rights/3mbrqzo2k2s2b"
    );
    assert_eq!(reference.cid(), Some(record.cid()));
}

#[test]
fn every_example_can_be_built_from_its_typed_form() {
    for example in fixtures::all() {
        let built =
            ValidRecord::of(example.read()).unwrap_or_else(|e| panic!("{}: {e}", example.uri));
        assert_eq!(*built.value(), *normalise(&example.collection(), &example.value).value());
    }
}

#[test]
fn what_breaks_its_schema_is_not_built_and_the_paths_say_where() {
    let claim = Claim::new("t".repeat(257), "Releases and reviews.", now())
        .contributors([Contributor::new("i".repeat(101).as_str())]);
    let error = claim.build().unwrap_err();
    let mut paths: Vec<&str> = error.paths().collect();
    paths.sort_unstable();
    assert_eq!(paths, ["contributors[0].contributorIdentity.identity", "title"]);
    let told = error.to_string();
    assert!(told.contains("org.hypercerts.claim.activity") && told.contains("“title”"), "{told}");
}

#[test]
fn what_makes_no_sense_is_not_built() {
    let claim = Claim::new("NumPy maintenance 2025", "Releases and reviews.", now())
        .start_date(now())
        .end_date(Datetime::parse("2025-01-01T00:00:00Z").unwrap());
    let error = claim.build().unwrap_err();
    assert!(matches!(&error, Invalid::Sense { findings, .. } if findings.len() == 1), "{error}");
    assert!(error.paths().next().is_some());
}

#[test]
fn what_no_schema_describes_is_not_built() {
    let thing = Record::Other(map! { "$type" => "net.example.thing" }.into());
    assert!(matches!(ValidRecord::of(thing), Err(Invalid::UnknownType { .. })));
    assert!(matches!(
        ValidRecord::of(Record::Other(Value::Null)),
        Err(Invalid::UnknownType { .. })
    ));
}

#[test]
fn a_profile_is_built_though_it_lives_under_another_key() {
    assert!(Profile::new(now()).display_name("NumPy").build().is_ok());
}

#[test]
fn a_claim_can_refer_to_a_scope_and_describe_itself_at_length() {
    let claim = Claim::new("NumPy maintenance 2025", "Releases and reviews.", now())
        .work_scope(some_claim())
        .description("All of it.");
    assert_eq!(claim.build().unwrap().edition(), Edition::Current);
}

#[test]
fn a_value_of_the_document_edition_is_built_and_one_of_an_earlier_is_not() {
    let document = fixtures::edition("claim", "document");
    let built = ValidRecord::of_value(&document.collection, document.record.clone()).unwrap();
    assert_eq!((built.edition(), built.value()), (Edition::Document, &document.record));
    for earlier in fixtures::editions().iter().filter(|it| !it.is_in_todays_collection()) {
        let built = ValidRecord::of_value(&earlier.collection, earlier.record.clone());
        assert_eq!(built.is_ok(), earlier.edition == Edition::Document, "{}", earlier.file);
    }
}

fn some_rights() -> Rights {
    Rights::new("Retirement only", "RETIRE", "Shares may be retired and nothing else.", now())
}

fn numpy_rights_key() -> Tid {
    Tid::parse("3mbrqzo2k2s2b").unwrap()
}

#[test]
fn rights_in_place_become_a_record_that_the_claim_refers_to() {
    let claim = Claim::new("NumPy maintenance 2025", "Releases and reviews.", now());
    let drafted = claim.with_rights(some_rights()).unwrap();
    let ClaimRecords { rights, claim } = drafted.at(&ecologist(), numpy_rights_key()).unwrap();
    let rights = rights.expect("a rights record is to be written");
    let Record::Claim(read) = Record::read(claim.collection(), claim.value()).unwrap() else {
        panic!("a claim is expected")
    };
    let key = RecordKey::parse("3mbrqzo2k2s2b").unwrap();
    assert_eq!(read.rights, Some(rights.reference(&ecologist(), &key)));
}

#[test]
fn a_claim_of_a_client_with_rights_in_place_is_taken_apart_whatever_its_edition() {
    let rights = map! {
        "rightsName" => "Retirement only",
        "rightsType" => "RETIRE",
        "rightsDescription" => "Shares may be retired and nothing else.",
    };
    for (kind, description) in [
        (Edition::Document, Value::from("All of it.")),
        (
            Edition::Current,
            map! { "$type" => "org.hypercerts.defs#descriptionString", "value" => "All of it." }
                .into(),
        ),
    ] {
        let claim = map! {
            "title" => "NumPy maintenance 2025", "shortDescription" => "Releases and reviews.",
            "description" => description, "rights" => rights.clone(),
            "createdAt" => "2026-01-06T12:00:00.000Z",
        };
        let draft = ClaimDraft::read(&claim.into()).unwrap();
        assert!(draft.rights().is_some());
        let records = draft.at(&ecologist(), numpy_rights_key()).unwrap();
        assert_eq!(records.claim.edition(), kind);
        assert_eq!(records.claim.value().type_name(), Some(nsid::ACTIVITY));
        let made = records.rights.as_ref().unwrap().value().get("createdAt");
        assert_eq!(made.and_then(Value::as_str), Some("2026-01-06T12:00:00.000Z"));
    }
}

#[test]
fn a_claim_that_refers_to_its_rights_is_left_as_it_is() {
    let example = fixtures::record(nsid::ACTIVITY);
    let records =
        ClaimDraft::read(&example.value).unwrap().at(&ecologist(), numpy_rights_key()).unwrap();
    assert_eq!(records.rights, None);
    assert_eq!(*records.claim.value(), example.value);
}

#[test]
fn rights_in_place_that_are_no_rights_are_refused_before_anything_is_written() {
    let rights = map! { "rightsName" => "Retirement only", "rightsType" => "RETIREMENT_ONLY" };
    let claim = map! { "rights" => rights, "createdAt" => "2026-01-06T12:00:00.000Z" };
    let error = ClaimDraft::read(&claim.into()).unwrap_err();
    let mut paths: Vec<&str> = error.paths().collect();
    paths.sort_unstable();
    assert_eq!(paths, ["rightsDescription", "rightsType"]);
    assert!(ClaimDraft::read(&Value::Null).unwrap().at(&ecologist(), numpy_rights_key()).is_err());
}

#[test]
fn what_the_data_model_has_no_place_for_is_not_written() {
    let nested = (0..100).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    let mut contribution = Contribution::new(now());
    contribution.extra.insert("deep".to_owned(), nested);
    assert!(contribution.into_value().is_err());
}
