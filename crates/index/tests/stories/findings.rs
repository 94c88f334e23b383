//! What is noticed beyond the schemas: in one record, and between records.

use hypercerts_index::view::{Hypercert, Severity};
use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;
use serde_json::json;

use crate::author::{claim, evaluation, now};
use crate::world::{Running, World, eventually};

/// The codes of the findings about one record of a picture, in order.
fn codes(picture: &Hypercert, uri: &AtUri) -> Vec<String> {
    let tied = [&picture.evaluations, &picture.receipts, &picture.measurements];
    let tied = tied.into_iter().flat_map(|group| &group.items);
    let people = picture.contributors.items.iter().filter_map(|it| it.contribution.as_ref());
    let records = tied.chain(people).filter_map(|related| related.record.as_ref());
    let record = records.chain([&picture.claim]).find(|record| record.uri == *uri);
    let findings = &record.expect("it is part of the picture").findings;
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code.to_string()).collect();
    codes.sort_unstable();
    codes
}

async fn picture(index: &Running, uri: &AtUri) -> Hypercert {
    index.reader.hypercert(uri).await.expect("an answer").expect("the claim")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_carries_what_is_noticed_about_it() {
    let world = World::new().await;
    let (mut alice, mut eve, index) = world.alice_and_eve().await;
    let early = alice.create(
        nsid::CONTRIBUTION,
        "3early2222222",
        &json!({
            "role": "planting", "startDate": "2019-01-01T00:00:00Z", "createdAt": now().as_str(),
        }),
    );
    let mut record = claim("Mangroves");
    record["contributors"] = json!([{
        "contributorIdentity": {
            "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": eve.did.as_str(),
        },
        "contributionWeight": "0",
        "contributionDetails": early.reference(),
    }]);
    let made = alice.create(nsid::ACTIVITY, "mangroves", &record);
    let paid = json!({
        "from": { "$type": "app.certified.defs#did", "did": eve.did.as_str() },
        "to": { "$type": "app.certified.defs#did", "did": alice.did.as_str() },
        "amount": "5", "currency": "EUR", "paymentNetwork": "sepa", "transactionId": "tx-7",
        "for": made.reference(), "createdAt": now().as_str(),
    });
    let by_payee = alice.create(nsid::RECEIPT, "3paid22222222", &paid);
    let by_payer = eve.create(nsid::RECEIPT, "3paid22222222", &paid);
    let named =
        eve.create(nsid::EVALUATION, "3named2222222", &evaluation(&made, &alice.did, "Good."));
    let stranger = hypercerts_lexicon::Did::parse("did:web:stranger.example").expect("a DID");
    let far = eve.create(nsid::EVALUATION, "3far222222222", &evaluation(&made, &stranger, "Good."));
    eventually("the last record is shown", || async {
        index.reader.record(&far.uri).await.expect("an answer").is_some()
    })
    .await;

    let before = picture(&index, &made.uri).await;
    assert_eq!(codes(&before, &made.uri), ["weight-not-positive"]);
    assert_eq!(before.claim.findings[0].severity, Severity::Error);
    assert_eq!(before.claim.findings[0].path, "contributors[0].contributionWeight");
    assert_eq!(codes(&before, &early.uri), ["contribution-outside-claim"]);
    let mut repeated = [codes(&before, &by_payee.uri), codes(&before, &by_payer.uri)];
    repeated.sort();
    assert_eq!(repeated, [vec![], vec![String::from("payment-repeated")]], "it is told of one");
    assert_eq!(codes(&before, &named.uri), ["evaluator-unacknowledged"]);
    assert!(codes(&before, &far.uri).is_empty(), "their word would not reach this index");

    let yes = json!({
        "subject": named.reference(), "acknowledged": true, "createdAt": now().as_str(),
    });
    alice.create(nsid::ACKNOWLEDGEMENT, "3yes222222222", &yes);
    record["title"] = json!("Mangroves, corrected");
    let edited = alice.update(nsid::ACTIVITY, "mangroves", &record);
    eventually("the edit is shown", || async {
        picture(&index, &made.uri).await.claim.cid == edited.cid
    })
    .await;
    let after = picture(&index, &made.uri).await;
    assert_eq!(codes(&after, &named.uri), ["reference-to-earlier-version"]);
    let alone = index.reader.record(&made.uri).await.expect("an answer").expect("the claim");
    assert_eq!(alone.record.findings.len(), 1, "the record by itself says so, too");
    index.stop().await;
}
