//! The stream of events: replay, live, and everything in it verified.

use std::collections::HashMap;
use std::time::Duration;

use hypercerts_lexicon::{Did, Tid};
use hypercerts_repo::{CommitEventParts, Head, verify_commit_event, verify_sync_event};
use hypercerts_xrpc::client::{Subscription, SubscriptionError};
use hypercerts_xrpc::frames::{CommitEvent, Event, Frame};
use hypercerts_xrpc::nsid::{identity, repo};
use serde_json::json;

use crate::support::{ACTIVITY, TestPds, claim, rkey_of};

async fn follow(pds: &TestPds, cursor: Option<i64>) -> Subscription {
    Subscription::open(&pds.http, &pds.base, cursor).await.unwrap()
}

async fn next(stream: &mut Subscription) -> (i64, Event) {
    let frame = tokio::time::timeout(Duration::from_secs(10), stream.next()).await;
    match frame.expect("an event within ten seconds").unwrap() {
        Some(Frame::Event { seq, event }) => (seq, event),
        other => panic!("{other:?}"),
    }
}

async fn take(stream: &mut Subscription, count: usize) -> Vec<(i64, Event)> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(next(stream).await);
    }
    events
}

fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_microsecond()).unwrap()
}

/// Checks commits the way a careful follower does: each against the state after the one before.
#[derive(Default)]
pub struct Follower {
    heads: HashMap<Did, Head>,
}

impl Follower {
    pub async fn verify(&mut self, pds: &TestPds, event: &CommitEvent) {
        let key = pds.key(&event.repo).await;
        let parts = CommitEventParts {
            did: &event.repo,
            rev: event.rev,
            since: event.since,
            prev_data: event.prev_data,
            commit: event.commit,
            ops: &event.ops,
            blocks: &event.blocks,
        };
        let verified =
            verify_commit_event(&parts, &key, self.heads.get(&event.repo), now()).unwrap();
        self.heads.insert(event.repo.clone(), *verified.head());
    }
}

fn kinds(events: &[(i64, Event)]) -> Vec<&'static str> {
    let kind = |event: &Event| match event {
        Event::Commit(_) => "commit",
        Event::Sync(_) => "sync",
        Event::Identity(_) => "identity",
        Event::Account(_) => "account",
    };
    events.iter().map(|(_, event)| kind(event)).collect()
}

#[tokio::test]
async fn everything_that_happens_is_told_in_order_and_verifies() {
    let pds = TestPds::start().await;
    let mut live = follow(&pds, None).await;
    let alice = pds.account("alice").await;
    let made = pds.create(&alice, claim("One")).await.json();
    pds.create(&alice, claim("Two")).await.json();
    let record = json!({
        "repo": alice.did, "collection": ACTIVITY, "rkey": rkey_of(&made), "record": claim("1"),
    });
    pds.post(&alice.access, repo::PUT_RECORD, &record).await.json();
    pds.post(&alice.access, repo::DELETE_RECORD, &record).await.json();
    let rename = json!({ "handle": "alicia.test" });
    pds.post(&alice.access, identity::UPDATE_HANDLE, &rename).await;

    let events = take(&mut live, 9).await;
    let told = [
        "identity", "account", "commit", "sync", "commit", "commit", "commit", "commit", "identity",
    ];
    assert_eq!(kinds(&events), told);
    let numbers: Vec<i64> = events.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(numbers, (1..=9).collect::<Vec<_>>());

    let mut follower = Follower::default();
    let mut revs: Vec<Tid> = Vec::new();
    for (_, event) in &events {
        match event {
            Event::Commit(commit) => {
                follower.verify(&pds, commit).await;
                revs.push(commit.rev);
            }
            Event::Sync(sync) => {
                let key = pds.key(&sync.did).await;
                verify_sync_event(&sync.did, sync.rev, &sync.blocks, &key, now()).unwrap();
            }
            Event::Account(account) => assert!(account.active),
            Event::Identity(identity) => assert!(identity.handle.is_some()),
        }
    }
    assert!(revs.is_sorted_by(|one, next| one < next));
    let Event::Commit(first) = &events[2].1 else { panic!("no commit") };
    assert!(first.ops.is_empty() && first.since.is_none() && first.prev_data.is_none());

    let mut replay = follow(&pds, Some(0)).await;
    assert_eq!(take(&mut replay, 9).await, events, "the same again for whoever comes later");
    let mut from_five = follow(&pds, Some(5)).await;
    assert_eq!(take(&mut from_five, 4).await, events[5..]);
}

#[tokio::test]
async fn a_long_replay_runs_over_into_live_events_without_a_gap() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    for batch in 0..5 {
        let writes: Vec<_> = (0..50)
            .map(|n| {
                let title = format!("{batch}-{n}");
                json!({ "$type": "com.atproto.repo.applyWrites#create", "collection": ACTIVITY, "value": claim(&title) })
            })
            .collect();
        let body = json!({ "repo": alice.did, "writes": writes });
        pds.post(&alice.access, repo::APPLY_WRITES, &body).await.json();
    }
    // After a restart nothing of the past is in memory.
    let pds = pds.restart().await;
    let mut stream = follow(&pds, Some(0)).await;
    let mut seen = take(&mut stream, 6).await;
    for n in 0..20 {
        pds.create(&alice, claim(&format!("live {n}"))).await.json();
    }
    seen.extend(take(&mut stream, 23).await);
    let numbers: Vec<i64> = seen.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(numbers, (1..=29).collect::<Vec<_>>());
    let mut follower = Follower::default();
    for (_, event) in &seen {
        if let Event::Commit(commit) = event {
            follower.verify(&pds, commit).await;
        }
    }
}

#[tokio::test]
async fn cursors_that_make_no_sense_are_told_so() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let ended = async |cursor| match follow(&pds, Some(cursor)).await.next().await {
        Err(SubscriptionError::Ended(why)) => why.name,
        other => panic!("{other:?}"),
    };
    assert_eq!(ended(5).await, "FutureCursor");
    assert_eq!(ended(i64::MAX).await, "FutureCursor");
    assert_eq!(ended(-1).await, "InvalidRequest");

    let mut at_head = follow(&pds, Some(4)).await;
    pds.account("bob").await;
    assert_eq!(next(&mut at_head).await.0, 5);
    pds.get("com.atproto.sync.subscribeRepos", &[]).await.is_error(400, "InvalidRequest");
}

#[tokio::test]
async fn a_reader_from_long_ago_is_told_that_events_are_gone() {
    let pds = TestPds::start_with(|config| config.event_retention = Duration::ZERO).await;
    let alice = pds.account("alice").await;
    for n in 0..3 {
        pds.create(&alice, claim(&n.to_string())).await.json();
    }
    // Upkeep runs at the start; the newest event always stays.
    let pds = pds.restart().await;
    let mut outdated = loop {
        let mut stream = follow(&pds, Some(1)).await;
        match stream.next().await.unwrap() {
            Some(Frame::Info(info)) => {
                assert_eq!(info.name, "OutdatedCursor");
                break stream;
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!(next(&mut outdated).await.0, 7);
    pds.create(&alice, claim("new")).await.json();
    assert_eq!(next(&mut outdated).await.0, 8, "numbers are never used again");
    let mut oldest = follow(&pds, Some(0)).await;
    assert_eq!(next(&mut oldest).await.0, 7);
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_cut_off_and_hinders_nobody() {
    let pds = TestPds::start_with(|config| config.slow_reader = Duration::from_millis(300)).await;
    let alice = pds.account("alice").await;
    for n in 0..40 {
        let mut record = claim(&n.to_string());
        record["filler"] = json!("x".repeat(500_000));
        pds.create(&alice, record).await.json();
    }
    let mut asleep = follow(&pds, Some(0)).await;
    let mut awake = follow(&pds, Some(0)).await;
    assert_eq!(take(&mut awake, 44).await.len(), 44);
    tokio::time::sleep(Duration::from_secs(1)).await;
    // What had been sent is still there to be read, but not all of it was.
    let mut seen = 0;
    while let Ok(Some(Frame::Event { .. })) = asleep.next().await {
        seen += 1;
    }
    assert!(seen < 44, "{seen}");
    pds.create(&alice, claim("and on")).await.json();
    assert_eq!(next(&mut awake).await.0, 45);
}
