//! Many writers at once.

use std::collections::HashSet;
use std::sync::Arc;

use hypercerts_lexicon::Tid;
use hypercerts_repo::{RepoLimits, verify_repo};
use hypercerts_xrpc::client::Subscription;
use hypercerts_xrpc::frames::{Event, Frame};
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::firehose::Follower;
use crate::support::{ACTIVITY, Account, TestPds, claim};

const ACCOUNTS: usize = 4;
const WRITERS: usize = 4;
const RECORDS: usize = 25;

/// One of several writers to the same account; what was acknowledged.
async fn write_many(pds: Arc<TestPds>, who: Account, writer: usize) -> Vec<Value> {
    let mut answers = Vec::new();
    for n in 0..RECORDS {
        answers.push(pds.create(&who, claim(&format!("{writer}/{n}"))).await.json());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_acknowledged_is_there_and_every_commit_follows_from_the_last() {
    let pds = Arc::new(TestPds::start().await);
    let mut accounts = Vec::new();
    for n in 0..ACCOUNTS {
        accounts.push(pds.account(&format!("writer{n}")).await);
    }
    let mut tasks = Vec::new();
    for account in &accounts {
        for writer in 0..WRITERS {
            tasks.push(tokio::spawn(write_many(Arc::clone(&pds), account.clone(), writer)));
        }
    }
    let mut acknowledged = HashSet::new();
    for task in tasks {
        for answer in task.await.unwrap() {
            let cid = answer["cid"].as_str().unwrap().to_owned();
            assert!(acknowledged.insert((answer["uri"].as_str().unwrap().to_owned(), cid)));
        }
    }
    assert_eq!(acknowledged.len(), ACCOUNTS * WRITERS * RECORDS);
    assert_eq!(stored(&pds, &accounts).await, acknowledged);
    check_stream(&pds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_that_undo_each_other_leave_a_whole_tree() {
    let pds = Arc::new(TestPds::start().await);
    let alice = pds.account("alice").await;
    let tasks: Vec<_> = (0..8)
        .map(|writer| tokio::spawn(put_and_delete(Arc::clone(&pds), alice.clone(), writer)))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(stored(&pds, &[alice]).await.len(), KEYS);
    let mut follower = Follower::default();
    let mut stream = Subscription::open(&pds.http, &pds.base, Some(0)).await.unwrap();
    let mut puts = 0;
    while puts < KEYS {
        let Some(Frame::Event { event, .. }) = stream.next().await.unwrap() else {
            panic!("the stream ended")
        };
        if let Event::Commit(commit) = event {
            follower.verify(&pds, &commit).await;
            puts += commit.ops.iter().filter(|op| op.path().as_str().contains("last")).count();
        }
    }
}

/// Records that stay in the end.
const KEYS: usize = 8;

/// Puts the same few records and takes them away again, over and over; in the end one stays.
async fn put_and_delete(pds: Arc<TestPds>, who: Account, writer: usize) {
    for round in 0..20 {
        let rkey = format!("key-{}", (writer + round) % 5);
        let mut body = json!({ "repo": who.did, "collection": ACTIVITY, "rkey": rkey });
        pds.post(&who.access, repo::DELETE_RECORD, &body).await.json();
        body["record"] = claim(&rkey);
        pds.post(&who.access, repo::PUT_RECORD, &body).await.json();
    }
    for n in 0..5 {
        let body = json!({ "repo": who.did, "collection": ACTIVITY, "rkey": format!("key-{n}") });
        pds.post(&who.access, repo::DELETE_RECORD, &body).await.json();
    }
    let mut body = json!({ "repo": who.did, "collection": ACTIVITY, "record": claim("last") });
    body["rkey"] = json!(format!("last-{writer}"));
    pds.post(&who.access, repo::PUT_RECORD, &body).await.json();
}

/// What the repositories hold, each verified as a whole.
async fn stored(pds: &TestPds, accounts: &[Account]) -> HashSet<(String, String)> {
    let mut stored = HashSet::new();
    for account in accounts {
        let car = pds.get(sync::GET_REPO, &[("did", account.did.as_str())]).await.bytes();
        let key = pds.key(&account.did).await;
        let records = verify_repo(&car[..], &account.did, &key, RepoLimits::default()).unwrap();
        for record in records.map(Result::unwrap) {
            let uri = format!("at://{}/{}", account.did, record.path());
            stored.insert((uri, record.cid().to_string()));
        }
    }
    stored
}

/// Numbers without a gap, revisions that increase, commits that follow from each other.
async fn check_stream(pds: &TestPds) {
    let mut stream = Subscription::open(&pds.http, &pds.base, Some(0)).await.unwrap();
    let mut follower = Follower::default();
    let mut revs = std::collections::HashMap::<_, Tid>::new();
    for number in 1..=(4 * ACCOUNTS + ACCOUNTS * WRITERS * RECORDS) as i64 {
        let Some(Frame::Event { seq, event }) = stream.next().await.unwrap() else {
            panic!("the stream ended")
        };
        assert_eq!(seq, number);
        if let Event::Commit(commit) = event {
            follower.verify(pds, &commit).await;
            let before = revs.insert(commit.repo, commit.rev);
            assert!(before < Some(commit.rev));
        }
    }
}
