//! Records of every edition take part in everything, and are shown as they were signed.

use hypercerts_index::view::{Direction, Validity};
use hypercerts_index::{ListQuery, Reader};
use hypercerts_records::{Edition, nsid};
use serde_json::json;

use crate::author::{Made, evaluation, now};
use crate::host::Host;
use crate::world::{World, eventually};

async fn shown(reader: &Reader, made: &Made) {
    eventually("the last record is shown", || async {
        reader.record(&made.uri).await.expect("an answer").is_some()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_an_older_collection_is_a_claim_with_all_that_is_said_about_it() {
    let world = World::new().await;
    let (mut alice, mut eve, index) = world.alice_and_eve().await;
    let claim = alice.create(
        "org.hypercerts.claim",
        "3old222222222",
        &json!({
            "title": "Dune grass", "shortDescription": "Planted dune grass.", "workScope": "dune-grass",
            "workTimeFrameFrom": "2020-01-01T00:00:00Z", "workTimeFrameTo": "2020-12-31T00:00:00Z",
            "createdAt": "2021-01-01T00:00:00Z",
        }),
    );
    let judged = eve.create(
        "org.hypercerts.claim.evaluation",
        "3old333333333",
        &json!({
            "subject": { "uri": claim.uri.as_str(), "cid": claim.cid.to_string() },
            "evaluators": [eve.did.as_str()], "summary": "The dune holds.",
            "createdAt": "2021-02-01T00:00:00Z",
        }),
    );
    eve.create(nsid::EVALUATION, "3new222222222", &evaluation(&claim, &eve.did, "It still holds."));
    let last = alice.create(
        "org.hypercerts.claim.measurement",
        "3old444444444",
        &json!({
            "hypercert": claim.uri.as_str(), "metric": "height", "unit": "m", "value": "4",
            "measurers": [alice.did.as_str()], "createdAt": "2021-03-01T00:00:00Z",
        }),
    );
    shown(&index.reader, &last).await;

    let picture = index.reader.hypercert(&claim.uri).await.expect("an answer").expect("a claim");
    assert_eq!(picture.claim.kind.as_str(), nsid::ACTIVITY);
    assert!(matches!(picture.claim.edition, Edition::Earlier(_)), "{}", picture.claim.edition);
    assert_eq!(picture.claim.validity, Validity::Valid);
    let said = picture.claim.value.get("workTimeFrameFrom");
    assert!(said.is_some(), "the record is shown as it was signed");
    assert_eq!((picture.evaluations.total, picture.independent_evaluations), (2, 2));
    assert_eq!(picture.measurements.total, 1);

    let found = async |query: ListQuery| {
        let page = index.reader.list(query).await.expect("an answer");
        page.items.into_iter().map(|summary| summary.title).collect::<Vec<_>>()
    };
    let any = ListQuery::default;
    assert_eq!(found(ListQuery { q: Some("dune".into()), ..any() }).await, ["Dune grass"]);
    assert_eq!(found(ListQuery { scope: Some("grass".into()), ..any() }).await, ["Dune grass"]);
    assert_eq!(found(ListQuery { evaluated: Some(true), ..any() }).await, ["Dune grass"]);
    let late = hypercerts_lexicon::Datetime::parse("2022-01-01T00:00:00Z").ok();
    assert!(found(ListQuery { from: late, ..any() }).await.is_empty(), "its time was read");

    let summary = &index.reader.recently_evaluated(5).await.expect("an answer")[0];
    assert_eq!(summary.counts.independent_evaluations, 2);
    assert_eq!(summary.work_scope.as_deref(), Some("dune-grass"));
    let eve = index.reader.actor(&eve.did.clone().into()).await.expect("an answer").expect("eve");
    assert_eq!(eve.evaluations.total, 2);
    let about = eve.evaluations.items.iter().find(|about| about.record.uri == judged.uri);
    let about = about.and_then(|about| about.claim.as_ref()).expect("the claim it is about");
    assert_eq!(about.uri, claim.uri);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentations_edition_is_read_and_its_helper_records_are_tied_to_it() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let tag = alice.create(
        nsid::HELPER_TAG,
        "3tag222222222",
        &json!({ "key": "mangroves", "label": "Mangroves", "createdAt": now().as_str() }),
    );
    let scope = alice.create(
        nsid::WORK_SCOPE_EXPR,
        "3expr22222222",
        &json!({ "version": 1, "allOf": [tag.reference()], "createdAt": now().as_str() }),
    );
    let claim = alice.create(
        nsid::ACTIVITY,
        "3claim2222222",
        &json!({
            "title": "Coast", "shortDescription": "Planted.", "description": "Fifty hectares.",
            "workScope": scope.reference(), "createdAt": now().as_str(),
        }),
    );
    shown(&index.reader, &claim).await;
    let picture = index.reader.hypercert(&claim.uri).await.expect("an answer").expect("a claim");
    assert_eq!(picture.claim.edition, Edition::Document);
    assert_eq!(picture.claim.validity, Validity::Valid);
    let other: Vec<_> = picture.other.items.iter().map(|it| (&it.uri, it.direction)).collect();
    assert_eq!(other, [(&scope.uri, Direction::PointedAt)]);
    let listed = index.reader.list(ListQuery::default()).await.expect("an answer").items;
    assert_eq!(listed[0].work_scope.as_deref(), Some("mangroves"));
    index.stop().await;
}
