//! Uploading blobs, and what records say of them.

use std::time::Duration;

use hypercerts_lexicon::Cid;
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::support::{Account, Answer, TestPds, claim, rkey_of};

/// The smallest thing that begins like a PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

fn with_image(blob: &Value) -> Value {
    let mut record = claim("With a picture");
    record["image"] = json!({ "$type": "org.hypercerts.defs#smallImage", "image": blob });
    record
}

async fn fetch(pds: &TestPds, who: &Account, cid: &str) -> Answer {
    pds.get(sync::GET_BLOB, &[("did", who.did.as_str()), ("cid", cid)]).await
}

async fn listed(pds: &TestPds, who: &Account) -> Value {
    pds.get(sync::LIST_BLOBS, &[("did", who.did.as_str())]).await.json()["cids"].clone()
}

#[tokio::test]
async fn a_blob_becomes_public_with_the_record_that_shows_it() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let blob = pds.upload(&alice, "text/plain; charset=utf-8", PNG).await.json()["blob"].clone();
    let cid = blob["ref"]["$link"].as_str().unwrap().to_owned();
    assert_eq!(cid, Cid::of_raw(PNG).to_string());
    assert_eq!(blob["mimeType"], "image/png", "recognised, whatever was declared");
    assert_eq!(blob["size"], PNG.len());
    fetch(&pds, &alice, &cid).await.is_error(400, "BlobNotFound");
    assert_eq!(listed(&pds, &alice).await, json!([]));

    let made = pds.create(&alice, with_image(&blob)).await.json();
    assert_eq!(made["validationStatus"], "valid");
    let served = fetch(&pds, &alice, &cid).await;
    assert_eq!((served.status(), &served.bytes()[..]), (200, PNG));
    assert_eq!(served.header("content-type"), "image/png");
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert_eq!(served.header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(served.header("content-disposition").starts_with("attachment; filename="));
    assert_eq!(listed(&pds, &alice).await, json!([cid]));

    let bob = pds.account("bob").await;
    fetch(&pds, &bob, &cid).await.is_error(400, "BlobNotFound");
    pds.create(&bob, with_image(&blob)).await.is_error(400, "BlobNotFound");
}

#[tokio::test]
async fn what_a_record_says_of_a_blob_must_be_true_and_allowed() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let blob = pds.upload(&alice, "image/png", PNG).await.json()["blob"].clone();
    let change = |key: &str, value: Value| {
        let mut changed = blob.clone();
        changed[key] = value;
        with_image(&changed)
    };
    let table = [
        (change("mimeType", json!("image/jpeg")), "InvalidMimeType"),
        (change("size", json!(7)), "InvalidSize"),
        (change("ref", json!({ "$link": Cid::of_raw(b"other").to_string() })), "BlobNotFound"),
        (change("mimeType", json!("video/mp4")), "InvalidRequest"),
        (change("size", json!(-1)), "InvalidRequest"),
        (
            with_image(&json!({ "cid": blob["ref"]["$link"], "mimeType": "image/png" })),
            "InvalidRequest",
        ),
    ];
    for (record, name) in table {
        pds.create(&alice, record).await.is_error(400, name);
    }
    let text = pds.upload(&alice, "text/plain", "no picture").await.json()["blob"].clone();
    pds.create(&alice, with_image(&text)).await.is_error(400, "InvalidRequest");
}

#[tokio::test]
async fn uploads_are_bounded_and_need_a_type() {
    let pds = TestPds::start_with(|config| config.max_blob_bytes = 1000).await;
    let alice = pds.account("alice").await;
    let all = pds.upload(&alice, "text/plain", vec![b'x'; 1000]).await.json();
    assert_eq!(all["blob"]["size"], 1000);
    let none = pds.upload(&alice, "text/plain", Vec::new()).await.json();
    assert_eq!(none["blob"]["size"], 0);
    pds.upload(&alice, "text/plain", vec![b'x'; 1001]).await.is_error(413, "PayloadTooLarge");
    pds.upload(&alice, "nonsense", "x").await.is_error(400, "InvalidRequest");
    pds.post_empty(&alice.access, repo::UPLOAD_BLOB).await.is_error(400, "InvalidRequest");
    let left = std::fs::read_dir(pds.dir.path().join("pds/uploads")).unwrap().count();
    assert_eq!(left, 0, "nothing unfinished stays behind");
}

#[tokio::test]
async fn blobs_nobody_refers_to_are_collected_and_others_stay() {
    let pds = TestPds::start_with(|config| config.blob_grace = Duration::ZERO).await;
    let alice = pds.account("alice").await;
    let kept = pds.upload(&alice, "image/png", PNG).await.json()["blob"].clone();
    let shown = pds.create(&alice, with_image(&kept)).await.json();
    pds.upload(&alice, "text/plain", "a draft").await.json();
    assert_eq!(files(&pds), 2);

    let pds = pds.restart().await;
    wait_for(|| files(&pds) == 1).await;
    let cid = kept["ref"]["$link"].as_str().unwrap();
    assert_eq!(fetch(&pds, &alice, cid).await.status(), 200);

    let body = json!({
        "repo": alice.did, "collection": crate::support::ACTIVITY, "rkey": rkey_of(&shown),
    });
    pds.post(&alice.access, repo::DELETE_RECORD, &body).await.json();
    fetch(&pds, &alice, cid).await.is_error(400, "BlobNotFound");
    let pds = pds.restart().await;
    wait_for(|| files(&pds) == 0).await;
    pds.create(&alice, with_image(&kept)).await.is_error(400, "BlobNotFound");
}

/// Blobs on disk.
fn files(pds: &TestPds) -> usize {
    let accounts = std::fs::read_dir(pds.dir.path().join("pds/blobs")).unwrap();
    accounts.map(|account| std::fs::read_dir(account.unwrap().path()).unwrap().count()).sum()
}

async fn wait_for(condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited for five seconds");
}
