//! What honest hosts say is followed: at once, in order, across restarts.

use hypercerts_index::view::{AccountStatus, Reference, SyncState, Validity};
use hypercerts_lexicon::AtIdentifier;
use hypercerts_records::nsid;
use hypercerts_xrpc::frames;
use serde_json::json;

use crate::author::{claim, evaluation};
use crate::host::Host;
use crate::world::{Running, World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_and_its_evaluation_from_another_host_appear() {
    let world = World::new().await;
    let (coast, institute) = (Host::new().await, Host::new().await);
    let mut alice = world.author("alice", &coast).await;
    let mut eve = world.author("eve", &institute).await;
    let index = world.index(&[&coast, &institute]).await;

    alice.begin();
    eve.begin();
    let made = alice.create(nsid::ACTIVITY, "mangroves", &claim("Mangrove restoration"));
    eve.create(nsid::EVALUATION, "3mangroves222", &evaluation(&made, &eve.did, "Well done."));

    eventually("the evaluation is shown", || async {
        let found = index.reader.hypercert(&made.uri).await.expect("an answer");
        found.is_some_and(|picture| picture.evaluations.total == 1)
    })
    .await;
    let picture = index.reader.hypercert(&made.uri).await.expect("an answer").expect("the claim");
    assert_eq!(picture.claim.cid, made.cid);
    assert_eq!(picture.claim.validity, Validity::Valid);
    assert_eq!(picture.claim.verification.signed.key, alice.key.public().to_did_key());
    assert_eq!(
        picture.author.handle.as_ref().map(ToString::to_string).as_deref(),
        Some("alice.test")
    );
    let related = &picture.evaluations.items[0];
    assert_eq!(related.author.did, eve.did);
    assert_eq!(related.reference, Reference::Current);
    assert!(!related.own_repository);
    assert_eq!(picture.independent_evaluations, 1);
    // Both repositories were followed from their first commit: there was nothing to fetch.
    assert_eq!((coast.fetches(), institute.fetches()), (0, 0));
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_deletions_are_followed() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let first = alice.create(nsid::ACTIVITY, "forest", &claim("Forest"));
    let second = alice.update(nsid::ACTIVITY, "forest", &claim("Forest, stewarded"));
    eventually("the edit is shown", || async {
        let found = index.reader.hypercert(&first.uri).await.expect("an answer");
        found.is_some_and(|picture| picture.claim.cid == second.cid)
    })
    .await;

    alice.delete(&second);
    eventually("the deletion is seen", || async {
        index.reader.hypercert(&first.uri).await.expect("an answer").is_none()
    })
    .await;
    assert_eq!(index.reader.status().await.expect("an answer").counts.records, 0);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_at_the_cursor_without_gap_or_duplicate() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    for number in 0..20 {
        alice.create(nsid::ACTIVITY, &format!("before-{number}"), &claim("Before"));
    }
    eventually("the first twenty are stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 20
    })
    .await;
    index.stop().await;

    for number in 0..20 {
        alice.create(nsid::ACTIVITY, &format!("after-{number}"), &claim("After"));
    }
    let index = world.index(&[&host]).await;
    eventually("all forty are stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 40
    })
    .await;
    let status = index.reader.status().await.expect("an answer");
    assert_eq!(status.sources[0].cursor, Some(43));
    assert_eq!(status.sources[0].events, 20, "only what was new was read again");
    assert!(status.refusals.is_empty(), "{:?}", status.refusals);
    assert_eq!(host.fetches(), 0);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_does_not_fit_is_kept_with_its_reasons() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let mut record = claim("x");
    record["title"] = json!(7);
    let made = alice.create(nsid::ACTIVITY, "wrong", &record);

    eventually("the record is shown", || async {
        index.reader.record(&made.uri).await.expect("an answer").is_some()
    })
    .await;
    let picture = index.reader.record(&made.uri).await.expect("an answer").expect("the record");
    let Validity::Invalid { violations } = picture.record.validity else {
        panic!("a title of 7 is no title");
    };
    assert_eq!(violations[0].path, "title");
    assert_eq!(index.reader.status().await.expect("an answer").counts.invalid, 1);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_of_other_applications_are_counted_but_not_kept() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let post = alice.create("app.bsky.feed.post", "3post2222222", &json!({ "text": "hello" }));
    alice.create(nsid::ACTIVITY, "kept", &claim("Kept"));

    eventually("the claim is stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 1
    })
    .await;
    assert_eq!(index.reader.status().await.expect("an answer").counts.not_kept, 1);
    assert!(index.reader.record(&post.uri).await.expect("an answer").is_none());
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inactive_accounts_are_hidden_and_deleted_ones_forgotten() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let made = alice.create(nsid::ACTIVITY, "forest", &claim("Forest"));
    let is_shown = async |wanted: bool| {
        index.reader.hypercert(&made.uri).await.expect("an answer").is_some() == wanted
    };
    eventually("the claim is shown", || is_shown(true)).await;

    host.publish(&alice.account(false, Some(frames::AccountStatus::Deactivated)));
    eventually("the claim is hidden", || is_shown(false)).await;
    host.publish(&alice.account(true, None));
    eventually("the claim is back", || is_shown(true)).await;
    host.publish(&alice.account(false, Some(frames::AccountStatus::Deleted)));
    eventually("the claim is gone", || is_shown(false)).await;

    let who = AtIdentifier::Did(alice.did.clone());
    let actor = index.reader.actor(&who).await.expect("an answer").expect("the account");
    assert_eq!(actor.status, AccountStatus::Deleted);
    assert!(matches!(actor.sync, SyncState::Pending { .. }));
    assert_eq!(index.reader.status().await.expect("an answer").counts.records, 0);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_followed_without_an_announcement() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    alice.create(nsid::ACTIVITY, "old-key", &claim("Old key"));
    eventually("the first claim is stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 1
    })
    .await;

    world.rotate_key(&mut alice).await;
    let made = alice.create(nsid::ACTIVITY, "new-key", &claim("New key"));
    eventually("the second claim is shown", || async {
        index.reader.hypercert(&made.uri).await.expect("an answer").is_some()
    })
    .await;
    let picture = index.reader.hypercert(&made.uri).await.expect("an answer").expect("the claim");
    assert_eq!(picture.claim.verification.signed.key, alice.key.public().to_did_key());
    assert!(index.reader.status().await.expect("an answer").refusals.is_empty());
    assert_eq!(host.fetches(), 0);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_older_than_the_stream_are_found_by_listing() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let made = crate::author::Made::new(&alice.did, nsid::ACTIVITY, "old", &claim("Old"));
    alice.write(&[made.create()]);
    alice.offer();

    let index = world.index(&[&host]).await;
    eventually("the claim is shown", || async {
        index.reader.hypercert(&made.uri).await.expect("an answer").is_some()
    })
    .await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_event_to_an_unknown_state_leads_to_a_fetch() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let first = alice.create(nsid::ACTIVITY, "first", &claim("First"));
    eventually("the first claim is shown", || async {
        index.reader.hypercert(&first.uri).await.expect("an answer").is_some()
    })
    .await;

    let second = crate::author::Made::new(&alice.did, nsid::ACTIVITY, "second", &claim("Second"));
    alice.write(&[second.create()]);
    alice.publish(&alice.sync());
    eventually("the second claim is shown", || async {
        index.reader.hypercert(&second.uri).await.expect("an answer").is_some()
    })
    .await;
    assert_eq!(host.fetches(), 1);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_introduces_only_accounts_with_records_that_are_kept() {
    let world = World::new().await;
    let (home, relay) = (Host::new().await, Host::new().await);
    let mut alice = world.author("alice", &home).await;
    let mut bob = world.author("bob", &home).await;
    let sources = vec![hypercerts_index::SourceConfig::relay(relay.url.clone())];
    let index = Running::start(world.config("index", sources)).expect("the index opens");
    alice.begin();
    bob.begin();
    let made = crate::author::Made::new(&alice.did, nsid::ACTIVITY, "forest", &claim("Forest"));
    let post = crate::author::Made::new(&bob.did, "app.bsky.feed.post", "3post2222222", &json!({}));
    let (posted, claimed) = (bob.write(&[post.create()]), alice.write(&[made.create()]));
    alice.offer();
    relay.publish(&posted);
    relay.publish(&claimed);

    eventually("the claim is shown", || async {
        index.reader.hypercert(&made.uri).await.expect("an answer").is_some()
    })
    .await;
    assert_eq!(index.reader.status().await.expect("an answer").counts.accounts, 1);
    index.stop().await;
}
