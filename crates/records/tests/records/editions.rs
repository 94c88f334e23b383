//! Records of other editions: every one of `fixtures/editions` is recognised, read in today's terms, and loses
//! nothing on the way.

use std::collections::BTreeSet;

use hypercerts_lexicon::{AtUri, Map, Nsid, RecordKey, Validity, Value, json, map};
use hypercerts_records::{
    Edition, Evidence, Reading, Record, ScopeLogic, ScopeTerm, WorkScope, catalogue, judge,
    judge_new, normalise, nsid,
};
use proptest::prelude::*;

use crate::fixtures::{self, Written};

fn rkey(collection: &str) -> RecordKey {
    let key = if collection == nsid::PROFILE { "self" } else { "3mbrqzo2k2s2b" };
    RecordKey::parse(key).unwrap()
}

fn nsid(name: &str) -> Nsid {
    Nsid::parse(name).unwrap()
}

#[test]
fn every_edition_is_recognised_and_rewritten_as_its_fixture_says() {
    for written in fixtures::editions() {
        let today = normalise(&written.collection, &written.record);
        assert_eq!(today.edition(), written.edition, "{}", written.file);
        assert_eq!(*today.value(), written.today, "{}", written.file);
        assert_eq!(today.nsid(), written.today.type_name(), "{}", written.file);
    }
}

#[test]
fn every_record_of_another_edition_is_valid_by_its_rules() {
    for written in fixtures::editions() {
        let key = rkey(written.today.type_name().unwrap());
        let judgement = judge(catalogue(), &written.collection, &key, &written.record);
        assert_eq!(judgement.edition, written.edition, "{}", written.file);
        assert_eq!(judgement.validity, Validity::Valid, "{}", written.file);
    }
}

#[test]
fn the_typed_record_holds_all_that_is_in_todays_form() {
    for written in fixtures::editions() {
        let reading = Reading::of(&written.collection, &written.record)
            .unwrap_or_else(|error| panic!("{}: {error}", written.file));
        assert_eq!(reading.edition, written.edition, "{}", written.file);
        assert_eq!(reading.record.nsid(), written.today.type_name(), "{}", written.file);
        assert_eq!(reading.record.into_value().unwrap(), written.today, "{}", written.file);
    }
}

#[test]
fn nothing_that_a_record_says_is_lost() {
    for written in fixtures::editions() {
        let kept = leaves(&written.today);
        for leaf in leaves(&written.record) {
            assert!(kept.contains(&leaf), "{}: {leaf} is gone", written.file);
        }
    }
}

#[test]
fn every_edition_of_every_type_has_a_fixture() {
    for name in Record::COLLECTIONS {
        let shown: BTreeSet<&str> = fixtures::editions()
            .iter()
            .filter(|written| written.today.type_name() == Some(name))
            .map(|written| written.edition.name())
            .collect();
        let known: BTreeSet<&str> = Edition::of_type(name)
            .filter(|edition| *edition != Edition::Current)
            .map(Edition::name)
            .collect();
        assert_eq!(shown, known, "{name}");
    }
}

#[test]
fn every_collection_of_another_edition_has_a_fixture() {
    let shown: BTreeSet<&str> =
        fixtures::editions().iter().map(|written| written.collection.as_str()).collect();
    for earlier in nsid::EARLIER.iter().filter(|name| **name != "org.hypercerts.claim.impact") {
        assert!(shown.contains(earlier), "{earlier}");
    }
}

#[test]
fn every_edition_has_a_name_of_its_own_and_a_sentence() {
    let mut names = BTreeSet::new();
    for edition in Edition::all() {
        assert!(names.insert(edition.name()), "{edition} twice");
        assert_eq!(Edition::named(edition.name()), Some(edition));
        let words = edition.in_words();
        assert!(words.starts_with("Written ") && words.ends_with('.'), "{words}");
        assert!(!words.contains("  "), "{words}");
        let json = serde_json::to_string(&edition).unwrap();
        assert_eq!(serde_json::from_str::<Edition>(&json).unwrap(), edition);
    }
    assert_eq!(Edition::named("of the year 1600"), None);
}

#[test]
fn records_of_today_are_of_todays_edition_and_are_not_copied() {
    for example in fixtures::all() {
        let collection = example.collection();
        let helper = collection.as_str().starts_with("org.hypercerts.helper.")
            || collection.as_str() == nsid::CONTRIBUTION_DETAILS;
        let expected = if helper { Edition::Document } else { Edition::Current };
        let today = normalise(&collection, &example.value);
        assert_eq!(today.edition(), expected, "{}", example.uri);
        assert_eq!(std::ptr::eq(today.value(), &example.value), !helper, "{}", example.uri);
    }
}

#[test]
fn a_claim_of_the_document_edition_can_be_written() {
    let written = fixtures::edition("claim", "document");
    let judgement = judge_new(catalogue(), &written.collection, &rkey("any"), &written.record);
    assert_eq!(judgement.edition, Edition::Document);
    assert_eq!(judgement.validity, Validity::Valid);
}

#[test]
fn the_limits_of_the_document_edition_are_its_own() {
    let written = fixtures::edition("claim", "document");
    let with = |field: &str, value: Value| {
        let mut record = written.record.as_map().unwrap().clone();
        record.insert(field, value);
        judge(catalogue(), &written.collection, &rkey("any"), &record.into())
    };
    let long = with("description", "d".repeat(3_001).into());
    assert_eq!(long.edition, Edition::Document);
    let Validity::Invalid(violations) = long.validity else { panic!("3,001 characters pass") };
    assert_eq!(violations[0].path, "description");

    let words = map! {
        "$type" => "org.hypercerts.claim.activity#workScopeString", "scope" => "w".repeat(101),
    };
    let Validity::Invalid(violations) = with("workScope", words.into()).validity else {
        panic!("101 characters pass")
    };
    assert_eq!(violations[0].path, "workScope.scope");
}

#[test]
fn what_is_no_longer_written_is_held_against_todays_schema() {
    for written in fixtures::editions() {
        if matches!(written.edition, Edition::Earlier(_)) && written.is_in_todays_collection() {
            let key = rkey(written.collection.as_str());
            let judgement = judge_new(catalogue(), &written.collection, &key, &written.record);
            assert_eq!(judgement.edition, Edition::Current, "{}", written.file);
        }
    }
    let bare = fixtures::edition("claim", "claim-bare-texts");
    let judgement = judge_new(catalogue(), &bare.collection, &rkey("any"), &bare.record);
    let Validity::Invalid(violations) = judgement.validity else { panic!("a bare text passes") };
    assert!(violations.iter().any(|violation| violation.path == "workScope"), "{violations:?}");
}

#[test]
fn a_broken_record_of_an_earlier_edition_is_told_what_todays_schema_misses() {
    let written = fixtures::edition("evaluation", "evaluation-texts");
    let mut record = written.record.as_map().unwrap().clone();
    record.insert("evaluators", vec![Value::from("the ecologist")]);
    let judgement = judge(catalogue(), &written.collection, &rkey("tid"), &record.into());
    let Validity::Invalid(violations) = judgement.validity else {
        panic!("a name passes for a DID")
    };
    assert_eq!(violations[0].path, "evaluators[0].did");
}

#[test]
fn contributions_and_contributors_are_told_apart_by_their_shape() {
    let role = map! { "role" => "Planting", "createdAt" => "2024-06-03T08:00:00Z" };
    let person = map! { "displayName" => "Amina", "createdAt" => "2024-06-03T08:00:00Z" };
    for collection in ["org.hypercerts.claim.contributor", nsid::CONTRIBUTION] {
        let current = |record: &Map| nsid::current(&nsid(collection), &record.clone().into());
        assert_eq!(current(&role), Some(nsid::CONTRIBUTION));
        assert_eq!(current(&person), Some(nsid::CONTRIBUTOR_INFORMATION));
    }
    assert_eq!(nsid::current(&nsid("net.example.thing"), &role.into()), None);
}

#[test]
fn a_contribution_that_also_says_who_stays_a_contribution() {
    let both = map! {
        "displayName" => "Amina", "role" => "Planting", "createdAt" => "2024-06-03T08:00:00Z",
    };
    let today = |collection| nsid::current(&nsid(collection), &both.clone().into());
    assert_eq!(today(nsid::CONTRIBUTION), Some(nsid::CONTRIBUTION));
    assert_eq!(today("org.hypercerts.claim.contributor"), Some(nsid::CONTRIBUTOR_INFORMATION));
}

#[test]
fn an_expression_is_an_expression_under_each_of_its_names() {
    for name in ["org.hypercerts.helper.celExpression", "org.hypercerts.ontology.celExpression"] {
        let mut record = fixtures::edition("claim", "claim-cel").record.clone();
        let Value::Map(fields) = &mut record else { panic!("a claim has fields") };
        let Some(Value::Map(scope)) = fields.get_mut("workScope") else {
            panic!("a scope is there")
        };
        scope.insert("$type", name);
        let reading = Reading::of(&nsid(nsid::ACTIVITY), &record).unwrap();
        assert_eq!(reading.edition.name(), "claim-cel");
        let Record::Claim(claim) = reading.record else { panic!("a claim is expected") };
        assert!(matches!(claim.work_scope, Some(WorkScope::Cel(_))), "{name}");
    }
}

#[test]
fn a_claim_whose_description_is_more_than_text_is_not_of_the_document_edition() {
    let document = fixtures::edition("claim", "document");
    let mut record = document.record.as_map().unwrap().clone();
    record.insert("description", document.today.get("description").unwrap().clone());
    record.remove("descriptionFacets");
    let judgement = judge(catalogue(), &document.collection, &rkey("any"), &record.into());
    assert_eq!(judgement.edition.name(), "claim-scope-record");
    assert_eq!(judgement.validity, Validity::Valid);
}

#[test]
fn what_today_has_no_field_for_is_handed_out_by_the_typed_records() {
    let Record::Claim(first) = fixtures::edition("claim", "claim-record").read() else { panic!() };
    let [Evidence::Page(page)] = &first.evidence()[..] else { panic!("a page is expected") };
    assert_eq!(page.uri.as_str(), "https://mangroves.example/report");
    let Record::Claim(second) = fixtures::edition("claim", "claim").read() else { panic!() };
    assert!(matches!(&second.evidence()[..], [Evidence::Record(_)]));
    let Record::Claim(third) = fixtures::edition("claim", "claim-contributions").read() else {
        panic!()
    };
    assert!(third.project().is_some());

    let Record::Attachment(evidence) = fixtures::edition("attachment", "evidence").read() else {
        panic!()
    };
    assert_eq!(evidence.relation(), Some("supports"));
    let Record::Contribution(shared) =
        fixtures::edition("contribution", "contribution-names").read()
    else {
        panic!()
    };
    assert_eq!(shared.contributors().next(), Some("Amina"));
    let Record::Receipt(receipt) = fixtures::edition("receipt", "receipt-texts").read() else {
        panic!()
    };
    let paid_for = AtUri::parse(
        fixtures::edition("receipt", "receipt-texts").record.get("for").unwrap().as_str().unwrap(),
    );
    assert_eq!(receipt.purpose_uri(), paid_for.ok());
}

#[test]
fn scopes_of_every_edition_are_read_as_what_they_are() {
    let scope = |edition| match fixtures::edition("claim", edition).read() {
        Record::Claim(claim) => claim.work_scope,
        other => panic!("{other:?} is no claim"),
    };
    let Some(WorkScope::Logic(ScopeLogic::Terms(terms))) = scope("claim-scope-labels") else {
        panic!("lists of labels are expected")
    };
    assert_eq!(terms.none_of, [ScopeTerm::Label("carbon offset".to_owned())]);
    let Some(WorkScope::Logic(ScopeLogic::All(all))) = scope("claim-scope-tree") else {
        panic!("a tree is expected")
    };
    assert!(
        matches!(&all.args[..], [ScopeLogic::Any(any), ScopeLogic::Not(_)] if any.args.len() == 2)
    );
    let Some(WorkScope::Cel(cel)) = scope("claim-cel") else { panic!("an expression is expected") };
    assert_eq!(cel.labels().collect::<Vec<_>>(), ["mangrove_restoration"]);
    assert!(matches!(scope("document"), Some(WorkScope::Record(_))));
    assert!(matches!(scope("claim"), Some(WorkScope::Text(_))));
}

/// Texts and numbers of a value as text, but for the names of types.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(leaves).collect(),
        Value::Map(map) => {
            let fields = map.iter().filter(|(name, _)| *name != "$type");
            fields.flat_map(|(_, value)| leaves(value)).collect()
        }
        Value::Text(text) => vec![text.clone()],
        Value::Int(number) => vec![number.to_string()],
        other => vec![format!("{other:?}")],
    }
}

fn any_edition() -> impl Strategy<Value = (Nsid, Value)> {
    let examples = fixtures::all().iter().map(|it| (it.collection(), it.value.clone()));
    let earlier = fixtures::editions().iter().map(|it| (it.collection.clone(), it.record.clone()));
    prop::sample::select(examples.chain(earlier).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_record_with_anything_anywhere_is_rewritten_without_loss_and_once_for_all(
        (collection, mut record) in any_edition(),
        as_another in prop::option::weighted(0.2, any_edition()),
        place in 0usize..60,
        new in fixtures::any_value(),
    ) {
        let collection = as_another.map_or(collection, |(another, _)| another);
        fixtures::replace_nth(&mut record, &mut { place }, &new);
        let today = normalise(&collection, &record);
        let kept = leaves(today.value());
        for leaf in leaves(&record) {
            prop_assert!(kept.contains(&leaf), "{leaf} of {record:?} is gone");
        }
        if let Some(name) = today.nsid() {
            let again = normalise(&nsid(name), today.value());
            prop_assert_eq!(again.value(), today.value());
        }
        let judgement = judge(catalogue(), &collection, &rkey("any"), &record);
        prop_assert_eq!(judgement.edition, today.edition());
        let has_a_json_form = json::from_json(&json::to_json(&record)).is_ok();
        if judgement.validity == Validity::Valid && has_a_json_form {
            let reading = Reading::of(&collection, &record);
            prop_assert!(reading.is_ok(), "{:?} of {:?}", reading, record);
        }
    }
}

#[test]
fn what_is_no_object_is_of_todays_edition() {
    for value in [Value::Null, 7.into(), "text".into(), Vec::<Value>::new().into()] {
        for written in fixtures::editions() {
            assert_eq!(normalise(&written.collection, &value).edition(), Edition::Current);
        }
    }
}

#[test]
fn a_very_long_record_is_rewritten_in_a_moment() {
    let many = |item: Value| vec![item; 20_000];
    let record = map! {
        "evaluators" => many("did:web:ecology.example".into()),
        "evaluations" => many("https://ecology.example".into()),
        "contributors" => many(map! { "contributorInformation" => "Amina" }.into()),
    };
    let started = std::time::Instant::now();
    for Written { collection, .. } in fixtures::editions() {
        assert!(normalise(collection, &record.clone().into()).value().as_map().is_some());
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
