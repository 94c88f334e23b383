//! Earlier versions: what changed since somebody referred to a record, and how they are forgotten.

use hypercerts_index::view::{Change, LaterWhat, Reference};
use hypercerts_index::{Limits, Reader, SourceConfig};
use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;
use hypercerts_xrpc::frames::AccountStatus;
use serde_json::{Value as Json, json};

use crate::author::{Author, Made, claim, evaluation, now};
use crate::host::Host;
use crate::world::{Running, World, eventually};

/// A claim by alice, and an evaluation of it by eve.
struct Told {
    index: Running,
    alice: Author,
    eve: Author,
    claim: Made,
    record: Json,
}

async fn told(world: &World) -> Told {
    let host = Host::new().await;
    let index = world.index(&[&host]).await;
    on(world, &host, index).await
}

async fn on(world: &World, host: &Host, index: Running) -> Told {
    let mut alice = world.author("alice", host).await;
    let mut eve = world.author("eve", host).await;
    alice.begin();
    eve.begin();
    let record = claim("Mangroves");
    let made = alice.create(nsid::ACTIVITY, "mangroves", &record);
    let judged =
        eve.create(nsid::EVALUATION, "3judged222222", &evaluation(&made, &eve.did, "Good."));
    seen(&index.reader, &made).await;
    seen(&index.reader, &judged).await;
    Told { index, alice, eve, claim: made, record }
}

/// Waits until a record stands in this version.
async fn seen(reader: &Reader, made: &Made) {
    eventually("the version is shown", || async {
        let found = reader.record(&made.uri).await.expect("an answer");
        found.is_some_and(|picture| picture.record.cid == made.cid)
    })
    .await;
}

async fn reference(reader: &Reader, claim: &AtUri) -> Reference {
    let picture = reader.hypercert(claim).await.expect("an answer").expect("the claim");
    picture.evaluations.items[0].reference.clone()
}

fn change(path: &str, before: &str, after: &str) -> Change {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Change { path: path.to_owned(), before: said(before), after: said(after) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_of_an_earlier_version_says_what_changed_since() {
    let world = World::new().await;
    let Told { index, mut alice, claim, mut record, .. } = told(&world).await;
    assert_eq!(reference(&index.reader, &claim.uri).await, Reference::Current);

    record["title"] = json!("Mangroves, corrected");
    record["endDate"] = json!("2026-06-30T00:00:00Z");
    let edited = alice.update(nsid::ACTIVITY, "mangroves", &record);
    seen(&index.reader, &edited).await;
    let changes = vec![
        change("endDate", "2025-12-31T23:59:59Z", "2026-06-30T00:00:00Z"),
        change("title", "Mangroves", "Mangroves, corrected"),
    ];
    assert_eq!(
        reference(&index.reader, &claim.uri).await,
        Reference::Stale { referenced: claim.cid, current: edited.cid, changes: Some(changes) }
    );

    // Back to the first wording: the reference is to what stands.
    record["title"] = json!("Mangroves");
    record["endDate"] = json!("2025-12-31T23:59:59Z");
    let back = alice.update(nsid::ACTIVITY, "mangroves", &record);
    assert_eq!(back.cid, claim.cid);
    seen(&index.reader, &back).await;
    assert_eq!(reference(&index.reader, &claim.uri).await, Reference::Current);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_never_seen_here_is_said_to_be_that() {
    let world = World::new().await;
    let Told { index, mut eve, claim, .. } = told(&world).await;
    let mut never = claim.clone();
    never.cid = hypercerts_lexicon::Cid::of_drisl(b"nothing of the kind");
    let judged = evaluation(&never, &eve.did, "Of what was never here.");
    let judged = eve.update(nsid::EVALUATION, "3judged222222", &judged);
    seen(&index.reader, &judged).await;
    assert_eq!(
        reference(&index.reader, &claim.uri).await,
        Reference::NeverSeen { referenced: never.cid, current: claim.cid }
    );
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_or_taken_down_leaves_no_earlier_version() {
    let world = World::new().await;
    let Told { index, mut alice, claim, mut record, .. } = told(&world).await;
    let status = async |uri: &AtUri| index.reader.record(uri).await.expect("an answer").is_some();
    record["title"] = json!("Second");
    let second = alice.update(nsid::ACTIVITY, "mangroves", &record);
    seen(&index.reader, &second).await;
    alice.delete(&second);
    eventually("the claim is gone", || async { !status(&claim.uri).await }).await;
    let third = alice.create(nsid::ACTIVITY, "mangroves", &record);
    seen(&index.reader, &third).await;
    let forgotten = Reference::NeverSeen { referenced: claim.cid, current: third.cid };
    assert_eq!(reference(&index.reader, &claim.uri).await, forgotten, "it was deleted");

    record["title"] = json!("Fourth");
    let fourth = alice.update(nsid::ACTIVITY, "mangroves", &record);
    seen(&index.reader, &fourth).await;
    let of_third = evaluation(&third, &alice.did, "Mine.");
    let own = alice.create(nsid::EVALUATION, "3own222222222", &of_third);
    seen(&index.reader, &own).await;
    let own = async || {
        let picture = index.reader.record(&own.uri).await.expect("an answer").expect("a record");
        picture.links.items[0].reference.clone()
    };
    assert!(matches!(own().await, Reference::Stale { changes: Some(_), .. }));
    alice.publish(&alice.account(false, Some(AccountStatus::TakenDown)));
    eventually("she is hidden", || async { !status(&claim.uri).await }).await;
    alice.publish(&alice.account(true, None));
    eventually("she is back", || async { status(&claim.uri).await }).await;
    assert!(matches!(own().await, Reference::NeverSeen { .. }), "{:?}", own().await);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_bounded_and_the_oldest_of_it_goes_first() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut config = world.config("index", vec![SourceConfig::pds(host.url.clone())]);
    config.limits =
        Limits { versions_per_record: 3, version_bytes_per_record: 600, ..config.limits };
    let index = Running::start(config).expect("the index opens");
    eventually("the host is asked for its accounts", || async { host.was_listed() }).await;
    let Told { index, mut alice, mut eve, claim, mut record, .. } = on(&world, &host, index).await;
    let mut versions = vec![claim.clone()];
    for number in 1..=4 {
        record["title"] = json!(format!("Version {number}"));
        let made = alice.update(nsid::ACTIVITY, "mangroves", &record);
        seen(&index.reader, &made).await;
        versions.push(made);
    }
    let mut states = Vec::new();
    for version in &versions {
        let judged =
            eve.update(nsid::EVALUATION, "3judged222222", &evaluation(version, &eve.did, "Good."));
        seen(&index.reader, &judged).await;
        states.push(match reference(&index.reader, &claim.uri).await {
            Reference::NeverSeen { .. } => "forgotten",
            Reference::Stale { changes: None, .. } => "without content",
            Reference::Stale { changes: Some(_), .. } => "kept",
            _ => "current",
        });
    }
    assert_eq!(states, ["forgotten", "without content", "kept", "kept", "current"]);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_tells_what_is_no_part_of_what_it_locked() {
    let world = World::new().await;
    let Told { index, mut alice, mut eve, claim, mut record, .. } = told(&world).await;
    let lock = json!({ "subject": claim.reference(), "createdAt": now().as_str() });
    let lock = alice.create(nsid::CLAIM_LOCK, "3lock22222222", &lock);
    seen(&index.reader, &lock).await;
    let locks = async || {
        let picture =
            index.reader.hypercert(&claim.uri).await.expect("an answer").expect("a claim");
        picture.locks
    };
    let found = locks().await;
    assert_eq!(found.total, 1);
    assert_eq!(found.items[0].lock.reference, Reference::Current);
    assert!(found.items[0].lock.own_repository, "the claimant locked it");
    assert!(found.items[0].later.is_empty(), "{:?}", found.items[0].later);

    record["title"] = json!("Mangroves and more");
    let edited = alice.update(nsid::ACTIVITY, "mangroves", &record);
    let again = evaluation(&claim, &eve.did, "On second thoughts.");
    let again = eve.update(nsid::EVALUATION, "3judged222222", &again);
    let new = eve.create(nsid::EVALUATION, "3new222222222", &evaluation(&claim, &eve.did, "New."));
    for made in [&edited, &again, &new] {
        seen(&index.reader, made).await;
    }
    let found = locks().await;
    let lock = &found.items[0];
    let changes = vec![change("title", "Mangroves", "Mangroves and more")];
    assert_eq!(
        lock.lock.reference,
        Reference::Stale { referenced: claim.cid, current: edited.cid, changes: Some(changes) }
    );
    let later = lock.later.items.iter().map(|later| (later.uri.clone(), later.what));
    let mut later: Vec<_> = later.collect();
    later.sort_by(|one, other| one.0.as_str().cmp(other.0.as_str()));
    assert_eq!(later, [(again.uri, LaterWhat::Changed), (new.uri, LaterWhat::Came)]);
    index.stop().await;
}
