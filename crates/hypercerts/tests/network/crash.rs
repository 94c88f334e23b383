//! kill -9 while many people write: whatever was acknowledged is there afterwards, and everything fits together.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::process::Up;
use hypercerts_lexicon::{Cid, Handle, Nsid, Tid};
use hypercerts_records::nsid::ACTIVITY;
use hypercerts_repo::{RepoLimits, verify_repo};
use hypercerts_testkit::claim;
use hypercerts_xrpc::client::{NewAccount, Session, SessionData, XrpcClient};
use hypercerts_xrpc::nsid::sync;
use serde_json::Value;

const ROUNDS: u64 = 12;
const WRITERS: usize = 4;

/// What the server said is safe: each record's address and CID.
type Acknowledged = BTreeMap<String, Cid>;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives() {
    let data = tempfile::tempdir().unwrap();
    let people = sign_up(data.path()).await;
    let mut acknowledged = Acknowledged::new();
    for round in 0..ROUNDS {
        let up = Up::start(data.path());
        let writers = people.iter().map(|person| {
            let session = Session::resume(up.client("pds"), person.clone());
            tokio::spawn(write_until_the_end(session))
        });
        let writers: Vec<_> = writers.collect();
        // Each round ends at another point between two group commits.
        tokio::time::sleep(Duration::from_millis(120 + 37 * round)).await;
        up.kill();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }
    assert!(acknowledged.len() > 100, "the writers were busy: {}", acknowledged.len());

    let up = Up::start(data.path());
    for person in &people {
        repository_is_whole(&up, person, &acknowledged).await;
    }
    the_index_has_all(&up.client("app"), acknowledged.len()).await;
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
    let mut acknowledged = Acknowledged::new();
    while let Ok(written) = session.create_record(&collection, &claim("Under load")).await {
        acknowledged.insert(written.uri.to_string(), written.cid);
    }
    acknowledged
}

/// The repository verifies from its signature down, is what the server calls its head, and has every record.
async fn repository_is_whole(up: &Up, person: &SessionData, acknowledged: &Acknowledged) {
    let pds = up.client("pds");
    let params = [("did", person.did.as_str())];
    let car = pds.query_bytes(sync::GET_REPO, &params, 1 << 28).await.unwrap();
    let key = signing_key(up, person).await;

    let mut found = Acknowledged::new();
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
