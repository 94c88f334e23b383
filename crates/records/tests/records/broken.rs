//! Examples with one thing wrong: the catalogue says where, and what.

use hypercerts_lexicon::{Cid, Rule, Syntax, Validity, Value, map};
use hypercerts_records::{catalogue, nsid};

use crate::fixtures::{self, Fixture};

fn only_violation(example: &Fixture) -> (String, Rule) {
    match example.validate() {
        Validity::Invalid(violations) => {
            let [violation] = &violations[..] else {
                panic!("one violation is expected: {violations:?}")
            };
            (violation.path.clone(), violation.rule.clone())
        }
        other => panic!("{} is {other:?}", example.uri),
    }
}

#[test]
fn every_required_field_is_missed() {
    let required = [
        (nsid::ACTIVITY, "shortDescription"),
        (nsid::ATTACHMENT, "title"),
        (nsid::COLLECTION, "title"),
        (nsid::CONTRIBUTION, "createdAt"),
        (nsid::ACKNOWLEDGEMENT, "acknowledged"),
        (nsid::EVALUATION, "evaluators"),
        (nsid::LOCATION, "srs"),
        (nsid::MEASUREMENT, "unit"),
        (nsid::RECEIPT, "to"),
        (nsid::RIGHTS, "rightsType"),
        (nsid::VOCAB_TAG, "category"),
        (nsid::WORKSCOPE_TAG, "key"),
    ];
    for (nsid, field) in required {
        let broken = fixtures::record(nsid).without(field);
        assert_eq!(only_violation(&broken), (field.to_owned(), Rule::Required), "{nsid}");
    }
}

#[test]
fn a_contributor_without_identity_is_found_by_its_place() {
    let nameless = vec![Value::from(map! { "contributionWeight" => "1" })];
    let broken = fixtures::record(nsid::ACTIVITY).with(&["contributors"], nameless);
    assert_eq!(
        only_violation(&broken),
        ("contributors[0].contributorIdentity".to_owned(), Rule::Required)
    );
}

#[test]
fn a_scope_as_plain_text_is_no_member_of_the_union() {
    let broken = fixtures::record(nsid::ACTIVITY).with(&["workScope"], "library-maintenance");
    assert_eq!(only_violation(&broken), ("workScope".to_owned(), Rule::UnionType));
}

#[test]
fn a_date_without_a_time_is_no_datetime() {
    let broken = fixtures::record(nsid::ACTIVITY).with(&["startDate"], "2025-01-01");
    let (path, rule) = only_violation(&broken);
    assert_eq!(path, "startDate");
    assert!(matches!(rule, Rule::Format { format: Syntax::Datetime, .. }), "{rule:?}");
}

#[test]
fn an_amount_as_a_number_is_not_text() {
    let broken = fixtures::record(nsid::RECEIPT).with(&["amount"], 25_000);
    let (path, rule) = only_violation(&broken);
    assert_eq!(path, "amount");
    assert!(matches!(rule, Rule::WrongType { .. }), "{rule:?}");
}

#[test]
fn an_evaluator_must_be_a_did() {
    let by_handle = vec![Value::from(map! { "did" => "ecologist.test" })];
    let broken = fixtures::record(nsid::EVALUATION).with(&["evaluators"], by_handle);
    let (path, rule) = only_violation(&broken);
    assert_eq!(path, "evaluators[0].did");
    assert!(matches!(rule, Rule::Format { format: Syntax::Did, .. }), "{rule:?}");
}

#[test]
fn a_reference_without_a_version_is_no_strong_reference() {
    let unpinned = map! { "uri" => fixtures::record(nsid::RIGHTS).uri.as_str() };
    let broken = fixtures::record(nsid::ACTIVITY).with(&["rights"], unpinned);
    assert_eq!(only_violation(&broken), ("rights.cid".to_owned(), Rule::Required));
}

#[test]
fn a_picture_must_be_a_picture_and_not_too_large() {
    let picture = |mime_type: &str, size: i64| {
        let blob = map! {
            "$type" => "blob",
            "ref" => Cid::of_raw(b"picture"),
            "mimeType" => mime_type,
            "size" => size,
        };
        fixtures::record(nsid::ACTIVITY).with(&["image", "image"], blob)
    };
    assert_eq!(picture("image/png", 5_242_880).validate(), Validity::Valid);
    let (path, rule) = only_violation(&picture("image/png", 5_242_881));
    assert_eq!(path, "image.image");
    assert_eq!(rule, Rule::BlobSize { limit: 5_242_880, actual: 5_242_881 });
    let (_, rule) = only_violation(&picture("image/tiff", 100));
    assert!(matches!(rule, Rule::BlobType { .. }), "{rule:?}");
}

#[test]
fn a_profile_lives_under_self_alone() {
    let profile = fixtures::record(nsid::PROFILE);
    let claim = fixtures::record(nsid::ACTIVITY);
    let validity =
        catalogue().validate_record(&profile.collection(), &claim.rkey(), &profile.value);
    let Validity::Invalid(violations) = validity else { panic!("another key is let through") };
    assert!(matches!(violations[0].rule, Rule::RecordKey { .. }));
}

#[test]
fn a_record_of_one_type_does_not_belong_in_the_collection_of_another() {
    let broken = fixtures::record(nsid::ACTIVITY).with(&["$type"], nsid::MEASUREMENT);
    let (path, rule) = only_violation(&broken);
    assert_eq!(path, "$type");
    assert_eq!(rule, Rule::RecordType { expected: nsid::ACTIVITY.to_owned() });
}
