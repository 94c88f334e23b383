//! Signatures that records carry in themselves.

use hypercerts_index::view::{AttestationForm, AttestationOutcome};
use hypercerts_lexicon::{Did, Value, json};
use hypercerts_records::attestation::{self, KeyId};
use hypercerts_records::nsid;
use hypercerts_repo::SecretKey;
use serde_json::{Value as Json, json};

use crate::author::{Made, claim, now};
use crate::world::{World, eventually};

fn data(record: &Json) -> Value {
    json::from_json(record).expect("data")
}

/// An inline signature of a record that is to lie in the repository of `holder`.
fn signed(record: &Value, holder: &Did, key: &SecretKey, name: &str) -> Value {
    let key_id = KeyId::parse(name).expect("the name of a key");
    attestation::sign(record, holder, key, &key_id).expect("it can be signed")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attestation_is_checked_and_says_by_whom_it_is() {
    let world = World::new().await;
    let (mut alice, mut eve, index) = world.alice_and_eve().await;
    let profile = json!({ "displayName": "Eve the ecologist", "createdAt": now().as_str() });
    eve.create(nsid::PROFILE, "self", &profile);

    let mut record = claim("Mangroves");
    record["$type"] = json!(nsid::ACTIVITY);
    let record = data(&record);
    let mut other = claim("Something else");
    other["$type"] = json!(nsid::ACTIVITY);
    let eves = format!("{}#atproto", eve.did);
    let good = signed(&record, &alice.did, &eve.key, &eves);
    let copied = signed(&data(&other), &alice.did, &eve.key, &eves);
    let nowhere = signed(&record, &alice.did, &eve.key, "did:web:localhost%3A1#attestation");
    let content = attestation::content_cid(&record, &alice.did).expect("it can be signed");
    let proof =
        json!({ "cid": content.to_string(), "note": "I was there.", "createdAt": now().as_str() });
    let proof = eve.create(nsid::SIGNATURE_PROOF, "3proof2222222", &proof);
    let unknown = Did::parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").expect("a DID");
    let elsewhere = Made::new(&unknown, nsid::SIGNATURE_PROOF, "3proof2222222", &json!({}));

    let entries = [good, copied, data(&proof.reference()), nowhere, data(&elsewhere.reference())];
    let whole = entries
        .into_iter()
        .fold(record, |record, entry| attestation::add(&record, entry).expect("it can be added"));
    let made = alice.create(nsid::ACTIVITY, "mangroves", &json::to_json(&whole));
    eventually("the claim is shown", || async {
        index.reader.hypercert(&made.uri).await.expect("an answer").is_some()
    })
    .await;

    let picture = index.reader.hypercert(&made.uri).await.expect("an answer").expect("the claim");
    let found = &picture.claim.attestations;
    let outcomes: Vec<&str> = found
        .iter()
        .map(|attestation| match attestation.outcome {
            AttestationOutcome::Holds => "holds",
            AttestationOutcome::Fails { .. } => "fails",
            AttestationOutcome::NotChecked { .. } => "not checked",
        })
        .collect();
    assert_eq!(outcomes, ["holds", "fails", "holds", "not checked", "not checked"], "{found:?}");
    let by = found[0].by.as_ref().expect("it names its key");
    assert_eq!(by.did, eve.did);
    assert_eq!(by.display_name.as_deref(), Some("Eve the ecologist"));
    assert_eq!(found[2].form, AttestationForm::Remote);
    assert_eq!(found[2].note.as_deref(), Some("I was there."));

    eve.delete(&proof);
    eventually("the proof is withdrawn", || async {
        let picture = index.reader.record(&made.uri).await.expect("an answer").expect("the claim");
        matches!(picture.record.attestations[2].outcome, AttestationOutcome::Fails { .. })
    })
    .await;
    index.stop().await;
}
