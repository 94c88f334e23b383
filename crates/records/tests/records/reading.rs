//! Reading is lenient where schemas are open, and firm where a record is not what it says it is.

use hypercerts_lexicon::{Nsid, Validity, Value, map};
use hypercerts_records::{
    Claim, ContributionDetails, ContributorIdentity, Description, FacetFeature, Party, Picture,
    Record, Signature, WorkScope, nsid,
};
use proptest::prelude::*;

use crate::fixtures::{self, Fixture};

fn activity(example: &Fixture) -> Claim {
    match example.read() {
        Record::Claim(claim) => claim,
        other => panic!("{other:?} is no claim"),
    }
}

#[test]
fn the_mangrove_claim_reads_into_its_parts() {
    let claim = activity(&fixtures::record(nsid::ACTIVITY));
    let Some(Description::Text(text)) = &claim.description else { panic!("a text is expected") };
    let FacetFeature::Link(link) = &text.facets[0].features[0] else {
        panic!("a link is expected")
    };
    let range = text.facets[0].index;
    assert_eq!(&text.value[range.byte_start as usize..range.byte_end as usize], link.uri.as_str());

    let Some(Picture::Small(picture)) = &claim.image else { panic!("a picture is expected") };
    assert_eq!((picture.image.mime_type.as_str(), picture.image.size), ("image/jpeg", 482_133));

    let [cooperative, nursery] = &claim.contributors[..] else { panic!("two are expected") };
    assert!(
        matches!(&cooperative.contributor_identity, ContributorIdentity::Named(it) if it.identity.starts_with("did:plc:"))
    );
    assert_eq!(nursery.contribution_weight.as_ref().unwrap().as_str(), "1.5");
    let information = fixtures::record(nsid::CONTRIBUTOR_INFORMATION);
    let ContributorIdentity::Record(reference) = &nursery.contributor_identity else {
        panic!("a reference is expected")
    };
    assert_eq!((reference.uri(), reference.cid()), (&information.uri, Some(information.cid)));
    assert!(matches!(nursery.contribution_details, Some(ContributionDetails::Record(_))));

    let Some(WorkScope::Cel(scope)) = &claim.work_scope else {
        panic!("an expression is expected")
    };
    assert_eq!(scope.expression, "scope.hasAll(['mangrove_restoration'])");
    assert_eq!(claim.locations[0].uri(), &fixtures::record(nsid::LOCATION).uri);
}

#[test]
fn a_claim_without_scope_and_one_without_place_are_whole_claims() {
    let forest = activity(&fixtures::claim("forest-2020-2025"));
    assert_eq!((forest.work_scope, forest.locations.len()), (None, 1));
    let numpy = activity(&fixtures::claim("numpy-2025"));
    assert!(matches!(numpy.work_scope, Some(WorkScope::Text(_))));
    assert!(numpy.locations.is_empty());
}

#[test]
fn a_receipt_names_payer_and_payee() {
    let Record::Receipt(receipt) = fixtures::record(nsid::RECEIPT).read() else {
        panic!("a receipt is expected")
    };
    assert!(matches!(receipt.from, Some(Party::Account(_))));
    assert_eq!(receipt.amount.as_str(), "25000.00");
    assert_eq!(receipt.amount.positive().unwrap().to_string(), "25000");
    assert_eq!(receipt.purpose.unwrap().uri(), &fixtures::record(nsid::ACTIVITY).uri);
}

#[test]
fn fields_and_union_members_from_elsewhere_are_kept() {
    let future = map! { "$type" => "org.example.scope.graph", "nodes" => vec![Value::from(1)] };
    let example = fixtures::record(nsid::ACTIVITY)
        .with(&["workScope"], future.clone())
        .with(&["season"], "dry");
    assert_eq!(example.validate(), Validity::Valid);

    let claim = activity(&example);
    assert_eq!(claim.work_scope, Some(WorkScope::Unknown(future.into())));
    assert_eq!(claim.extra["season"], Value::from("dry"));
    assert_eq!(claim.into_value().unwrap(), example.value);
}

#[test]
fn a_scope_that_is_not_what_it_calls_itself_is_kept_as_it_is() {
    let odd = map! { "$type" => "org.hypercerts.defs#workScopeAtom", "atom" => "mangroves" };
    let example = fixtures::record(nsid::ACTIVITY).with(&["workScope"], odd.clone());
    assert_eq!(activity(&example).work_scope, Some(WorkScope::Unknown(odd.into())));
}

#[test]
fn signatures_of_both_kinds_are_read() {
    let proof = fixtures::record(nsid::SIGNATURE_PROOF);
    let inline = map! {
        "$type" => "app.certified.signature.defs#inline",
        "signature" => vec![7u8; 64],
        "key" => "did:web:registry.example#attest",
    };
    let remote = map! {
        "$type" => "com.atproto.repo.strongRef",
        "uri" => proof.uri.as_str(),
        "cid" => proof.cid.to_string(),
    };
    let signatures: Vec<Value> = vec![inline.into(), remote.into()];
    let example = fixtures::claim("numpy-2025").with(&["signatures"], signatures);
    assert_eq!(example.validate(), Validity::Valid);

    let claim = activity(&example);
    let [Signature::Inline(inline), Signature::Proof(remote)] = &claim.signatures[..] else {
        panic!("one of each kind is expected");
    };
    assert_eq!(inline.signature.as_bytes().map(<[u8]>::len), Some(64));
    assert_eq!(remote.cid(), Some(proof.cid));
    assert_eq!(claim.into_value().unwrap(), example.value);
}

#[test]
fn a_reference_whose_cid_no_record_can_have_still_reads() {
    let odd = map! {
        "uri" => fixtures::record(nsid::RIGHTS).uri.as_str(),
        "cid" => "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA",
    };
    let example = fixtures::record(nsid::ACTIVITY).with(&["rights"], odd);
    assert_eq!(example.validate(), Validity::Valid);
    assert_eq!(activity(&example).rights.unwrap().cid(), None);
}

#[test]
fn a_record_that_is_not_what_it_says_cannot_be_read() {
    let broken = fixtures::record(nsid::ACTIVITY).without("title");
    let error = Record::read(&broken.collection(), &broken.value).unwrap_err();
    assert_eq!(error.collection().as_str(), nsid::ACTIVITY);
    assert!(error.to_string().contains("missing field `title`"), "{error}");
}

#[test]
fn a_type_without_a_typed_form_is_kept_as_a_value() {
    let thing = Value::from(map! { "$type" => "net.example.thing", "title" => "A thing" });
    let read = Record::read(&Nsid::parse("net.example.thing").unwrap(), &thing).unwrap();
    assert_eq!(read.title(), Some("A thing"));
    assert_eq!(read, Record::Other(thing));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_record_that_is_valid_can_be_read(
        which in any::<prop::sample::Index>(),
        place in 0usize..80,
        new in fixtures::any_value(),
    ) {
        let mut example = which.get(fixtures::all()).clone();
        fixtures::replace_nth(&mut example.value, &mut { place }, &new);
        let read = Record::read(&example.collection(), &example.value);
        if example.validate() == Validity::Valid {
            prop_assert!(read.is_ok(), "{:?} in {}", read, example.uri);
        }
    }
}

#[test]
fn a_record_with_faulty_parts_is_read_as_far_as_it_goes() {
    let example = fixtures::record(nsid::ACTIVITY);
    let faulty = example.with(&["endDate"], "next spring").with(&["contributors"], {
        let good = example.value.get("contributors").and_then(Value::as_list).unwrap()[0].clone();
        Value::List(vec![Value::from("Asha"), good, Value::from(7)])
    });
    assert!(Record::read(&faulty.collection(), &faulty.value).is_err());
    let (record, left_out) = Record::read_partly(&faulty.collection(), &faulty.value).unwrap();
    let Record::Claim(claim) = record else { panic!("it is a claim") };
    assert_eq!((claim.end_date, claim.contributors.len()), (None, 1));
    assert!(claim.start_date.is_some());
    assert_eq!(left_out.into_iter().collect::<Vec<_>>(), ["contributors", "endDate"]);
}

#[test]
fn a_whole_record_is_read_partly_without_leaving_anything_out() {
    let example = fixtures::record(nsid::ACTIVITY);
    let (record, left_out) = Record::read_partly(&example.collection(), &example.value).unwrap();
    assert_eq!((record, left_out.len()), (example.read(), 0));
}

#[test]
fn what_no_claim_can_be_without_cannot_be_left_out() {
    let faulty = fixtures::record(nsid::ACTIVITY).with(&["createdAt"], "yesterday");
    assert!(Record::read_partly(&faulty.collection(), &faulty.value).is_err());
}
