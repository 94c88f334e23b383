//! kill -9 while many people write: whatever was acknowledged is there afterwards, files included, everything fits
//! together, and the stream goes on where it was.
//!
//! `HYPERCERTS_CRASH_ROUNDS` says how often.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::process::Up;
use hypercerts_lexicon::{Cid, Did, Handle, Nsid, Tid};
use hypercerts_records::nsid::ACTIVITY;
use hypercerts_repo::{RepoLimits, verify_repo};
use hypercerts_testkit::claim;
use hypercerts_xrpc::client::{
    NewAccount, Session, SessionData, Subscription, SubscriptionError, XrpcClient,
};
use hypercerts_xrpc::frames::Frame;
use hypercerts_xrpc::nsid::sync;
use serde_json::{Value, json};

const ROUNDS: u64 = 12;
/// Of the records written, one in so many refers to a file of its own.
const WITH_FILE: usize = 5;
const WRITERS: usize = 4;

/// What the server said is safe: each record's address and CID, and the CIDs of files by their owner.
#[derive(Default)]
struct Acknowledged {
    records: BTreeMap<String, Cid>,
    files: Vec<(Did, Cid)>,
}

impl Acknowledged {
    fn add(&mut self, more: Self) {
        self.records.extend(more.records);
        self.files.extend(more.files);
    }
}

fn rounds() -> u64 {
    std::env::var("HYPERCERTS_CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives() {
    let data = tempfile::tempdir().unwrap();
    let people = sign_up(data.path()).await;
    let mut acknowledged = Acknowledged::default();
    let mut cursor = 0;
    for round in 0..rounds() {
        let up = Up::start(data.path());
        let reader = tokio::spawn(read_until_the_end(up.client("pds"), cursor));
        let writers = people.iter().map(|person| {
            let session = Session::resume(up.client("pds"), person.clone());
            tokio::spawn(write_until_the_end(session))
        });
        let writers: Vec<_> = writers.collect();
        // Each round ends at another point between two group commits.
        tokio::time::sleep(Duration::from_millis(120 + 37 * (round % 12))).await;
        up.kill();
        for writer in writers {
            acknowledged.add(writer.await.unwrap());
        }
        cursor = reader.await.unwrap();
    }
    let (records, files) = (acknowledged.records.len(), acknowledged.files.len());
    assert!(records > 100 && files > 10, "the writers were busy: {records} and {files}");

    let up = Up::start(data.path());
    for person in &people {
        repository_is_whole(&up, person, &acknowledged.records).await;
    }
    for (did, cid) in &acknowledged.files {
        file_is_whole(&up, did, cid).await;
    }
    the_index_has_all(&up.client("app"), records).await;
}

async fn sign_up(data: &Path) -> Vec<SessionData> {
    let up = Up::start(data);
    let mut people = Vec::new();
    for number in 0..WRITERS {
        let handle = Handle::parse(&format!("writer{number}.test")).unwrap();
        let new = NewAccount {
            handle: &handle,
            password: "correct horse",
            email: None,
            invite_code: None,
        };
        let session = Session::create_account(up.client("pds"), &new).await.unwrap();
        people.push(session.data().await);
    }
    up.kill();
    people
}

/// Writes without a pause until the server is gone; answers what was acknowledged.
async fn write_until_the_end(session: Session) -> Acknowledged {
    let collection = Nsid::parse(ACTIVITY).unwrap();
    let mut acknowledged = Acknowledged::default();
    for number in 0.. {
        let (record, file) = match number % WITH_FILE {
            0 => match with_file(&session).await {
                Some((record, file)) => (record, Some(file)),
                None => break,
            },
            _ => (claim("Under load"), None),
        };
        let Ok(written) = session.create_record(&collection, &record).await else { break };
        acknowledged.records.insert(written.uri.to_string(), written.cid);
        acknowledged.files.extend(file.map(|cid| (session.did().clone(), cid)));
    }
    acknowledged
}

/// Uploads a file nobody has uploaded before and refers to it, if the server is still there.
async fn with_file(session: &Session) -> Option<(Value, Cid)> {
    let mut bytes = vec![0; 20_000];
    getrandom::fill(&mut bytes).unwrap();
    let blob = session.upload_blob("image/png", bytes).await.ok()?;
    let mut record = claim("With a file");
    record["image"] = json!({
        "$type": "org.hypercerts.defs#smallImage",
        "image": {
            "$type": "blob", "ref": { "$link": blob.cid.to_string() },
            "mimeType": "image/png", "size": blob.size,
        },
    });
    Some((record, blob.cid))
}

/// Follows the stream from `cursor`, in which numbers only rise, until the server is gone; the last one seen.
async fn read_until_the_end(pds: XrpcClient, mut cursor: i64) -> i64 {
    let mut stream = Subscription::open(pds.http(), pds.base(), Some(cursor)).await.unwrap();
    loop {
        match stream.next().await {
            Ok(Some(Frame::Event { seq, .. })) => {
                assert!(seq > cursor, "{seq} after {cursor}");
                cursor = seq;
            }
            Ok(Some(frame)) => panic!("{frame:?}"),
            Err(SubscriptionError::Ended(why)) => panic!("{why}"),
            Ok(None) | Err(_) => return cursor,
        }
    }
}

async fn file_is_whole(up: &Up, did: &Did, cid: &Cid) {
    let params = [("did", did.to_string()), ("cid", cid.to_string())];
    let bytes = up.client("pds").query_bytes(sync::GET_BLOB, &params, 1 << 20).await.unwrap();
    assert_eq!(Cid::of_raw(&bytes), *cid, "{cid} was acknowledged");
}

/// The repository verifies from its signature down, is what the server calls its head, and has every record.
async fn repository_is_whole(up: &Up, person: &SessionData, acknowledged: &BTreeMap<String, Cid>) {
    let pds = up.client("pds");
    let params = [("did", person.did.as_str())];
    let car = pds.query_bytes(sync::GET_REPO, &params, 1 << 28).await.unwrap();
    let key = signing_key(up, person).await;

    let mut found = BTreeMap::new();
    let limits = RepoLimits::default();
    let mut repository = verify_repo(car.as_ref(), &person.did, &key, limits).unwrap();
    for record in &mut repository {
        let record = record.unwrap();
        found.insert(format!("at://{}/{}", person.did, record.path().as_str()), record.cid());
    }
    let own = acknowledged.iter().filter(|(uri, _)| uri.contains(person.did.as_str()));
    for (uri, cid) in own {
        assert_eq!(found.get(uri), Some(cid), "{uri} was acknowledged");
    }

    let latest: Value = pds.query(sync::GET_LATEST_COMMIT, &params).await.unwrap();
    assert_eq!(latest["rev"], repository.head().head().rev.to_string());
    let _: Tid = latest["rev"].as_str().unwrap().parse().unwrap();
}

async fn signing_key(up: &Up, person: &SessionData) -> hypercerts_repo::PublicKey {
    let plc = url::Url::parse(up.addresses["plc"].as_str().unwrap()).unwrap();
    let http = up.client("plc").http().clone();
    let directory = hypercerts_identity::plc::Client::new(http, plc);
    directory.document(&person.did).await.unwrap().signing_key().unwrap()
}

/// The index goes on where it was and catches up with every commit, without one that does not follow.
async fn the_index_has_all(app: &XrpcClient, at_least: usize) {
    let begun = Instant::now();
    loop {
        let status: Value = app.query(hypercerts_records::nsid::GET_STATUS, &()).await.unwrap();
        if status["counts"]["records"].as_u64().unwrap() as usize >= at_least {
            assert_eq!(status["refusals"].as_array().unwrap().len(), 0, "{status:#}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the index catches up: {status:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
