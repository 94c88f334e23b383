//! A thousand readers of one stream: each sees everything, once and in order, and none costs a copy of it.

use std::time::Duration;

use hypercerts_lexicon::{Handle, Nsid};
use hypercerts_records::nsid::ACTIVITY;
use hypercerts_testkit::claim;
use hypercerts_xrpc::client::{NewAccount, Session, Subscription};
use hypercerts_xrpc::frames::{Event, Frame};
use tokio::sync::watch;

use crate::process::Up;

const READERS: usize = 1000;
const WRITERS: usize = 4;
const RECORDS_EACH: usize = 25;
/// A memory figure far above what it takes and far below what a copy for every reader would.
const MEMORY_KIB: u64 = 400 * 1024;

/// What a reader saw of a commit.
type Seen = (i64, String);

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_readers_see_everything_in_order() {
    rlimit::increase_nofile_limit(4 * READERS as u64).unwrap();
    let data = tempfile::tempdir().unwrap();
    let up = Up::start(data.path());
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        writers.push(sign_up(&up, number).await);
    }
    let (ready, mut started) = watch::channel(0);
    let readers: Vec<_> =
        (0..READERS).map(|_| tokio::spawn(read(up.client("pds"), ready.clone()))).collect();
    started.wait_for(|count| *count == READERS).await.unwrap();

    let writing = writers.into_iter().map(|session| tokio::spawn(write(session)));
    for written in writing.collect::<Vec<_>>() {
        written.await.unwrap();
    }
    let mut told = Vec::new();
    for reader in readers {
        told.push(reader.await.unwrap());
    }
    let first = &told[0];
    assert_eq!(first.len(), WRITERS * RECORDS_EACH);
    assert!(first.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order");
    assert!(told.iter().all(|seen| seen == first), "everybody the same");
    assert!(up.memory_kib() < MEMORY_KIB, "memory stays bounded: {} KiB", up.memory_kib());
}

async fn sign_up(up: &Up, number: usize) -> Session {
    let handle = Handle::parse(&format!("writer{number}.test")).unwrap();
    let new =
        NewAccount { handle: &handle, password: "correct horse", email: None, invite_code: None };
    Session::create_account(up.client("pds"), &new).await.unwrap()
}

async fn write(session: Session) {
    let collection = Nsid::parse(ACTIVITY).unwrap();
    for _ in 0..RECORDS_EACH {
        session.create_record(&collection, &claim("Seen by a thousand")).await.unwrap();
    }
}

/// Reads from the beginning, past the accounts' own first commits, until every record has come by.
async fn read(pds: hypercerts_xrpc::client::XrpcClient, ready: watch::Sender<usize>) -> Vec<Seen> {
    let mut stream = Subscription::open(pds.http(), pds.base(), Some(0)).await.unwrap();
    ready.send_modify(|count| *count += 1);
    let mut seen = Vec::new();
    while seen.len() < WRITERS * RECORDS_EACH {
        let frame = tokio::time::timeout(Duration::from_secs(60), stream.next()).await;
        if let Some(Frame::Event { seq, event: Event::Commit(commit) }) =
            frame.expect("an event within a minute").unwrap()
            && !commit.ops.is_empty()
        {
            seen.push((seq, commit.commit.to_string()));
        }
    }
    seen
}
