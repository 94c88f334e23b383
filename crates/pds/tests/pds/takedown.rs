//! What the operator takes out of the world, and what its owner can still do.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::client::Subscription;
use hypercerts_xrpc::nsid::{admin, identity, repo, server, sync};
use serde_json::{Value, json};

use crate::lifecycle::kinds;
use crate::oauth::browser::Browser;
use crate::operator::{whole, with_operator};
use crate::support::{ACTIVITY, Account, Answer, PASSWORD, TestPds, claim, rkey_of};

async fn log_in_to_leave(pds: &TestPds, password: &str) -> Answer {
    let body = json!({ "identifier": "alice.test", "password": password, "allowTakendown": true });
    pds.post_anonymous(server::CREATE_SESSION, &body).await
}

async fn standing(pds: &TestPds, params: &[(&str, &str)]) -> Value {
    pds.ask_as_operator(admin::GET_SUBJECT_STATUS, params).await.json()
}

#[tokio::test]
async fn an_account_that_is_taken_down_is_gone_from_the_world_until_that_is_lifted() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    let made = pds.create(&alice, claim("One")).await.json();
    let app = pds.post(&alice.access, server::CREATE_APP_PASSWORD, &json!({ "name": "app" })).await;
    let app = app.json()["password"].as_str().unwrap().to_owned();
    let did = [("did", alice.did.as_str())];
    assert_eq!(standing(&pds, &did).await["takedown"], json!({ "applied": false }));

    let mut stream = Subscription::open(&pds.http, &pds.base, Some(5)).await.unwrap();
    let told = pds.take_down(&whole(&alice), true).await.json();
    assert_eq!(told["takedown"], json!({ "applied": true, "ref": "case-7" }));
    pds.take_down(&whole(&alice), true).await.json();
    let now = standing(&pds, &did).await;
    assert_eq!(now["subject"], whole(&alice));
    assert_eq!(now["takedown"], json!({ "applied": true, "ref": "case-7" }));
    assert_eq!(now["deactivated"], json!({ "applied": false }));

    pds.read(&alice, &rkey_of(&made)).await.is_error(400, "RepoTakendown");
    pds.get(sync::GET_REPO, &did).await.is_error(400, "RepoTakendown");
    let status = pds.get(sync::GET_REPO_STATUS, &did).await.json();
    assert_eq!((&status["active"], &status["status"]), (&json!(false), &json!("takendown")));
    let listed = pds.get(sync::LIST_REPOS, &[]).await.json();
    assert_eq!(listed["repos"][0]["status"], "takendown");
    let by_collection = [("collection", ACTIVITY)];
    let listed = pds.get(sync::LIST_REPOS_BY_COLLECTION, &by_collection).await.json();
    assert_eq!(listed["repos"], json!([]));

    // What was begun before ends, and nothing else begins.
    pds.create(&alice, claim("Two")).await.is_error(401, "AccountTakedown");
    pds.get_as(&alice.access, server::GET_SESSION).await.is_error(401, "AccountTakedown");
    pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.is_error(400, "ExpiredToken");
    pds.login("alice.test", PASSWORD).await.is_error(401, "AccountTakedown");
    pds.login("alice.test", "wrong horse").await.is_error(401, "AuthenticationRequired");
    pds.login("alice.test", &app).await.is_error(401, "AccountTakedown");
    log_in_to_leave(&pds, &app).await.is_error(401, "AccountTakedown");

    pds.take_down(&whole(&alice), false).await.json();
    assert_eq!(kinds(&mut stream, 4).await, ["takendown", "active", "identity", "sync"]);
    assert_eq!(pds.read(&alice, &rkey_of(&made)).await.status(), 200);
    assert_eq!(pds.login("alice.test", &app).await.status(), 200);
    pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.is_error(400, "ExpiredToken");
}

#[tokio::test]
async fn the_owner_of_an_account_that_is_taken_down_can_leave_and_do_nothing_else() {
    let pds = TestPds::start_with(with_operator).await;
    let elsewhere = pds.second().await;
    let alice = pds.account("alice").await;
    pds.create(&alice, claim("One")).await.json();
    pds.take_down(&whole(&alice), true).await.json();

    let session = log_in_to_leave(&pds, PASSWORD).await.json();
    assert_eq!((&session["active"], &session["status"]), (&json!(false), &json!("takendown")));
    let refresh = session["refreshJwt"].as_str().unwrap();
    let session = pds.post_empty(refresh, server::REFRESH_SESSION).await.json();
    let leaving = Account {
        did: alice.did.clone(),
        access: session["accessJwt"].as_str().unwrap().to_owned(),
        refresh: session["refreshJwt"].as_str().unwrap().to_owned(),
    };
    let token = leaving.access.as_str();
    pds.create(&leaving, claim("Two")).await.is_error(400, "RepoTakendown");
    let rename = json!({ "handle": "alicia.test" });
    pds.post(token, identity::UPDATE_HANDLE, &rename).await.is_error(400, "InvalidToken");
    let named = json!({ "name": "app" });
    pds.post(token, server::CREATE_APP_PASSWORD, &named).await.is_error(400, "InvalidToken");
    pds.post_empty(token, server::REQUEST_ACCOUNT_DELETE).await.is_error(400, "InvalidToken");
    pds.post_empty(token, server::ACTIVATE_ACCOUNT).await.is_error(400, "InvalidToken");
    pds.upload(&leaving, "text/plain", "text").await.is_error(400, "InvalidToken");

    let (did, there) = (alice.did.as_str(), elsewhere.base.port().unwrap());
    let aud = format!("did:web:localhost%3A{there}");
    let word = async |method: &str| {
        let params = [("aud", aud.as_str()), ("lxm", method)];
        let request = Request::get(pds.method(server::GET_SERVICE_AUTH, &params));
        pds.send(request.bearer(token)).await
    };
    word(repo::CREATE_RECORD).await.is_error(400, "InvalidToken");
    let word = word(server::CREATE_ACCOUNT).await.json()["token"].as_str().unwrap().to_owned();
    let arrival = json!({ "did": did, "handle": "alice.second.test", "password": PASSWORD });
    let arrived = elsewhere.post(&word, server::CREATE_ACCOUNT, &arrival).await.json();
    let new = arrived["accessJwt"].as_str().unwrap();
    let repository = Request::get(pds.method(sync::GET_REPO, &[("did", did)])).bearer(token);
    let car = pds.send(repository).await.bytes();
    let import = Request::post(elsewhere.method(repo::IMPORT_REPO, &[])).bearer(new);
    elsewhere.send(import.body("application/vnd.ipld.car", car)).await.done();
    pds.get_as(token, server::CHECK_ACCOUNT_STATUS).await.json();
    pds.get_as(token, identity::GET_RECOMMENDED_DID_CREDENTIALS).await.json();
    pds.post_empty(token, identity::REQUEST_PLC_OPERATION_SIGNATURE).await.done();
    pds.post(token, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();

    // Nothing comes back to life when the takedown is lifted from what has moved away.
    pds.take_down(&whole(&alice), false).await.json();
    let status = pds.get(sync::GET_REPO_STATUS, &[("did", did)]).await.json();
    assert_eq!(status["status"], "deactivated");
}

#[tokio::test]
async fn the_pages_tell_an_owner_that_the_account_is_taken_down() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    let mut browser = Browser::default();
    let page = browser.open(&pds, "/account/sign-in").await;
    browser.sign_in(&pds, &page, "alice.test").await;
    assert!(browser.follow(&pds, "/account").await.html.contains("alice.test"));
    pds.take_down(&whole(&alice), true).await.json();
    let signed_out = browser.follow(&pds, "/account").await;
    assert!(!signed_out.html.contains("Account of alice.test"), "{}", signed_out.html);
    browser.sign_in(&pds, &signed_out, "alice.test").await;
    let page = browser.follow(&pds, "/account").await;
    assert!(page.html.contains("taken down by whoever runs this server"), "{}", page.html);
}

#[tokio::test]
async fn a_record_that_is_taken_down_is_not_read_by_name_but_stays_signed() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    let (bad, good) = (
        pds.create(&alice, claim("Bad")).await.json(),
        pds.create(&alice, claim("Good")).await.json(),
    );
    let did = alice.did.as_str();
    let subject = json!({ "$type": repo::STRONG_REF, "uri": bad["uri"], "cid": bad["cid"] });
    pds.take_down(&subject, true).await.json();
    let uri = [("uri", bad["uri"].as_str().unwrap())];
    let now = standing(&pds, &uri).await;
    assert_eq!(now["subject"], subject);
    assert_eq!(now["takedown"], json!({ "applied": true, "ref": "case-7" }));

    pds.read(&alice, &rkey_of(&bad)).await.is_error(400, "RecordNotFound");
    assert_eq!(pds.read(&alice, &rkey_of(&good)).await.status(), 200);
    let listed = async || {
        let params = [("repo", did), ("collection", ACTIVITY)];
        pds.get(repo::LIST_RECORDS, &params).await.json()["records"].as_array().unwrap().len()
    };
    assert_eq!(listed().await, 1);
    let rkey = rkey_of(&bad);
    let proof = [("did", did), ("collection", ACTIVITY), ("rkey", rkey.as_str())];
    assert_eq!(pds.get(sync::GET_RECORD, &proof).await.status(), 200);

    // Writing it again does not bring it back.
    let again =
        json!({ "repo": did, "collection": ACTIVITY, "rkey": rkey, "record": claim("Bad 2") });
    pds.post(&alice.access, repo::PUT_RECORD, &again).await.json();
    pds.read(&alice, &rkey).await.is_error(400, "RecordNotFound");

    let missing = json!({
        "$type": repo::STRONG_REF, "cid": bad["cid"], "uri": format!("at://{did}/{ACTIVITY}/none"),
    });
    pds.take_down(&missing, true).await.is_error(400, "RecordNotFound");
    pds.take_down(&subject, false).await.json();
    assert_eq!(pds.read(&alice, &rkey).await.status(), 200);
    assert_eq!(listed().await, 2);
}

#[tokio::test]
async fn a_file_that_is_taken_down_is_not_handed_out_nor_taken_in_again() {
    let pds = TestPds::start_with(with_operator).await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let blob = pds.upload(&alice, "text/plain", "bad words").await.json()["blob"].clone();
    let record = json!({ "$type": "com.example.note", "file": blob, "text": "A note." });
    let body = json!({ "repo": alice.did, "collection": "com.example.note", "record": record });
    pds.post(&alice.access, repo::CREATE_RECORD, &body).await.json();
    let (did, cid) = (alice.did.as_str(), blob["ref"]["$link"].as_str().unwrap());
    let params = [("did", did), ("cid", cid)];
    assert_eq!(pds.get(sync::GET_BLOB, &params).await.text(), "bad words");

    let subject = json!({ "$type": admin::REPO_BLOB_REF, "did": did, "cid": cid });
    pds.take_down(&subject, true).await.json();
    let now = standing(&pds, &[("did", did), ("blob", cid)]).await;
    assert_eq!((&now["subject"], &now["takedown"]["ref"]), (&subject, &json!("case-7")));
    pds.get(sync::GET_BLOB, &params).await.is_error(400, "BlobNotFound");
    let own = Request::get(pds.method(sync::GET_BLOB, &params)).bearer(&alice.access);
    pds.send(own).await.is_error(400, "BlobNotFound");
    assert_eq!(pds.upload(&alice, "text/plain", "bad words").await.status(), 400);
    assert_eq!(pds.upload(&bob, "text/plain", "bad words").await.status(), 200);
    pds.take_down(&subject, false).await.json();
    assert_eq!(pds.get(sync::GET_BLOB, &params).await.text(), "bad words");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    let applied = json!({ "applied": true });
    let update =
        async |body: Value| pds.tell_as_operator(admin::UPDATE_SUBJECT_STATUS, &body).await.error();
    let invalid = (400, "InvalidRequest".to_owned());
    let nothing = json!({ "$type": "com.example.thing", "did": alice.did });
    assert_eq!(update(json!({ "subject": nothing, "takedown": applied })).await, invalid);
    let both = json!({
        "subject": whole(&alice), "takedown": applied, "deactivated": { "applied": false },
    });
    assert_eq!(update(both).await, invalid);
    let endless = json!({ "applied": true, "ref": "x".repeat(2_001) });
    assert_eq!(update(json!({ "subject": whole(&alice), "takedown": endless })).await, invalid);
    let nobody = json!({ "$type": admin::REPO_REF, "did": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa" });
    let unknown = (400, "NotFound".to_owned());
    assert_eq!(update(json!({ "subject": nobody, "takedown": applied })).await, unknown);
    assert_eq!(pds.get_as(&alice.access, server::GET_SESSION).await.json()["active"], true);

    let rest = json!({ "subject": whole(&alice), "deactivated": applied });
    pds.tell_as_operator(admin::UPDATE_SUBJECT_STATUS, &rest).await.json();
    assert_eq!(
        pds.get_as(&alice.access, server::GET_SESSION).await.json()["status"],
        "deactivated"
    );
    let wake = json!({ "subject": whole(&alice), "deactivated": { "applied": false } });
    pds.tell_as_operator(admin::UPDATE_SUBJECT_STATUS, &wake).await.json();
    assert_eq!(pds.get_as(&alice.access, server::GET_SESSION).await.json()["active"], true);
}
