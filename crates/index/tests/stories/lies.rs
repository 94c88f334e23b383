//! What dishonest, broken and slow hosts say is refused, noted, and harms nobody else.

use std::time::Duration;

use bytes::Bytes;
use hypercerts_index::Limits;
use hypercerts_index::view::{RefusalKind, SourceState, SyncState};
use hypercerts_lexicon::AtIdentifier;
use hypercerts_records::nsid;
use hypercerts_xrpc::frames::Event;

use crate::author::{Made, claim};
use crate::host::{Host, RepoAnswer};
use crate::world::{Running, World, eventually, new_key};

/// Waits for a refusal of a kind, and returns its reason.
async fn refused(index: &Running, kind: RefusalKind) -> String {
    eventually("the refusal is noted", || async {
        let status = index.reader.status().await.expect("an answer");
        status.refusals.iter().any(|refusal| refusal.kind == kind)
    })
    .await;
    let status = index.reader.status().await.expect("an answer");
    let refusal = status.refusals.into_iter().find(|refusal| refusal.kind == kind);
    refusal.expect("it was there a moment ago").reason
}

async fn shown(index: &Running, made: &Made) -> bool {
    index.reader.record(&made.uri).await.expect("an answer").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_signature_is_refused_and_the_account_goes_on() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let before = alice.head;
    let key = std::mem::replace(&mut alice.key, new_key());
    let forged = Made::new(&alice.did, nsid::ACTIVITY, "forged", &claim("Forged"));
    let event = alice.write(&[forged.create()]);
    host.publish(&event);
    (alice.key, alice.head) = (key, before);
    let honest = alice.create(nsid::ACTIVITY, "honest", &claim("Honest"));

    refused(&index, RefusalKind::Signature).await;
    eventually("the honest claim is shown", || shown(&index, &honest)).await;
    assert!(!shown(&index, &forged).await);
    assert_eq!(host.fetches(), 0, "a forged event does not make the index fetch anything");
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_commit_breaks_the_chain_and_the_repair_mends_it() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let kept_back = Made::new(&alice.did, nsid::ACTIVITY, "kept-back", &claim("Kept back"));
    alice.write(&[kept_back.create()]);
    let told = alice.create(nsid::ACTIVITY, "told", &claim("Told"));

    eventually("both claims are shown", || async {
        shown(&index, &kept_back).await && shown(&index, &told).await
    })
    .await;
    let reason = refused(&index, RefusalKind::BrokenChain).await;
    assert!(reason.contains("missing"), "{reason}");
    assert_eq!(host.fetches(), 1);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_that_do_not_explain_the_change_are_not_believed() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let hidden = Made::new(&alice.did, nsid::ACTIVITY, "hidden", &claim("Hidden"));
    let open = Made::new(&alice.did, nsid::ACTIVITY, "open", &claim("Open"));
    let Event::Commit(mut event) = alice.write(&[hidden.create(), open.create()]) else {
        panic!("a write is a commit");
    };
    event.ops.retain(|op| *op.path() == open.path);
    alice.publish(&Event::Commit(event));

    refused(&index, RefusalKind::BrokenChain).await;
    eventually("the repair finds both", || async {
        shown(&index, &hidden).await && shown(&index, &open).await
    })
    .await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_and_reordered_events_change_nothing() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let first = Made::new(&alice.did, nsid::ACTIVITY, "first", &claim("First"));
    let second = Made::new(&alice.did, nsid::ACTIVITY, "second", &claim("Second"));
    let one = alice.write(&[first.create()]);
    let two = alice.write(&[second.create()]);
    let three = alice.write(&[hypercerts_repo::Write::Delete { path: first.path.clone() }]);
    alice.offer();
    for event in [&one, &two, &one, &three, &two, &one] {
        host.publish(event);
    }
    let last = alice.create(nsid::ACTIVITY, "last", &claim("Last"));

    eventually("the last claim is shown", || shown(&index, &last)).await;
    assert!(!shown(&index, &first).await, "a replayed creation does not bring it back");
    assert!(shown(&index, &second).await);
    assert!(index.reader.status().await.expect("an answer").refusals.is_empty());

    // The later commit first: a gap, mended by a fetch; then the earlier one is old.
    let fourth = Made::new(&alice.did, nsid::ACTIVITY, "fourth", &claim("Fourth"));
    let fifth = Made::new(&alice.did, nsid::ACTIVITY, "fifth", &claim("Fifth"));
    let (four, five) = (alice.write(&[fourth.create()]), alice.write(&[fifth.create()]));
    alice.publish(&five);
    alice.publish(&four);
    eventually("both are shown", || async {
        shown(&index, &fourth).await && shown(&index, &fifth).await
    })
    .await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_cannot_speak_for_accounts_of_another() {
    let world = World::new().await;
    let (home, liar) = (Host::new().await, Host::new().await);
    let mut alice = world.author("alice", &home).await;
    let mut bob = world.author("bob", &Host::new().await).await;
    let index = world.index(&[&home, &liar]).await;
    alice.begin();
    let known = alice.create(nsid::ACTIVITY, "known", &claim("Known"));
    eventually("the claim is shown", || shown(&index, &known)).await;

    // Both are signed by their accounts; but it is not for this host to tell.
    let leaked = Made::new(&alice.did, nsid::ACTIVITY, "leaked", &claim("Leaked"));
    let event = alice.write(&[leaked.create()]);
    liar.publish(&event);
    let foreign = Made::new(&bob.did, nsid::ACTIVITY, "foreign", &claim("Foreign"));
    let event = bob.write(&[foreign.create()]);
    liar.publish(&event);
    liar.publish(&alice.account(false, None));

    eventually("all are refused", || async {
        let status = index.reader.status().await.expect("an answer");
        let wrong = |refusal: &&_| {
            matches!(
                refusal,
                hypercerts_index::view::RefusalView { kind: RefusalKind::WrongHost, .. }
            )
        };
        status.refusals.iter().filter(wrong).count() == 3
    })
    .await;
    assert!(shown(&index, &known).await);
    assert!(!shown(&index, &leaked).await && !shown(&index, &foreign).await);
    assert_eq!(index.reader.status().await.expect("an answer").counts.accounts, 1);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_from_the_future_is_refused_and_leaves_its_account_behind() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    let made = Made::new(&alice.did, nsid::ACTIVITY, "tomorrow", &claim("Tomorrow"));
    let tomorrow = alice.next_rev().micros() + 24 * 60 * 60 * 1_000_000;
    let event = alice.write_at(&[made.create()], hypercerts_lexicon::Tid::new(tomorrow, 0));
    alice.publish(&event);

    refused(&index, RefusalKind::FutureRevision).await;
    eventually("the account counts as behind, with the reason", || async {
        let status = index.reader.status().await.expect("an answer");
        let behind = status.accounts_desynchronized;
        behind.iter().any(|one| one.did == alice.did && one.reason.contains("in the future"))
    })
    .await;
    assert!(!shown(&index, &made).await);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_noted_and_passed_over() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    host.say(|_| Bytes::from_static(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    host.say(|_| Bytes::from_static(b"\xa1\x62op\x01\xa0"));
    alice.begin();
    let Event::Commit(mut event) =
        alice.write(&[Made::new(&alice.did, nsid::ACTIVITY, "cut", &claim("Cut")).create()])
    else {
        panic!("a write is a commit");
    };
    event.blocks.truncate(event.blocks.len() / 2);
    alice.publish(&Event::Commit(event));
    let made = alice.create(nsid::ACTIVITY, "whole", &claim("Whole"));

    eventually("the honest claim is shown", || shown(&index, &made)).await;
    refused(&index, RefusalKind::Malformed).await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_bytes_that_are_no_data_are_noted_and_not_shown() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    // A float, which the data model does not have.
    let bytes = Bytes::from_static(b"\xa1\x61x\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00");
    let made = Made::from_bytes(&alice.did, nsid::ACTIVITY, "float", bytes);
    let event = alice.write(&[made.create()]);
    alice.publish(&event);
    let fine = alice.create(nsid::ACTIVITY, "fine", &claim("Fine"));

    eventually("the honest claim is shown", || shown(&index, &fine)).await;
    refused(&index, RefusalKind::Malformed).await;
    assert!(!shown(&index, &made).await);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_cannot_be_resolved_stays_pending_and_unseen() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let nobody = hypercerts_lexicon::Did::parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa").expect("a DID");
    let index = world.index(&[&host]).await;
    alice.begin();
    alice.did = nobody.clone();
    alice.head = None;
    let made = Made::new(&nobody, nsid::ACTIVITY, "ghost", &claim("Ghost"));
    let event = alice.write(&[made.create()]);
    host.publish(&event);

    refused(&index, RefusalKind::Identity).await;
    assert!(!shown(&index, &made).await);
    let actor = index.reader.actor(&AtIdentifier::Did(nobody)).await.expect("an answer");
    assert!(matches!(actor.expect("it was met").sync, SyncState::Pending { .. }));
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_that_hang_drip_or_never_end_hold_nobody_up() {
    let world = World::new().await;
    let answers = [RepoAnswer::Hang, RepoAnswer::Drip, RepoAnswer::Endless];
    let mut hosts = Vec::new();
    for (number, answer) in answers.into_iter().enumerate() {
        let host = Host::new().await;
        for account in 0..3 {
            let mut author = world.author(&format!("slow-{number}-{account}"), &host).await;
            let made = Made::new(&author.did, nsid::ACTIVITY, "late", &claim("Late"));
            author.write(&[made.create()]);
            let rev = author.head.map(|head| head.rev);
            host.offer(&author.did, rev, answer.clone());
        }
        hosts.push(host);
    }
    let good = Host::new().await;
    let mut alice = world.author("alice", &good).await;
    let old = Made::new(&alice.did, nsid::ACTIVITY, "old", &claim("Old"));
    alice.write(&[old.create()]);
    alice.offer();
    hosts.push(good);

    let sources = hosts.iter().map(|host| hypercerts_index::SourceConfig::pds(host.url.clone()));
    let mut config = world.config("index", sources.collect());
    config.limits =
        Limits { repo_bytes: 4 << 20, repo_time: Duration::from_secs(2), ..config.limits };
    let index = Running::start(config).expect("the index opens");
    eventually("the good host's claim is shown", || shown(&index, &old)).await;
    let live = alice.create(nsid::ACTIVITY, "live", &claim("Live"));
    eventually("its next claim is, too", || shown(&index, &live)).await;

    let reasons = ["did not arrive within 2 s", "larger than"];
    for reason in reasons {
        eventually(reason, || async {
            let status = index.reader.status().await.expect("an answer");
            status.refusals.iter().any(|refusal| refusal.reason.contains(reason))
        })
        .await;
    }
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_was_set_up_anew_is_read_from_the_start() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let index = world.index(&[&host]).await;
    alice.begin();
    for number in 0..5 {
        alice.create(nsid::ACTIVITY, &format!("claim-{number}"), &claim("Before"));
    }
    eventually("five are stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 5
    })
    .await;
    index.stop().await;

    host.forget();
    let made = alice.create(nsid::ACTIVITY, "after", &claim("After"));
    let index = world.index(&[&host]).await;
    eventually("the new claim is shown", || shown(&index, &made)).await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_away_is_told_as_such() {
    let world = World::new().await;
    let mut gone = Host::new().await;
    gone.url.set_port(Some(1)).expect("a port");
    let config = world.config("index", vec![hypercerts_index::SourceConfig::pds(gone.url.clone())]);
    let index = Running::start(config).expect("the index opens");
    eventually("the status says so", || async {
        let status = index.reader.status().await.expect("an answer");
        let source = &status.sources[0];
        source.last_error.is_some()
            && matches!(source.state, SourceState::Waiting | SourceState::Connecting)
    })
    .await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_refusals_is_bounded() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let mut config =
        world.config("index", vec![hypercerts_index::SourceConfig::pds(host.url.clone())]);
    config.limits = Limits { refusals: 30, refusals_per_account: 10, ..config.limits };
    let index = Running::start(config).expect("the index opens");
    for _ in 0..50 {
        host.say(|_| Bytes::from_static(b"\xff"));
    }
    alice.begin();
    let made = alice.create(nsid::ACTIVITY, "honest", &claim("Honest"));
    eventually("the honest claim is shown", || shown(&index, &made)).await;
    let status = index.reader.status().await.expect("an answer");
    assert_eq!(status.refusals.len(), 30);
    assert_eq!(status.counts.refusals, 50);
    index.stop().await;
}
