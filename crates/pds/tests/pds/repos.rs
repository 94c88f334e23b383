//! Reading records and repositories.

use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, TestPds, claim};

async fn fill(pds: &TestPds, who: &Account, rkeys: &[&str]) {
    for rkey in rkeys {
        let body =
            json!({ "repo": who.did, "collection": ACTIVITY, "rkey": rkey, "record": claim(rkey) });
        pds.post(&who.access, repo::CREATE_RECORD, &body).await.json();
    }
}

fn titles(page: &Value) -> Vec<&str> {
    let records = page["records"].as_array().unwrap();
    records.iter().map(|record| record["value"]["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn records_are_listed_page_by_page_in_both_directions() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    fill(&pds, &alice, &["a", "b", "c", "d", "e"]).await;
    // Neighbours in the tree that are not in the collection.
    for nsid in ["org.hypercerts.claim.activit", "org.hypercerts.claim.activity.more"] {
        let body = json!({ "repo": alice.did, "collection": nsid, "rkey": "x", "record": {} });
        pds.post(&alice.access, repo::CREATE_RECORD, &body).await.json();
    }
    let list = async |more: &[(&str, &str)]| {
        let mut params = vec![("repo", "alice.test"), ("collection", ACTIVITY)];
        params.extend(more);
        pds.get(repo::LIST_RECORDS, &params).await
    };
    let all = list(&[]).await.json();
    assert_eq!(titles(&all), ["e", "d", "c", "b", "a"]);
    assert_eq!(all.get("cursor"), None);

    let first = list(&[("limit", "2")]).await.json();
    assert_eq!((titles(&first), &first["cursor"]), (vec!["e", "d"], &json!("d")));
    let rest = list(&[("limit", "100"), ("cursor", "d")]).await.json();
    assert_eq!(titles(&rest), ["c", "b", "a"]);
    let upwards = list(&[("limit", "2"), ("reverse", "true"), ("cursor", "b")]).await.json();
    assert_eq!(titles(&upwards), ["c", "d"]);

    for limit in ["0", "101", "-1", "many"] {
        list(&[("limit", limit)]).await.is_error(400, "InvalidRequest");
    }
}

#[tokio::test]
async fn a_repository_is_described_with_its_collections() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    fill(&pds, &alice, &["a", "b"]).await;
    let body = json!({ "repo": alice.did, "collection": "net.example.thing", "record": {} });
    pds.post(&alice.access, repo::CREATE_RECORD, &body).await.json();

    let about = pds.get(repo::DESCRIBE_REPO, &[("repo", "alice.test")]).await.json();
    assert_eq!(about["did"], alice.did.as_str());
    assert_eq!(about["handleIsCorrect"], true);
    assert_eq!(about["didDoc"]["id"], alice.did.as_str());
    assert_eq!(about["collections"], json!(["net.example.thing", ACTIVITY]));
}

#[tokio::test]
async fn accounts_of_this_server_are_listed_with_their_heads() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let bob = pds.account("bob").await;
    let first = pds.get(sync::LIST_REPOS, &[("limit", "1")]).await.json();
    let listed = &first["repos"][0];
    assert_eq!((&listed["did"], &listed["active"]), (&json!(alice.did), &json!(true)));
    let head = pds.get(sync::GET_LATEST_COMMIT, &[("did", alice.did.as_str())]).await.json();
    assert_eq!((&listed["head"], &listed["rev"]), (&head["cid"], &head["rev"]));
    let status = pds.get(sync::GET_REPO_STATUS, &[("did", alice.did.as_str())]).await.json();
    assert_eq!(status, json!({ "did": alice.did, "active": true, "rev": head["rev"] }));

    let cursor = first["cursor"].as_str().unwrap();
    let second = pds.get(sync::LIST_REPOS, &[("limit", "1"), ("cursor", cursor)]).await.json();
    assert_eq!(second["repos"][0]["did"], bob.did.as_str());
    let cursor = second["cursor"].as_str().unwrap();
    let end = pds.get(sync::LIST_REPOS, &[("cursor", cursor)]).await.json();
    assert_eq!(end, json!({ "repos": [] }));
}

#[tokio::test]
async fn strangers_repositories_are_not_here() {
    let pds = TestPds::start().await;
    let did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    for method in [sync::GET_REPO, sync::GET_LATEST_COMMIT, sync::GET_REPO_STATUS, sync::LIST_BLOBS]
    {
        pds.get(method, &[("did", did)]).await.is_error(400, "RepoNotFound");
        pds.get(method, &[]).await.is_error(400, "InvalidRequest");
        pds.get(method, &[("did", "nobody")]).await.is_error(400, "InvalidRequest");
    }
    pds.get(repo::DESCRIBE_REPO, &[("repo", did)]).await.is_error(400, "RepoNotFound");
    let params = [("repo", did), ("collection", ACTIVITY)];
    pds.get(repo::LIST_RECORDS, &params).await.is_error(400, "RepoNotFound");
}
