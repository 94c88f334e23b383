//! Lists narrowed down: by evaluation, funding, time, scope and place, and what was evaluated last.

use hypercerts_index::ListQuery;
use hypercerts_lexicon::Datetime;
use hypercerts_records::nsid;
use serde_json::{Value as Json, json};

use crate::author::{Author, claim, evaluation, now};
use crate::world::{Running, World, eventually};

/// Three claims: an old one on the coast, one in the hills, and one that gives neither place nor time.
async fn three_claims(world: &World) -> Running {
    let (mut alice, mut eve, index) = world.alice_and_eve().await;
    let coast = place(&mut alice, "3coast2222222", "Tana delta, Northern Bank");
    let hills = place(&mut alice, "3hills2222222", "Taita hills");
    let coast = placed("Coast", "mangrove-restoration", "2020", &coast);
    let coast = alice.create(nsid::ACTIVITY, "3claim2222222", &coast);
    let hills = placed("Hills", "Tree nursery", "2024", &hills);
    let hills = alice.create(nsid::ACTIVITY, "3claim3333333", &hills);
    let mut open = claim("Anywhere");
    for field in ["startDate", "endDate"] {
        open.as_object_mut().expect("an object").remove(field);
    }
    alice.create(nsid::ACTIVITY, "3claim4444444", &open);

    let mut first = evaluation(&hills, &eve.did, "Good.");
    first["createdAt"] = json!("2025-01-01T00:00:00Z");
    eve.create(nsid::EVALUATION, "3eval22222222", &first);
    eve.create(nsid::EVALUATION, "3eval33333333", &evaluation(&coast, &eve.did, "Good, too."));
    eve.create(
        nsid::RECEIPT,
        "3paid22222222",
        &json!({
            "to": { "$type": "app.certified.defs#did", "did": alice.did.as_str() },
            "amount": "5", "currency": "EUR", "for": coast.reference(), "createdAt": now().as_str(),
        }),
    );
    eventually("all is stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 8
    })
    .await;
    index
}

fn place(author: &mut Author, rkey: &str, name: &str) -> Json {
    let record = json!({
        "lpVersion": "1.0.0", "srs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "locationType": "coordinate-decimal", "name": name,
        "location": { "$type": "app.certified.location#string", "string": "-4.05, 39.67" },
        "createdAt": now().as_str(),
    });
    author.create(nsid::LOCATION, rkey, &record).reference()
}

fn placed(title: &str, scope: &str, year: &str, place: &Json) -> Json {
    let mut record = claim(title);
    record["workScope"] =
        json!({ "$type": "org.hypercerts.claim.activity#workScopeString", "scope": scope });
    record["locations"] = json!([place]);
    record["startDate"] = json!(format!("{year}-01-01T00:00:00Z"));
    record["endDate"] = json!(format!("{year}-12-31T23:59:59Z"));
    record["createdAt"] = json!(format!("{year}-12-31T23:59:59Z"));
    record
}

fn moment(text: &str) -> Option<Datetime> {
    Some(Datetime::parse(text).expect("a datetime"))
}

/// The titles that a query finds, one to a page.
async fn titles(index: &Running, query: ListQuery) -> Vec<String> {
    let mut query = ListQuery { limit: 1, ..query };
    let mut titles = Vec::new();
    loop {
        let page = index.reader.list(query.clone()).await.expect("an answer");
        titles.extend(page.items.into_iter().map(|summary| summary.title));
        let Some(cursor) = page.cursor else { return titles };
        query.cursor = Some(cursor.parse().expect("a cursor of ours"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_finds_its_claims_newest_first() {
    let world = World::new().await;
    let index = three_claims(&world).await;
    let any = ListQuery::default;
    for (query, expected) in [
        (any(), &["Anywhere", "Hills", "Coast"][..]),
        (ListQuery { evaluated: Some(true), ..any() }, &["Hills", "Coast"]),
        (ListQuery { evaluated: Some(false), ..any() }, &["Anywhere"]),
        (ListQuery { funded: Some(true), ..any() }, &["Coast"]),
        (ListQuery { funded: Some(false), ..any() }, &["Anywhere", "Hills"]),
        (ListQuery { from: moment("2024-12-31T00:00:00Z"), ..any() }, &["Anywhere", "Hills"]),
        (ListQuery { until: moment("2020-01-01T00:00:00Z"), ..any() }, &["Anywhere", "Coast"]),
        (
            ListQuery {
                from: moment("2021-01-01T00:00:00Z"),
                until: moment("2023-01-01T00:00:00Z"),
                ..any()
            },
            &["Anywhere"],
        ),
        (ListQuery { scope: Some("MANGROVE".into()), ..any() }, &["Coast"]),
        (ListQuery { scope: Some("hills".into()), ..any() }, &[]),
        (ListQuery { place: Some("northern bank".into()), ..any() }, &["Coast"]),
        (ListQuery { place: Some("ta".into()), ..any() }, &["Hills", "Coast"]),
        (ListQuery { place: Some("\" OR *".into()), ..any() }, &[]),
        (
            ListQuery {
                place: Some("ta".into()),
                funded: Some(false),
                evaluated: Some(true),
                ..any()
            },
            &["Hills"],
        ),
    ] {
        assert_eq!(titles(&index, query.clone()).await, expected, "{query:?}");
    }
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_evaluated_last_comes_first() {
    let world = World::new().await;
    let index = three_claims(&world).await;
    let recent = async |limit| {
        let found = index.reader.recently_evaluated(limit).await.expect("an answer");
        found.into_iter().map(|summary| summary.title).collect::<Vec<_>>()
    };
    assert_eq!(recent(10).await, ["Coast", "Hills"]);
    assert_eq!(recent(1).await, ["Coast"]);
    index.stop().await;
}
