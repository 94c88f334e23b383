//! Input that no honest client sends, and a disk that is full.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::{repo, server, sync};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, PASSWORD, TestPds, claim, rkey_of};

#[tokio::test]
async fn bodies_that_are_no_records_are_refused_with_a_reason() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let envelope = |record: &str| {
        format!(r#"{{"repo":"{}","collection":"net.example.thing","record":{record}}}"#, alice.did)
    };
    let nested = |depth: usize| format!("{}0{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let table = [
        "not json".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        envelope("[]"),
        envelope("7"),
        envelope("null"),
        envelope(r#"{"half": 1.5}"#),
        envelope(r#"{"huge": 9007199254740993}"#),
        envelope(r#"{"huge": 1e300}"#),
        envelope(r#"{"link": {"$link": "not a cid"}}"#),
        envelope(r#"{"bytes": {"$bytes": "*"}}"#),
        envelope(r#"{"blob": {"$type": "blob"}}"#),
        envelope(r#"{"inner": {"$type": ""}}"#),
        envelope(&nested(200)),
        envelope(&nested(50_000)),
    ];
    for body in table {
        let url = pds.method(repo::CREATE_RECORD, &[]);
        let request =
            Request::post(url).bearer(&alice.access).body("application/json", body.clone());
        let answer = pds.send(request).await;
        assert_eq!(answer.error().0, 400, "{}", &body[..body.len().min(200)]);
    }
    let whole = r#"{"n": 123.0}"#;
    let url = pds.method(repo::CREATE_RECORD, &[]);
    let request =
        Request::post(url).bearer(&alice.access).body("application/json", envelope(whole));
    pds.send(request).await.json();
}

#[tokio::test]
async fn what_is_too_large_or_of_the_wrong_kind_is_refused_at_the_door() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let mut large = claim("Large");
    large["filler"] = json!("x".repeat(1_000_000));
    pds.create(&alice, large).await.is_error(413, "PayloadTooLarge");
    let long = json!({ "identifier": "a".repeat(200_000), "password": PASSWORD });
    pds.post_anonymous(server::CREATE_SESSION, &long).await.is_error(413, "PayloadTooLarge");

    let url = pds.method(server::CREATE_SESSION, &[]);
    let text = Request::post(url.clone()).body("text/plain", "hello");
    pds.send(text).await.is_error(415, "UnsupportedMediaType");
    pds.send(Request::get(url)).await.is_error(400, "InvalidRequest");
    pds.post_anonymous(sync::GET_REPO, &json!({})).await.is_error(400, "InvalidRequest");
    pds.get("com.example.unknown", &[]).await.is_error(501, "MethodNotImplemented");
}

#[tokio::test]
async fn a_full_disk_stops_writing_but_not_reading_and_loses_nothing() {
    let pds = TestPds::start_with(|config| config.max_database_bytes = Some(1_500_000)).await;
    let alice = pds.account("alice").await;
    let mut written: Vec<Value> = Vec::new();
    let refused = loop {
        let mut record = claim(&format!("Claim {}", written.len()));
        record["filler"] = json!("x".repeat(20_000));
        let answer = pds.create(&alice, record).await;
        match answer.status() {
            200 => written.push(answer.json()),
            _ => break answer,
        }
        assert!(written.len() < 1000, "it never got full");
    };
    refused.is_error(503, "NotEnoughResources");
    assert!(written.len() > 5);
    let url = pds.method(server::CREATE_ACCOUNT, &[]);
    let body = json!({ "handle": "bob.test", "password": PASSWORD });
    let full = pds.send(Request::post(url).json(&body)).await.status();
    assert!(full == 503 || full == 200, "{full}");

    for record in &written {
        assert_eq!(pds.read(&alice, &rkey_of(record)).await.json()["cid"], record["cid"]);
    }
    let latest = pds.get(sync::GET_LATEST_COMMIT, &[("did", alice.did.as_str())]).await.json();
    assert_eq!(latest["cid"], written.last().unwrap()["commit"]["cid"]);

    // Room again: what is deleted makes place for what is written.
    for record in &written[..5] {
        let body = json!({ "repo": alice.did, "collection": ACTIVITY, "rkey": rkey_of(record) });
        let _ = pds.post(&alice.access, repo::DELETE_RECORD, &body).await;
    }
    let pds = pds.restart().await;
    let kept = pds.read(&alice, &rkey_of(&written[6])).await.json();
    assert_eq!(kept["cid"], written[6]["cid"]);
}
