//! What the index tells: the full picture, lists, searches, and the same over XRPC.

use hypercerts_identity::HttpClient;
use hypercerts_index::ListQuery;
use hypercerts_index::view::{Direction, Reference};
use hypercerts_lexicon::{AtIdentifier, Validity, json};
use hypercerts_records::{catalogue, nsid};
use hypercerts_xrpc::client::XrpcClient;
use serde_json::{Value as Json, json};

use crate::author::{Author, Made, claim, evaluation, now};
use crate::host::Host;
use crate::world::{Running, World, eventually, serve};

/// A claim with everything around it.
struct Mangroves {
    index: Running,
    http: HttpClient,
    alice: Author,
    eve: Author,
    claim: Made,
}

async fn mangroves(world: &World) -> Mangroves {
    let (mut alice, mut eve, index) = world.alice_and_eve().await;
    let profile = json!({ "displayName": "Alice of the coast", "createdAt": now().as_str() });
    alice.create(nsid::PROFILE, "self", &profile);
    let rights = alice.create(
        nsid::RIGHTS,
        "3rights222222",
        &json!({
            "rightsName": "Open", "rightsType": "cc0", "rightsDescription": "No rights reserved.",
            "createdAt": now().as_str(),
        }),
    );
    let place = alice.create(
        nsid::LOCATION,
        "3place2222222",
        &json!({
            "lpVersion": "1.0.0", "srs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "locationType": "coordinate-decimal",
            "location": { "$type": "app.certified.location#string", "string": "-4.05, 39.67" },
            "createdAt": now().as_str(),
        }),
    );
    let person = alice.create(
        nsid::CONTRIBUTOR_INFORMATION,
        "3person222222",
        &json!({
            "identifier": eve.did.as_str(), "displayName": "Eve", "createdAt": now().as_str(),
        }),
    );
    let mut record = claim("Mangrove restoration");
    record["workScope"] =
        json!({ "$type": "org.hypercerts.claim.activity#workScopeString", "scope": "mangroves" });
    record["rights"] = rights.reference();
    record["locations"] = json!([place.reference()]);
    record["contributors"] = json!([
        { "contributorIdentity": person.reference(), "contributionWeight": "2" },
        {
            "contributorIdentity": { "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": "Village council" },
            "contributionDetails": { "$type": "org.hypercerts.claim.activity#contributorRole", "role": "planting" },
        },
    ]);
    let made = alice.create(nsid::ACTIVITY, "mangroves", &record);
    let measured = alice.create(nsid::MEASUREMENT, "3measure22222", &measurement(&[&made]));
    let unlinked = eve.create(nsid::MEASUREMENT, "3unlinked2222", &measurement(&[]));
    let mut judged = evaluation(&made, &eve.did, "Counted from the air.");
    judged["measurements"] = json!([unlinked.reference()]);
    let judged = eve.create(nsid::EVALUATION, "3judged222222", &judged);
    alice.create(nsid::EVALUATION, "3self22222222", &evaluation(&made, &alice.did, "We like it."));
    alice.create(
        nsid::ATTACHMENT,
        "3photos222222",
        &json!({
            "subjects": [made.reference(), measured.reference()], "title": "Photographs",
            "createdAt": now().as_str(),
        }),
    );
    alice.create(
        nsid::ACKNOWLEDGEMENT,
        "3thanks222222",
        &json!({
            "subject": judged.reference(), "context": made.reference(), "acknowledged": true,
            "createdAt": now().as_str(),
        }),
    );
    eve.create(nsid::RECEIPT, "3receipt22222", &json!({
        "to": { "$type": "app.certified.defs#did", "did": alice.did.as_str() },
        "amount": "12400", "currency": "EUR", "for": made.reference(), "createdAt": now().as_str(),
    }));
    let last = eve.create(
        nsid::COLLECTION,
        "3coast2222222",
        &json!({
            "title": "The coast", "items": [{ "itemIdentifier": made.reference() }],
            "createdAt": now().as_str(),
        }),
    );
    eventually("the last record is shown", || async {
        index.reader.record(&last.uri).await.expect("an answer").is_some()
    })
    .await;
    Mangroves { index, http: world.http.clone(), alice, eve, claim: made }
}

fn measurement(subjects: &[&Made]) -> Json {
    let subjects: Vec<Json> = subjects.iter().map(|made| made.reference()).collect();
    let mut record = json!({
        "metric": "area", "unit": "ha", "value": "50", "createdAt": now().as_str(),
    });
    if !subjects.is_empty() {
        record["subjects"] = json!(subjects);
    }
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn the_full_picture_shows_who_says_what() {
    let world = World::new().await;
    let coast = mangroves(&world).await;
    let reader = &coast.index.reader;
    let picture = reader.hypercert(&coast.claim.uri).await.expect("an answer").expect("the claim");

    assert_eq!(picture.claim.validity, hypercerts_index::view::Validity::Valid);
    assert_eq!(picture.author.display_name.as_deref(), Some("Alice of the coast"));
    assert_eq!(picture.evaluations.total, 2);
    assert_eq!(picture.independent_evaluations, 0, "eve is a contributor");
    assert_eq!((picture.rights.total, picture.locations.total), (1, 1));
    assert_eq!((picture.attachments.total, picture.receipts.total), (1, 1));
    assert_eq!(picture.collections.total, 1);
    assert_eq!(picture.other.total, 0, "{:?}", picture.other);

    let judged =
        picture.evaluations.items.iter().find(|related| related.author.did == coast.eve.did);
    let judged = judged.expect("the evaluation by eve");
    assert_eq!(judged.acknowledgements.len(), 1, "alice acknowledged it");
    assert_eq!(judged.acknowledgements[0].author.did, coast.alice.did);
    assert_eq!(picture.acknowledgements.items[0].via, ["context"]);

    let through: Vec<_> =
        picture.measurements.items.iter().map(|related| &related.through).collect();
    assert_eq!(
        through,
        [&None, &Some(judged.uri.clone())],
        "one is about the claim, one only supports eve's"
    );
    assert_eq!(picture.measurements.items[1].direction, Direction::PointedAt);

    let people = &picture.contributors.items;
    assert_eq!(people[0].display_name.as_deref(), Some("Eve"));
    assert_eq!(people[0].actor.as_ref().map(|actor| &actor.did), Some(&coast.eve.did));
    assert_eq!(people[0].weight.as_deref(), Some("2"));
    assert_eq!(people[1].identity.as_deref(), Some("Village council"));
    assert_eq!(people[1].role.as_deref(), Some("planting"));
    coast.index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_to_other_versions_are_told_apart() {
    let world = World::new().await;
    let mut coast = mangroves(&world).await;
    let edited = coast.alice.update(nsid::ACTIVITY, "mangroves", &claim("Mangroves, corrected"));
    let reader = &coast.index.reader;
    eventually("the edit is shown", || async {
        let found = reader.hypercert(&coast.claim.uri).await.expect("an answer");
        found.is_some_and(|picture| picture.claim.cid == edited.cid)
    })
    .await;
    let picture = reader.hypercert(&coast.claim.uri).await.expect("an answer").expect("the claim");
    let is_stale = |reference: &Reference| match reference {
        Reference::Stale { referenced, current, changes: Some(changes) } => {
            *referenced == coast.claim.cid
                && *current == edited.cid
                && changes.iter().any(|change| change.path == "title")
        }
        _ => false,
    };
    assert!(picture.evaluations.items.iter().all(|related| is_stale(&related.reference)));

    coast.alice.delete(&edited);
    let judged = &picture.evaluations.items[0].uri;
    eventually("the reference leads nowhere", || async {
        let picture = reader.record(judged).await.expect("an answer").expect("the evaluation");
        matches!(picture.links.items[0].reference, Reference::Missing { referenced: Some(_) })
    })
    .await;
    coast.index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_newest_first_and_page_by_page() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    for year in 2001..=2025 {
        let mut record = claim(&format!("Work of {year}"));
        record["createdAt"] = json!(format!("{year}-06-01T00:00:00Z"));
        alice.create(nsid::ACTIVITY, &format!("work-{year}"), &record);
    }
    // A date in the future does not win the first place for ever: it counts as now.
    let mut record = claim("Work of the future");
    record["createdAt"] = json!("2999-01-01T00:00:00Z");
    alice.create(nsid::ACTIVITY, "future", &record);
    alice.create(nsid::ACTIVITY, "newest", &claim("Newest"));
    eventually("all are stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 27
    })
    .await;

    let mut titles = Vec::new();
    let mut query = ListQuery { limit: 10, ..ListQuery::default() };
    loop {
        let page = index.reader.list(query.clone()).await.expect("an answer");
        titles.extend(page.items.into_iter().map(|summary| summary.title));
        let Some(cursor) = page.cursor else { break };
        query.cursor = Some(cursor.parse().expect("a cursor of ours"));
    }
    assert_eq!(titles.len(), 27);
    assert!(titles[..2].contains(&String::from("Newest")), "{titles:?}");
    assert_eq!(titles[2], "Work of 2025");
    assert_eq!(titles[26], "Work of 2001");
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_found_by_their_words_and_their_author() {
    let world = World::new().await;
    let coast = mangroves(&world).await;
    let found = async |author: Option<&str>, q: Option<&str>| {
        let query = ListQuery {
            author: author.map(|author| AtIdentifier::parse(author).expect("an author")),
            q: q.map(str::to_owned),
            ..ListQuery::default()
        };
        coast.index.reader.list(query).await.expect("an answer").items.len()
    };
    assert_eq!(found(None, Some("mangrove")).await, 1);
    assert_eq!(found(None, Some("MANGR restor")).await, 1, "beginnings of words are enough");
    assert_eq!(found(None, Some("village council")).await, 1, "contributors are searched, too");
    assert_eq!(found(None, Some("glacier")).await, 0);
    assert_eq!(found(None, Some("\" OR * NEAR(")).await, 0, "nothing in it is an operator");
    assert_eq!(found(Some("alice.test"), None).await, 1);
    assert_eq!(found(Some("eve.test"), None).await, 0);
    assert_eq!(found(Some("nobody.test"), None).await, 0);

    let page = coast.index.reader.list(ListQuery::default()).await.expect("an answer");
    let counts = page.items[0].counts;
    assert_eq!((counts.evaluations, counts.independent_evaluations), (2, 0));
    assert_eq!((counts.measurements, counts.attachments, counts.receipts), (1, 1, 1));
    assert_eq!(page.items[0].work_scope.as_deref(), Some("mangroves"));
    coast.index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_methods_answer_as_their_lexicons_say() {
    let world = World::new().await;
    let coast = mangroves(&world).await;
    let client = XrpcClient::new(coast.http.clone(), serve(coast.index.index.router()).await);
    let by_uri = vec![("uri", coast.claim.uri.to_string())];
    let none: Vec<(&str, String)> = Vec::new();
    let calls = [
        (nsid::GET_HYPERCERT, &by_uri),
        (nsid::GET_OVERLAPS, &by_uri),
        (nsid::GET_RECORD, &by_uri),
        (nsid::LIST_HYPERCERTS, &none),
        (nsid::GET_STATUS, &none),
    ];
    for (method, params) in calls {
        let answer: Json = client.query(method, params).await.expect("an answer");
        let answer = json::from_json(&answer).expect("data without floats");
        let method = hypercerts_lexicon::Nsid::parse(method).expect("an NSID");
        let validity = catalogue().validate_output(&method, &answer);
        assert!(matches!(validity, Validity::Valid), "{method}: {validity:?}");
    }

    let missing = vec![("uri", format!("at://{}/{}/missing", coast.alice.did, nsid::ACTIVITY))];
    let error =
        client.query::<Json>(nsid::GET_HYPERCERT, &missing).await.expect_err("it is not there");
    assert_eq!(error.name(), Some("RecordNotFound"));
    for (method, name, value) in [
        (nsid::GET_RECORD, "uri", "https://example.com"),
        (nsid::LIST_HYPERCERTS, "limit", "101"),
        (nsid::LIST_HYPERCERTS, "cursor", "mine"),
        (nsid::LIST_HYPERCERTS, "from", "yesterday"),
        (nsid::LIST_HYPERCERTS, "evaluated", "perhaps"),
        (nsid::LIST_HYPERCERTS, "author", "not an author"),
    ] {
        let error =
            client.query::<Json>(method, &[(name, value)]).await.expect_err("it does not fit");
        assert_eq!(error.name(), Some("InvalidRequest"), "{method} {name}={value}");
    }
    coast.index.stop().await;
}
