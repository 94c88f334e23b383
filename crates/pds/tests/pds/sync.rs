//! What others fetch to check for themselves: whole repositories and proofs.

use std::collections::BTreeMap;

use hypercerts_lexicon::{Cid, Tid};
use hypercerts_repo::car::{CarLimits, CarReader};
use hypercerts_repo::{Proof, RepoLimits, verify_record, verify_repo};
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, Answer, TestPds, claim, path};

/// Writes `count` records under known keys, in batches.
async fn fill(pds: &TestPds, who: &Account, count: usize) -> BTreeMap<String, Cid> {
    let mut written = BTreeMap::new();
    for batch in (0..count).collect::<Vec<_>>().chunks(100) {
        let writes: Vec<Value> = batch
            .iter()
            .map(|n| {
                json!({
                    "$type": "com.atproto.repo.applyWrites#create", "collection": ACTIVITY,
                    "rkey": format!("key-{n}"), "value": claim(&format!("Claim {n}")),
                })
            })
            .collect();
        let body = json!({ "repo": who.did, "writes": writes });
        let made = pds.post(&who.access, repo::APPLY_WRITES, &body).await.json();
        for result in made["results"].as_array().unwrap() {
            let (_, rkey) = result["uri"].as_str().unwrap().rsplit_once('/').unwrap();
            let cid = result["cid"].as_str().unwrap().parse().unwrap();
            written.insert(format!("{ACTIVITY}/{rkey}"), cid);
        }
    }
    written
}

async fn get_repo(pds: &TestPds, who: &Account, since: Option<&str>) -> Answer {
    let mut params = vec![("did", who.did.as_str())];
    params.extend(since.map(|since| ("since", since)));
    pds.get(sync::GET_REPO, &params).await
}

#[tokio::test]
async fn a_repository_is_exported_whole_and_verifies_without_a_buffer() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let written = fill(&pds, &alice, 500).await;
    let car = get_repo(&pds, &alice, None).await;
    assert_eq!(car.header("content-type"), "application/vnd.ipld.car");

    let key = pds.key(&alice.did).await;
    // No buffer: every block comes when it is needed.
    let limits = RepoLimits { buffer: 0, ..RepoLimits::default() };
    let bytes = car.bytes();
    let verified = verify_repo(&bytes[..], &alice.did, &key, limits).unwrap();
    let head = *verified.head().head();
    let records: BTreeMap<String, Cid> = verified
        .map(|record| record.map(|record| (record.path().to_string(), record.cid())).unwrap())
        .collect();
    assert_eq!(records, written);
    let latest = pds.get(sync::GET_LATEST_COMMIT, &[("did", alice.did.as_str())]).await.json();
    assert_eq!(latest, json!({ "cid": head.commit, "rev": head.rev }));

    let blocks = CarReader::new(&bytes[..], CarLimits::default()).unwrap().count();
    assert!(blocks > written.len(), "records, nodes and the commit");
}

#[tokio::test]
async fn an_empty_repository_is_exported_too() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let car = get_repo(&pds, &alice, None).await.bytes();
    let key = pds.key(&alice.did).await;
    let verified = verify_repo(&car[..], &alice.did, &key, RepoLimits::default()).unwrap();
    assert_eq!(verified.count(), 0);
}

#[tokio::test]
async fn since_leaves_out_what_did_not_change() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    fill(&pds, &alice, 300).await;
    let before = pds.get(sync::GET_LATEST_COMMIT, &[("did", alice.did.as_str())]).await.json();
    let made = pds.create(&alice, claim("News")).await.json();

    let whole = get_repo(&pds, &alice, None).await.bytes();
    let news = get_repo(&pds, &alice, before["rev"].as_str()).await.bytes();
    assert!(news.len() < whole.len() / 10, "{} of {}", news.len(), whole.len());
    let blocks = CarReader::new(&news[..], CarLimits::default()).unwrap();
    let cids: Vec<String> = blocks.map(|block| block.unwrap().0.to_string()).collect();
    assert!(cids.contains(&made["cid"].as_str().unwrap().to_owned()));
    assert!(cids.contains(&made["commit"]["cid"].as_str().unwrap().to_owned()));
    Tid::parse(made["commit"]["rev"].as_str().unwrap()).unwrap();
}

#[tokio::test]
async fn presence_and_absence_of_a_record_are_proven() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let written = fill(&pds, &alice, 200).await;
    let key = pds.key(&alice.did).await;
    for rkey in ["key-0", "key-77", "key-199", "absent", "zzz"] {
        let params = [("did", alice.did.as_str()), ("collection", ACTIVITY), ("rkey", rkey)];
        let car = pds.get(sync::GET_RECORD, &params).await;
        assert_eq!(car.status(), 200);
        let path = path(ACTIVITY, rkey);
        let proof = verify_record(&car.bytes(), &alice.did, &path, &key).unwrap();
        match (proof, written.get(path.as_str())) {
            (Proof::Present(record), Some(cid)) => assert_eq!(record.cid(), *cid),
            (Proof::Absent(_), None) => {}
            (proof, _) => panic!("{rkey}: {proof:?}"),
        }
    }
}
