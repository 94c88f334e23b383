//! Writing records, rule by rule.

use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, Answer, TestPds, claim, rkey_of};

/// The revision the repository is at.
async fn rev(pds: &TestPds, who: &Account) -> Value {
    pds.get(sync::GET_LATEST_COMMIT, &[("did", who.did.as_str())]).await.json()["rev"].clone()
}

async fn put(pds: &TestPds, who: &Account, rkey: &str, record: Value, more: Value) -> Answer {
    let mut body =
        json!({ "repo": who.did, "collection": ACTIVITY, "rkey": rkey, "record": record });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pds.post(&who.access, repo::PUT_RECORD, &body).await
}

async fn delete(pds: &TestPds, who: &Account, rkey: &str, more: Value) -> Answer {
    let mut body = json!({ "repo": who.did, "collection": ACTIVITY, "rkey": rkey });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pds.post(&who.access, repo::DELETE_RECORD, &body).await
}

#[tokio::test]
async fn a_record_is_created_read_changed_and_deleted() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let made = pds.create(&alice, claim("Mangroves")).await.json();
    assert_eq!(made["validationStatus"], "valid");
    assert_eq!(made["commit"]["rev"], rev(&pds, &alice).await);
    let rkey = rkey_of(&made);
    let read = pds.read(&alice, &rkey).await.json();
    assert_eq!((&read["cid"], &read["value"]), (&made["cid"], &claim("Mangroves")));

    let changed = put(&pds, &alice, &rkey, claim("More mangroves"), json!({})).await.json();
    assert_ne!(changed["cid"], made["cid"]);
    assert_eq!(pds.read(&alice, &rkey).await.json()["value"]["title"], "More mangroves");
    let old = made["cid"].as_str().unwrap();
    let params = [("repo", "alice.test"), ("collection", ACTIVITY), ("rkey", &rkey), ("cid", old)];
    pds.get(repo::GET_RECORD, &params).await.is_error(400, "RecordNotFound");

    let gone = delete(&pds, &alice, &rkey, json!({})).await.json();
    assert!(gone["commit"]["cid"].is_string());
    pds.read(&alice, &rkey).await.is_error(400, "RecordNotFound");
}

#[tokio::test]
async fn what_is_already_so_makes_no_commit() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    put(&pds, &alice, "one", claim("One"), json!({})).await.json();
    let before = rev(&pds, &alice).await;
    let again = put(&pds, &alice, "one", claim("One"), json!({})).await.json();
    assert_eq!(again.get("commit"), None);
    assert!(again["cid"].is_string());
    let missing = delete(&pds, &alice, "two", json!({})).await.json();
    assert_eq!(missing, json!({}));
    assert_eq!(rev(&pds, &alice).await, before);
}

#[tokio::test]
async fn validation_is_as_strict_as_the_client_asks() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let known = claim("A claim");
    let broken = json!({ "title": "No description", "createdAt": "2025-12-31T12:00:00Z" });
    let mut of_the_documentation = known.clone();
    of_the_documentation["description"] = json!("The long text, in the claim itself.");
    let mut no_longer_written = known.clone();
    no_longer_written["workScope"] = json!("mangrove restoration");
    let unknown = json!({ "anything": "goes" });
    let other = "net.example.thing";
    let table = [
        (ACTIVITY, &of_the_documentation, json!(true), Ok(json!("valid"))),
        (ACTIVITY, &no_longer_written, json!(true), Err("workScope")),
        (ACTIVITY, &known, Value::Null, Ok(json!("valid"))),
        (ACTIVITY, &known, json!(true), Ok(json!("valid"))),
        (ACTIVITY, &known, json!(false), Ok(Value::Null)),
        (ACTIVITY, &broken, Value::Null, Err("shortDescription")),
        (ACTIVITY, &broken, json!(true), Err("shortDescription")),
        (ACTIVITY, &broken, json!(false), Ok(Value::Null)),
        (other, &unknown, Value::Null, Ok(json!("unknown"))),
        (other, &unknown, json!(true), Err("Unknown lexicon type")),
        (other, &unknown, json!(false), Ok(Value::Null)),
    ];
    for (collection, record, validate, expected) in table {
        let mut body = json!({ "repo": alice.did, "collection": collection, "record": record });
        if !validate.is_null() {
            body["validate"] = validate.clone();
        }
        let answer = pds.post(&alice.access, repo::CREATE_RECORD, &body).await;
        match expected {
            Ok(status) => {
                let made = answer.json();
                assert_eq!(made["validationStatus"], status, "{collection} {validate}");
            }
            Err(reason) => {
                answer.is_error(400, "InvalidRequest");
                assert!(answer.text().contains(reason), "{}", answer.text());
            }
        }
    }
}

#[tokio::test]
async fn a_missing_type_is_filled_in_and_a_wrong_one_refused() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let mut record = claim("Typed");
    record.as_object_mut().unwrap().remove("$type");
    let made = pds.create(&alice, record.clone()).await.json();
    let read = pds.read(&alice, &rkey_of(&made)).await.json();
    assert_eq!(read["value"]["$type"], ACTIVITY);

    for wrong in [json!("org.hypercerts.collection"), json!(""), json!(7)] {
        record["$type"] = wrong;
        pds.create(&alice, record.clone()).await.is_error(400, "InvalidRequest");
    }
}

#[tokio::test]
async fn swaps_hold_only_for_what_the_client_saw() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let first = put(&pds, &alice, "one", claim("1"), json!({ "swapRecord": null })).await.json();
    let second = put(&pds, &alice, "one", claim("2"), json!({ "swapRecord": first["cid"] }));
    let second = second.await.json();

    let stale = first["commit"]["cid"].clone();
    let before = rev(&pds, &alice).await;
    for more in [
        json!({ "swapRecord": null }),
        json!({ "swapRecord": first["cid"] }),
        json!({ "swapCommit": stale }),
    ] {
        put(&pds, &alice, "one", claim("3"), more).await.is_error(400, "InvalidSwap");
    }
    delete(&pds, &alice, "one", json!({ "swapRecord": first["cid"] }))
        .await
        .is_error(400, "InvalidSwap");
    delete(&pds, &alice, "one", json!({ "swapCommit": stale })).await.is_error(400, "InvalidSwap");
    assert_eq!(rev(&pds, &alice).await, before, "refusals leave no trace");

    let more = json!({ "swapRecord": second["cid"], "swapCommit": second["commit"]["cid"] });
    delete(&pds, &alice, "one", more).await.json();
}

#[tokio::test]
async fn a_record_key_is_used_once_and_only_if_it_is_one() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let create = |collection: &str, rkey: &str, record: Value| json!({ "repo": alice.did, "collection": collection, "rkey": rkey, "record": record });
    let post = async |body: Value| pds.post(&alice.access, repo::CREATE_RECORD, &body).await;
    post(create(ACTIVITY, "mine", claim("Mine"))).await.json();
    post(create(ACTIVITY, "mine", claim("Mine again"))).await.is_error(400, "InvalidRequest");
    for rkey in ["..", "with/slash", "with space", "", &"x".repeat(513)] {
        post(create(ACTIVITY, rkey, claim("No"))).await.is_error(400, "InvalidRequest");
    }
    let profile = json!({ "displayName": "Alice", "createdAt": "2025-12-31T12:00:00Z" });
    let nsid = "app.certified.actor.profile";
    post(create(nsid, "other", profile.clone())).await.is_error(400, "InvalidRequest");
    post(create(nsid, "self", profile)).await.json();
}

#[tokio::test]
async fn a_batch_is_written_whole_or_not_at_all() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let kind = |name: &str| format!("com.atproto.repo.applyWrites#{name}");
    let create = |rkey: &str, title: &str| json!({ "$type": kind("create"), "collection": ACTIVITY, "rkey": rkey, "value": claim(title) });
    let apply = async |writes: Vec<Value>| {
        let body = json!({ "repo": alice.did, "writes": writes });
        pds.post(&alice.access, repo::APPLY_WRITES, &body).await
    };
    let unnamed = json!({ "$type": kind("create"), "collection": ACTIVITY, "value": claim("c") });
    let made = apply(vec![create("a", "a"), create("b", "b"), unnamed]).await.json();
    assert_eq!(made["results"][0]["$type"], kind("createResult"));
    assert_eq!(made["results"][0]["validationStatus"], "valid");
    assert_eq!(made["results"].as_array().unwrap().len(), 3);

    let update = json!({ "$type": kind("update"), "collection": ACTIVITY, "rkey": "a", "value": claim("A") });
    let delete =
        |rkey: &str| json!({ "$type": kind("delete"), "collection": ACTIVITY, "rkey": rkey });
    let mixed = apply(vec![update.clone(), delete("b")]).await.json();
    assert_eq!(mixed["results"][0]["$type"], kind("updateResult"));
    assert_eq!(mixed["results"][1], json!({ "$type": kind("deleteResult") }));

    let before = rev(&pds, &alice).await;
    apply(vec![create("new", "x"), create("a", "exists")]).await.is_error(400, "InvalidRequest");
    apply(vec![create("new", "x"), delete("b")]).await.is_error(400, "RecordNotFound");
    apply(vec![create("new", "x"), delete("new")]).await.error();
    apply(vec![create("new", "x"), create("new", "y")]).await.is_error(400, "InvalidRequest");
    apply(vec![]).await.is_error(400, "InvalidRequest");
    apply(vec![delete("x"); 201]).await.is_error(400, "InvalidRequest");
    assert_eq!(rev(&pds, &alice).await, before);
    pds.read(&alice, "new").await.is_error(400, "RecordNotFound");
    let same = apply(vec![update]).await.json();
    assert_eq!(same.get("commit"), None, "nothing changed");
}

#[tokio::test]
async fn two_hundred_records_fit_in_one_commit() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let writes: Vec<Value> = (0..200)
        .map(|n| {
            let value = claim(&format!("Claim {n}"));
            json!({ "$type": "com.atproto.repo.applyWrites#create", "collection": ACTIVITY, "value": value })
        })
        .collect();
    let body = json!({ "repo": alice.did, "writes": writes });
    let made = pds.post(&alice.access, repo::APPLY_WRITES, &body).await.json();
    assert_eq!(made["results"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn everybody_writes_to_their_own_repository_only() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let bob = pds.account("bob").await;
    for repo_name in [bob.did.as_str(), "bob.test"] {
        let body =
            json!({ "repo": repo_name, "collection": ACTIVITY, "record": claim("Not mine") });
        pds.post(&alice.access, repo::CREATE_RECORD, &body).await.is_error(403, "Forbidden");
    }
    let body = json!({ "repo": "alice.test", "collection": ACTIVITY, "record": claim("Mine") });
    pds.post(&alice.access, repo::CREATE_RECORD, &body).await.json();
}
