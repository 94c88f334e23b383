//! The operator looks after accounts.

use hypercerts_identity::net::Request;
use hypercerts_identity::net::header::AUTHORIZATION;
use hypercerts_xrpc::nsid::{admin, identity, server, sync};
use serde_json::{Value, json};

use crate::operator::{ADMIN_PASSWORD, basic, with_operator};
use crate::support::{Answer, PASSWORD, TestPds};

async fn ask_with(pds: &TestPds, authorization: &str, from: &str) -> Answer {
    let request = Request::get(pds.method(admin::GET_INVITE_CODES, &[]));
    let request = request.header("x-forwarded-for".parse().unwrap(), from);
    pds.send(request.header(AUTHORIZATION, authorization)).await
}

#[tokio::test]
async fn nobody_but_the_operator_is_let_in_and_guessers_have_to_wait() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    let right = basic("admin", ADMIN_PASSWORD);
    let home = "198.51.100.1";
    assert_eq!(ask_with(&pds, &right, home).await.status(), 200);

    pds.get(admin::GET_INVITE_CODES, &[]).await.is_error(401, "AuthenticationRequired");
    let session = pds.get_as(&alice.access, admin::GET_INVITE_CODES).await;
    session.is_error(401, "AuthenticationRequired");
    let swapped = format!("Bearer {}", right.trim_start_matches("Basic "));
    for bad in [&basic("root", ADMIN_PASSWORD), &basic("alice.test", PASSWORD), &swapped, "Basic !"]
    {
        ask_with(&pds, bad, home).await.is_error(401, "AuthenticationRequired");
    }

    let wrong = basic("admin", "not the operator's");
    for _ in 0..30 {
        ask_with(&pds, &wrong, "198.51.100.2").await.is_error(401, "AuthenticationRequired");
    }
    ask_with(&pds, &right, "198.51.100.2").await.is_error(429, "RateLimitExceeded");
    assert_eq!(ask_with(&pds, &right, home).await.status(), 200);
}

#[tokio::test]
async fn without_a_password_the_methods_are_off_and_say_how_to_switch_them_on() {
    let pds = TestPds::start().await;
    let answer = pds.ask_as_operator(admin::GET_INVITE_CODES, &[]).await;
    answer.is_error(401, "AuthenticationRequired");
    assert!(answer.text().contains("HYPERCERTS_ADMIN_PASSWORD"), "{}", answer.text());
}

#[tokio::test]
async fn the_operator_sees_and_changes_an_account() {
    let pds = TestPds::start_with(with_operator).await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let (did, nobody) = (alice.did.as_str(), "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
    let seen = pds.ask_as_operator(admin::GET_ACCOUNT_INFO, &[("did", did)]).await.json();
    assert_eq!(seen["handle"], "alice.test");
    assert_eq!(seen["email"], "alice@mail.test");
    assert_eq!((&seen["invitesDisabled"], &seen["invites"]), (&json!(false), &json!([])));
    assert!(seen["indexedAt"].is_string() && seen.get("deactivatedAt").is_none(), "{seen}");
    let unknown = pds.ask_as_operator(admin::GET_ACCOUNT_INFO, &[("did", nobody)]).await;
    unknown.is_error(400, "NotFound");
    let params = [("dids", did), ("dids", nobody), ("dids", bob.did.as_str())];
    let both = pds.ask_as_operator(admin::GET_ACCOUNT_INFOS, &params).await.json();
    assert_eq!(both["infos"].as_array().unwrap().len(), 2);

    pds.post(&alice.access, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();
    let seen = pds.ask_as_operator(admin::GET_ACCOUNT_INFO, &[("did", did)]).await.json();
    assert!(seen["deactivatedAt"].is_string(), "{seen}");
    pds.post_empty(&alice.access, server::ACTIVATE_ACCOUNT).await.done();

    let email = |who: &str, email: &str| json!({ "account": who, "email": email });
    let taken = email(did, "bob@mail.test");
    assert_eq!(pds.tell_as_operator(admin::UPDATE_ACCOUNT_EMAIL, &taken).await.status(), 400);
    let fresh = email("alice.test", "Alice@new.test");
    pds.tell_as_operator(admin::UPDATE_ACCOUNT_EMAIL, &fresh).await.done();
    let rename = json!({ "did": did, "handle": "alicia.test" });
    pds.tell_as_operator(admin::UPDATE_ACCOUNT_HANDLE, &rename).await.done();
    let resolved = pds.get(identity::RESOLVE_HANDLE, &[("handle", "alicia.test")]).await.json();
    assert_eq!(resolved["did"], did);

    let mail =
        json!({ "recipientDid": did, "senderDid": did, "subject": "News", "content": "Hello." });
    let sent = pds.tell_as_operator(admin::SEND_EMAIL, &mail).await.json();
    assert_eq!(sent, json!({ "sent": true }));
    let outbox = Request::get(pds.base.join("/dev/outbox").unwrap());
    let outbox = outbox.header("accept".parse().unwrap(), "application/json");
    let mails = pds.send(outbox).await.json();
    let expected = json!({ "to": "alice@new.test", "subject": "News", "text": "Hello." });
    let told: Value = mails["mails"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&told["to"], &told["text"]), (&expected["to"], &expected["text"]));

    let password = json!({ "did": did, "password": "another horse" });
    pds.tell_as_operator(admin::UPDATE_ACCOUNT_PASSWORD, &password).await.done();
    assert_eq!(pds.login("alicia.test", PASSWORD).await.error().0, 401);
    assert_eq!(pds.login("alicia.test", "another horse").await.status(), 200);
    pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.is_error(400, "ExpiredToken");

    let gone = json!({ "did": did });
    pds.tell_as_operator(admin::DELETE_ACCOUNT, &gone).await.done();
    pds.tell_as_operator(admin::DELETE_ACCOUNT, &gone).await.is_error(400, "NotFound");
    pds.get(sync::GET_REPO_STATUS, &[("did", did)]).await.is_error(400, "RepoNotFound");
}
