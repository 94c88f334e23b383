//! Relays and indexers: being asked to follow, accounts by collection, loose blocks.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use hypercerts_repo::car::{CarLimits, CarReader};
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

use crate::support::{ACTIVITY, Answer, TestPds, claim};

/// A relay that tells what it is asked for.
async fn relay() -> (Url, mpsc::UnboundedReceiver<Value>) {
    let (tell, told) = mpsc::unbounded_channel();
    let tell = Arc::new(tell);
    let asked = move |Json(body): Json<Value>| async move { tell.send(body).unwrap() };
    let router = Router::new().route(&format!("/xrpc/{}", sync::REQUEST_CRAWL), post(asked));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, told)
}

#[tokio::test]
async fn relays_are_asked_to_follow_at_the_start() {
    let (url, mut told) = relay().await;
    let pds = TestPds::start_with(move |config| config.relays = vec![url.clone()]).await;
    let asked = tokio::time::timeout(Duration::from_secs(10), told.recv()).await.unwrap().unwrap();
    let host = format!("{}:{}", pds.base.host_str().unwrap(), pds.base.port().unwrap());
    assert_eq!(asked, json!({ "hostname": host }));
}

async fn with_collection(pds: &TestPds, params: &[(&str, &str)]) -> Answer {
    let collection = ("collection", ACTIVITY);
    pds.get(sync::LIST_REPOS_BY_COLLECTION, &[&[collection], params].concat()).await
}

#[tokio::test]
async fn indexers_learn_who_has_records_of_a_collection() {
    let pds = TestPds::start().await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let (carol, dave) = (pds.account("carol").await, pds.account("dave").await);
    for who in [&alice, &carol, &dave] {
        assert_eq!(pds.create(who, claim("One")).await.status(), 200);
    }
    // A name that begins the same is another collection.
    let body = json!({
        "repo": bob.did, "collection": format!("{ACTIVITY}s"), "record": { "text": "hello" },
    });
    assert_eq!(pds.post(&bob.access, repo::CREATE_RECORD, &body).await.status(), 200);

    let dids = |answer: &Value| -> Vec<String> {
        let repos = answer["repos"].as_array().unwrap().iter();
        repos.map(|repo| repo["did"].as_str().unwrap().to_owned()).collect()
    };
    let first = with_collection(&pds, &[("limit", "2")]).await.json();
    assert_eq!(dids(&first), [alice.did.as_str(), carol.did.as_str()]);
    let cursor = first["cursor"].as_str().unwrap();
    let rest = with_collection(&pds, &[("limit", "2"), ("cursor", cursor)]).await.json();
    assert_eq!((dids(&rest), rest.get("cursor")), (vec![dave.did.to_string()], None));
    with_collection(&pds, &[("cursor", "not ours")]).await.is_error(400, "InvalidRequest");
    with_collection(&pds, &[("limit", "2001")]).await.is_error(400, "InvalidRequest");
}

#[tokio::test]
async fn blocks_are_handed_out_by_cid_or_refused_by_name() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let made = pds.create(&alice, claim("One")).await.json();
    let (record, commit) = (made["cid"].as_str().unwrap(), made["commit"]["cid"].as_str().unwrap());
    let did = ("did", alice.did.as_str());

    let params = [did, ("cids", record), ("cids", commit)];
    let answer = pds.get(sync::GET_BLOCKS, &params).await;
    assert_eq!(answer.header("content-type"), "application/vnd.ipld.car");
    let bytes = answer.bytes();
    let mut car = CarReader::new(&bytes[..], CarLimits::default()).unwrap();
    assert!(car.roots().is_empty());
    let found: Vec<String> = car.by_ref().map(|block| block.unwrap().0.to_string()).collect();
    assert_eq!(found, [record, commit]);

    let absent = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";
    let answer = pds.get(sync::GET_BLOCKS, &[did, ("cids", record), ("cids", absent)]).await;
    answer.is_error(400, "BlockNotFound");
    assert!(answer.text().contains(absent));
    pds.get(sync::GET_BLOCKS, &[did]).await.is_error(400, "InvalidRequest");
}
