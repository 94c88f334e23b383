//! Attestations made here: they hold, they are bounded, and nothing that is thrown at them panics.

use hypercerts_lexicon::{AtUri, Cid, Did, Map, Value, drisl, map};
use hypercerts_records::StrongRef;
use hypercerts_records::attestation::{
    self, AddError, ContentError, Evidence, KeyId, Kind, MAX_ENTRIES, Outcome, Reason, Recipe,
    SignError,
};
use hypercerts_repo::{Curve, SecretKey};
use proptest::prelude::*;

fn holder() -> Did {
    Did::parse("did:plc:ragtjsm2j2vknwkz3zp4oxrd").unwrap()
}

fn key(curve: Curve, seed: u8) -> SecretKey {
    SecretKey::from_bytes(curve, &[seed; 32]).unwrap()
}

fn claim(title: &str) -> Value {
    map! {
        "$type" => "org.hypercerts.claim.activity",
        "title" => title,
        "image" => map! { "$type" => "blob", "ref" => Cid::of_raw(b"a picture"), "mimeType" => "image/png", "size" => 9 },
    }
    .into()
}

fn signed_by(key: &SecretKey, record: &Value) -> Value {
    let id = KeyId::of_did_key(&key.public());
    let entry = attestation::sign(record, &holder(), key, &id).unwrap();
    attestation::add(record, entry).unwrap()
}

#[test]
fn two_platforms_sign_a_record_one_after_the_other() {
    let mut record = claim("Oak wood");
    for key in [key(Curve::K256, 1), key(Curve::P256, 2)] {
        record = signed_by(&key, &record);
    }
    let verdicts = attestation::check(&record, &holder(), &Evidence::default());
    assert_eq!(verdicts.len(), 2);
    for (index, verdict) in verdicts.iter().enumerate() {
        assert_eq!(verdict.path, format!("signatures[{index}]"));
        assert_eq!((verdict.kind, &verdict.outcome), (Kind::Inline, &Outcome::Holds));
        assert_eq!(verdict.recipe, Some(Recipe::Lexicon));
        let by = verdict.by.as_ref().unwrap();
        assert!(verdict.message.starts_with(&format!("{by} signed exactly this content")));
    }
}

#[test]
fn an_auditor_attests_with_a_proof_of_its_own() {
    let record = claim("Oak wood");
    let mut proof = attestation::prove(&record, &holder()).unwrap();
    proof.note = Some("Seen on site.".to_owned());
    let proof = proof.into_value().unwrap();
    let uri = "at://did:web:auditor.example/app.certified.signature.proof/3lxd7ka2mvs2e";
    let (uri, version) = (AtUri::parse(uri).unwrap(), Cid::of_drisl(&drisl::encode(&proof)));
    let record = attestation::add(&record, attestation::refer(&uri, version)).unwrap();
    let reference = StrongRef::new(uri, version);
    assert_eq!(attestation::wanted(&record).proofs, std::slice::from_ref(&reference));

    let mut evidence = Evidence::default();
    evidence.add_proof(reference.uri().clone(), Ok(proof));
    let verdict = attestation::check(&record, &holder(), &evidence).remove(0);
    assert_eq!(verdict.outcome, Outcome::Holds);
    assert_eq!(verdict.note.as_deref(), Some("Seen on site."));
    assert_eq!(verdict.by.unwrap().as_str(), "did:web:auditor.example");
    assert_eq!(verdict.content, attestation::content_cid(&record, &holder()).ok());
}

#[test]
fn a_verdict_in_json_has_a_code_for_programs_and_a_sentence_for_people() {
    let key = key(Curve::K256, 1);
    let mut record = signed_by(&key, &claim("Oak wood"));
    let Value::Map(fields) = &mut record else { panic!("a record is an object") };
    fields.insert("title", "Oak forest");
    let verdicts = attestation::check(&record, &holder(), &Evidence::default());
    let did = key.public().to_did_key();
    let told = serde_json::json!([{
        "path": "signatures[0]",
        "kind": "inline",
        "by": did,
        "key": KeyId::of_did_key(&key.public()).to_string(),
        "outcome": "fails",
        "why": "not-signed",
        "message": format!(
            "The attestation by {did} does not hold: the signature is not by this key over this \
             content in this repository: the record was changed since, copied from elsewhere, or \
             signed by somebody else."
        ),
    }]);
    assert_eq!(serde_json::to_value(verdicts).unwrap(), told);
}

#[test]
fn entries_past_the_limit_are_counted_and_left() {
    let entry: Value = map! { "$type" => "com.example.seal" }.into();
    let record = map! { "signatures" => vec![entry.clone(); MAX_ENTRIES + 7] }.into();
    let verdicts = attestation::check(&record, &holder(), &Evidence::default());
    assert_eq!(verdicts.len(), MAX_ENTRIES + 1);
    let why = Reason::TooMany { max: MAX_ENTRIES, more: 7 };
    assert_eq!(verdicts[MAX_ENTRIES].outcome, Outcome::NotChecked { why });

    let key = key(Curve::K256, 1);
    let id = KeyId::of_did_key(&key.public());
    let another = attestation::sign(&record, &holder(), &key, &id).unwrap();
    assert_eq!(attestation::add(&record, another), Err(AddError::Full));
}

#[test]
fn what_would_attest_nothing_is_not_made() {
    let (record, key) = (claim("Oak wood"), key(Curve::K256, 1));
    let id = KeyId::of_did_key(&key.public());
    let sign = |record: &Value, id: &KeyId| attestation::sign(record, &holder(), &key, id);

    let other = KeyId::of_did_key(&self::key(Curve::P256, 1).public());
    assert_eq!(sign(&record, &other), Err(SignError::OtherKey(other)));
    assert_eq!(sign(&Value::Null, &id), Err(ContentError::NotAnObject.into()));
    let keeps_sig = map! { "$sig" => 1 }.into();
    assert_eq!(sign(&keeps_sig, &id), Err(ContentError::KeepsSig.into()));

    let entry = sign(&record, &id).unwrap();
    let signed = attestation::add(&record, entry.clone()).unwrap();
    assert_eq!(attestation::add(&signed, entry.clone()), Err(AddError::Already));
    let odd = map! { "signatures" => "none" }.into();
    assert_eq!(attestation::add(&odd, entry), Err(AddError::NotAList));
    assert!(matches!(attestation::add(&record, Value::Null), Err(AddError::Entry(_))));
}

#[test]
fn key_names_are_read_strictly() {
    for good in ["did:web:a.example#attestation", "did:plc:ragtjsm2j2vknwkz3zp4oxrd#k/1?x=y"] {
        assert_eq!(KeyId::parse(good).unwrap().to_string(), good);
    }
    let long = format!("did:web:a.example#{}", "k".repeat(500));
    for bad in
        ["", "#", "did:web:a.example", "did:web:a.example#", "a#b", "did:web:a.example#ü", &long]
    {
        assert!(KeyId::parse(bad).is_err(), "{bad}");
    }
    let did_key = key(Curve::K256, 1).public().to_did_key();
    let alone = KeyId::parse(&did_key).unwrap();
    assert_eq!(alone, KeyId::of_did_key(&key(Curve::K256, 1).public()));
}

const NAMES: [&str; 7] = ["$type", "key", "signature", "uri", "cid", "repository", "x"];
const TEXTS: [&str; 6] = [
    "app.certified.signature.defs#inline",
    "com.atproto.repo.strongRef",
    "did:web:auditor.example#attestation",
    "at://did:web:auditor.example/app.certified.signature.proof/3lxd7ka2mvs2e",
    "bafyreicouydwa3plhuantsni4cnw44hizmj3jvxp7xw3vy3hmsjzq3yatu",
    "",
];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        proptest::sample::select(&TEXTS[..]).prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..70).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(proptest::sample::select(&NAMES[..]), inner, 0..5)
                .prop_map(|fields| fields.into_iter().collect::<Map>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_stands_in_signatures_gets_a_verdict_that_is_not_yes(entry in any_value()) {
        let record = map! { "title" => "Oak wood", "signatures" => vec![entry] };
        let verdicts = attestation::check(&record.into(), &holder(), &Evidence::default());
        prop_assert_eq!(verdicts.len(), 1);
        prop_assert!(!verdicts[0].outcome.holds());
    }

    #[test]
    fn one_other_letter_and_nothing_holds(title in "\\PC{1,40}", other in "\\PC{1,40}") {
        prop_assume!(title != other);
        let mut record = signed_by(&key(Curve::K256, 1), &claim(&title));
        if let Value::Map(fields) = &mut record {
            fields.insert("title", other);
        }
        let verdicts = attestation::check(&record, &holder(), &Evidence::default());
        prop_assert!(!verdicts[0].outcome.holds());
    }
}
