//! An account moves from one server to another.

use std::time::Duration;

use bytes::Bytes;
use hypercerts_identity::net::Request;
use hypercerts_identity::plc::{Operation, PlcData};
use hypercerts_lexicon::Did;
use hypercerts_repo::{Curve, RepoLimits, SecretKey, verify_repo};
use hypercerts_xrpc::client::Subscription;
use hypercerts_xrpc::frames::{Event, Frame};
use hypercerts_xrpc::nsid::{identity, repo, server, sync};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, Answer, PASSWORD, TestPds, claim, rkey_of};

/// The key of her own with which the owner may change the DID's document.
fn recovery_key() -> SecretKey {
    SecretKey::from_bytes(Curve::K256, &[42; 32]).unwrap()
}

/// An account with a recovery key, records, and a picture.
async fn settled(pds: &TestPds) -> Account {
    let key = recovery_key().public().to_did_key();
    let body = json!({
        "handle": "alice.test", "email": "alice@mail.test", "password": PASSWORD,
        "recoveryKey": key,
    });
    let alice = account(&pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.json());
    for n in 0..30 {
        pds.create(&alice, claim(&format!("Claim {n}"))).await.json();
    }
    let blob = pds.upload(&alice, "image/png", PICTURE).await.json()["blob"].clone();
    let mut record = claim("With a picture");
    record["image"] = json!({ "$type": "org.hypercerts.defs#smallImage", "image": blob });
    pds.create(&alice, record).await.json();
    alice
}

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n a picture";

fn account(made: &Value) -> Account {
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    Account {
        did: Did::parse(&text("did")).unwrap(),
        access: text("accessJwt"),
        refresh: text("refreshJwt"),
    }
}

async fn server_did(pds: &TestPds) -> String {
    let described = pds.get(server::DESCRIBE_SERVER, &[]).await.json();
    described["did"].as_str().unwrap().to_owned()
}

/// The old server vouches for the owner, before the new one.
async fn token(old: &TestPds, new: &TestPds, who: &Account) -> String {
    let aud = server_did(new).await;
    let url =
        old.method(server::GET_SERVICE_AUTH, &[("aud", &aud), ("lxm", server::CREATE_ACCOUNT)]);
    let made = old.send(Request::get(url).bearer(&who.access)).await.json();
    made["token"].as_str().unwrap().to_owned()
}

async fn arrive(new: &TestPds, token: &str, did: &Did) -> Answer {
    let body = json!({ "did": did, "handle": "alice.second.test", "password": PASSWORD });
    new.post(token, server::CREATE_ACCOUNT, &body).await
}

async fn export(pds: &TestPds, did: &Did) -> Bytes {
    pds.get(sync::GET_REPO, &[("did", did.as_str())]).await.bytes()
}

async fn import(pds: &TestPds, who: &Account, car: impl Into<Bytes>) -> Answer {
    let request = Request::post(pds.method(repo::IMPORT_REPO, &[]));
    pds.send(request.bearer(&who.access).body("application/vnd.ipld.car", car)).await
}

async fn missing(pds: &TestPds, who: &Account) -> Vec<Value> {
    let listed = pds.get_as(&who.access, repo::LIST_MISSING_BLOBS).await.json();
    listed["blobs"].as_array().unwrap().clone()
}

async fn records(pds: &TestPds, did: &Did) -> Vec<(String, String)> {
    let params = [("repo", did.as_str()), ("collection", ACTIVITY), ("limit", "100")];
    let listed = pds.get(repo::LIST_RECORDS, &params).await.json();
    let text = |record: &Value, key: &str| record[key].as_str().unwrap().to_owned();
    let records = listed["records"].as_array().unwrap().iter();
    records.map(|record| (text(record, "uri"), text(record, "cid"))).collect()
}

/// Has the DID's document name the new server, signed with the owner's own key.
async fn change_document(new: &TestPds, who: &Account) -> Answer {
    let recommended = new.get_as(&who.access, identity::GET_RECOMMENDED_DID_CREDENTIALS).await;
    let data: PlcData = serde_json::from_value(recommended.json()).unwrap();
    let log = new.resolver.plc().verified_log(&who.did).await.unwrap();
    let operation = Operation::Set { data, prev: Some(log.head().cid) }.sign(&recovery_key());
    new.post(&who.access, identity::SUBMIT_PLC_OPERATION, &json!({ "operation": operation })).await
}

#[tokio::test]
async fn an_account_moves_with_its_did_its_records_and_its_files() {
    let old = TestPds::start().await;
    let new = old.second().await;
    let before = settled(&old).await;
    let did = &before.did;
    let kept = records(&old, did).await;

    let made = arrive(&new, &token(&old, &new, &before).await, did).await.json();
    assert_eq!((&made["active"], &made["status"]), (&json!(false), &json!("deactivated")));
    let after = account(&made);
    assert_eq!(after.did, *did);
    let params = [("did", did.as_str())];
    new.get(sync::GET_REPO, &params).await.is_error(400, "RepoDeactivated");
    assert_eq!(new.create(&after, claim("Too early")).await.error().1, "RepoDeactivated");

    assert_eq!(import(&new, &after, export(&old, did).await).await.status(), 200);
    let gaps = missing(&new, &after).await;
    assert_eq!(gaps.len(), 1);
    assert!(kept.iter().any(|(uri, _)| *uri == gaps[0]["recordUri"]));
    let status = new.get_as(&after.access, server::CHECK_ACCOUNT_STATUS).await.json();
    assert_eq!(status["indexedRecords"], kept.len());
    assert_eq!((&status["expectedBlobs"], &status["importedBlobs"]), (&json!(1), &json!(0)));
    assert_eq!((&status["validDid"], &status["activated"]), (&json!(false), &json!(false)));

    let blob = [("did", did.as_str()), ("cid", gaps[0]["cid"].as_str().unwrap())];
    let picture = old.get(sync::GET_BLOB, &blob).await.bytes();
    assert_eq!(new.upload(&after, "image/png", picture).await.status(), 200);
    assert!(missing(&new, &after).await.is_empty());

    let early = new.post_empty(&after.access, server::ACTIVATE_ACCOUNT).await;
    early.is_error(400, "IncompatibleDidDoc");
    assert_eq!(change_document(&new, &after).await.status(), 200);
    let mut stream = Subscription::open(&new.http, &new.base, None).await.unwrap();
    assert_eq!(new.post_empty(&after.access, server::ACTIVATE_ACCOUNT).await.status(), 200);
    let gone = old.post(&before.access, server::DEACTIVATE_ACCOUNT, &json!({})).await;
    assert_eq!(gone.status(), 200);

    arrived(&mut stream, did).await;
    assert_eq!(records(&new, did).await, kept);
    assert_eq!(&new.get(sync::GET_BLOB, &blob).await.bytes()[..], PICTURE);
    let (car, key) = (export(&new, did).await, new.key(did).await);
    let verified = verify_repo(&car[..], did, &key, RepoLimits::default()).unwrap();
    assert_eq!(verified.map(Result::unwrap).count(), kept.len());
    new.create(&after, claim("At home")).await.json();
    old.get(sync::GET_REPO, &params).await.is_error(400, "RepoDeactivated");
    let status = old.get(sync::GET_REPO_STATUS, &params).await.json();
    assert_eq!(status, json!({ "did": did, "active": false, "status": "deactivated" }));
}

/// What followers of the new server are told.
async fn arrived(stream: &mut Subscription, did: &Did) {
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let frame = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap();
        match frame.unwrap() {
            Some(Frame::Event { event: Event::Account(event), .. }) if event.did == *did => {
                kinds.push(if event.active { "active" } else { "inactive" });
            }
            Some(Frame::Event { event: Event::Identity(_), .. }) => kinds.push("identity"),
            Some(Frame::Event { event: Event::Sync(_), .. }) => kinds.push("sync"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kinds, ["active", "identity", "sync"]);
}

#[tokio::test]
async fn only_the_accounts_own_server_can_vouch_and_only_once() {
    let old = TestPds::start().await;
    let new = old.second().await;
    let (alice, eve) = (settled(&old).await, old.account("eve").await);

    let body = json!({ "did": alice.did, "handle": "alice.second.test", "password": PASSWORD });
    new.post_anonymous(server::CREATE_ACCOUNT, &body).await.is_error(401, "AuthMissing");
    let eves = token(&old, &new, &eve).await;
    assert_eq!(arrive(&new, &eves, &alice.did).await.error().0, 403);
    assert_eq!(arrive(&new, &alice.access, &alice.did).await.error().0, 401);
    let for_old = token(&old, &old, &alice).await;
    arrive(&new, &for_old, &alice.did).await.is_error(401, "BadJwtAudience");

    let good = token(&old, &new, &alice).await;
    let taken = json!({ "did": alice.did, "handle": "admin.second.test", "password": PASSWORD });
    assert_eq!(new.post(&good, server::CREATE_ACCOUNT, &taken).await.status(), 400);
    arrive(&new, &good, &alice.did).await.is_error(401, "AuthenticationRequired");
    let good = token(&old, &new, &alice).await;
    assert_eq!(arrive(&new, &good, &alice.did).await.status(), 200);
    let again = token(&old, &new, &alice).await;
    assert!(arrive(&new, &again, &alice.did).await.text().contains("has an account here"));
}

#[tokio::test]
async fn a_file_that_is_not_the_accounts_repository_changes_nothing() {
    let old = TestPds::start().await;
    let new = old.second().await;
    let (before, eve) = (settled(&old).await, old.account("eve").await);
    old.create(&eve, claim("Hers")).await.json();
    let did = &before.did;
    let after = account(&arrive(&new, &token(&old, &new, &before).await, did).await.json());
    let whole = export(&old, did).await;
    import(&new, &after, whole.clone()).await.done();

    let mut damaged = whole.to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let truncated = whole.slice(..whole.len() - 100);
    for bad in [
        damaged.into(),
        truncated,
        export(&old, &eve.did).await,
        Bytes::from("no CAR"),
        Bytes::new(),
    ] {
        let refused = import(&new, &after, bad).await;
        assert_eq!(refused.error(), (400, "InvalidRequest".to_owned()), "{}", refused.text());
    }
    let status = new.get_as(&after.access, server::CHECK_ACCOUNT_STATUS).await.json();
    assert_eq!(status["indexedRecords"], 31);
}

#[tokio::test]
async fn importing_again_follows_what_changed_meanwhile() {
    let old = TestPds::start().await;
    let new = old.second().await;
    let before = settled(&old).await;
    let did = &before.did;
    let after = account(&arrive(&new, &token(&old, &new, &before).await, did).await.json());
    import(&new, &after, export(&old, did).await).await.done();

    let made = old.create(&before, claim("Later")).await.json();
    let first = records(&old, did).await.last().unwrap().0.clone();
    let rkey = first.rsplit('/').next().unwrap();
    let gone = json!({ "repo": did, "collection": ACTIVITY, "rkey": rkey });
    old.post(&before.access, repo::DELETE_RECORD, &gone).await.json();
    let changed = json!({
        "repo": did, "collection": ACTIVITY, "rkey": rkey_of(&made), "record": claim("Last"),
    });
    old.post(&before.access, repo::PUT_RECORD, &changed).await.json();

    import(&new, &after, export(&old, did).await).await.done();
    assert_eq!(change_document(&new, &after).await.status(), 200);
    assert_eq!(new.post_empty(&after.access, server::ACTIVATE_ACCOUNT).await.status(), 200);
    assert_eq!(records(&new, did).await, records(&old, did).await);
}

#[tokio::test]
async fn tokens_for_other_servers_are_short_lived_and_never_for_the_account_itself() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let now = jiff::Timestamp::now().as_second();
    let ask = async |params: &[(&str, &str)]| {
        let url = pds.method(server::GET_SERVICE_AUTH, params);
        pds.send(Request::get(url).bearer(&alice.access)).await
    };
    let aud = ("aud", "did:web:api.example.org");
    let lxm = ("lxm", "net.example.thing");
    assert_eq!(ask(&[aud]).await.status(), 200);
    assert_eq!(ask(&[("aud", "did:web:api.example.org#thing"), lxm]).await.status(), 200);
    assert_eq!(ask(&[aud, lxm, ("exp", &(now + 3500).to_string())]).await.status(), 200);
    ask(&[aud, lxm, ("exp", &(now + 3700).to_string())]).await.is_error(400, "BadExpiration");
    ask(&[aud, ("exp", &(now + 120).to_string())]).await.is_error(400, "BadExpiration");
    ask(&[aud, lxm, ("exp", &(now - 10).to_string())]).await.is_error(400, "BadExpiration");
    ask(&[aud, ("lxm", server::CREATE_APP_PASSWORD)]).await.is_error(400, "InvalidRequest");
    ask(&[("aud", "nobody"), lxm]).await.is_error(400, "InvalidRequest");
}
