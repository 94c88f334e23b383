//! What becomes of accounts: addresses, lost passwords, rest, and their end.

use std::time::Duration;

use hypercerts_identity::net::Request;
use hypercerts_xrpc::client::Subscription;
use hypercerts_xrpc::frames::{Event, Frame};
use hypercerts_xrpc::nsid::{identity, repo, server, sync};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, Account, PASSWORD, TestPds, claim, rkey_of};

pub async fn start() -> TestPds {
    TestPds::start_with(|config| config.shows_outbox = true).await
}

/// Every mail, the oldest first.
pub async fn mails(pds: &TestPds) -> Vec<Value> {
    let url = pds.base.join("/dev/outbox").unwrap();
    let request = Request::get(url).header("accept".parse().unwrap(), "application/json");
    pds.send(request).await.json()["mails"].as_array().unwrap().clone()
}

/// The code in the newest mail, which must be to `to`.
pub async fn code(pds: &TestPds, to: &str) -> String {
    let mail = mails(pds).await.last().expect("a mail").clone();
    assert_eq!(mail["to"], to);
    let text = mail["text"].as_str().unwrap();
    let line = text.lines().find(|line| line.starts_with("    ")).expect("a line with a code");
    line.trim().to_owned()
}

async fn session(pds: &TestPds, who: &Account) -> Value {
    pds.get_as(&who.access, server::GET_SESSION).await.json()
}

#[tokio::test]
async fn an_address_is_confirmed_and_then_changed_by_whoever_reads_its_mail() {
    let pds = start().await;
    let alice = pds.account("alice").await;
    assert_eq!(session(&pds, &alice).await["emailConfirmed"], false);
    pds.post_empty(&alice.access, server::REQUEST_EMAIL_CONFIRMATION).await.done();
    let confirm = async |email: &str, token: &str| {
        let body = json!({ "email": email, "token": token });
        pds.post(&alice.access, server::CONFIRM_EMAIL, &body).await
    };
    let first = code(&pds, "alice@mail.test").await;
    confirm("bob@mail.test", &first).await.is_error(400, "InvalidEmail");
    confirm("alice@mail.test", "AAAAA-AAAAA").await.is_error(400, "InvalidToken");
    pds.post_empty(&alice.access, server::REQUEST_EMAIL_CONFIRMATION).await.done();
    confirm("alice@mail.test", &first).await.is_error(400, "InvalidToken");
    let second = code(&pds, "alice@mail.test").await;
    confirm("Alice@Mail.test", &second.to_lowercase()).await.done();
    assert_eq!(session(&pds, &alice).await["emailConfirmed"], true);
    confirm("alice@mail.test", &second).await.is_error(400, "InvalidToken");

    let update = async |email: &str, token: Option<&str>| {
        let body = json!({ "email": email, "token": token });
        pds.post(&alice.access, server::UPDATE_EMAIL, &body).await
    };
    update("new@mail.test", None).await.is_error(400, "TokenRequired");
    let asked = pds.post_empty(&alice.access, server::REQUEST_EMAIL_UPDATE).await.json();
    assert_eq!(asked, json!({ "tokenRequired": true }));
    let token = code(&pds, "alice@mail.test").await;
    pds.account("bob").await;
    assert_eq!(update("bob@mail.test", Some(&token)).await.status(), 400);
    update("new@mail.test", Some(&token)).await.done();
    let now = session(&pds, &alice).await;
    assert_eq!((&now["email"], &now["emailConfirmed"]), (&json!("new@mail.test"), &json!(false)));
}

#[tokio::test]
async fn a_lost_password_is_replaced_and_nobody_learns_who_has_an_account() {
    let pds = start().await;
    let alice = pds.account("alice").await;
    let ask = async |email: &str| {
        pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &json!({ "email": email })).await
    };
    let (stranger, known) = (ask("nobody@mail.test").await, ask("Alice@mail.test").await);
    assert_eq!((stranger.status(), stranger.text()), (known.status(), known.text()));

    let token = code(&pds, "alice@mail.test").await;
    let reset = async |password: &str| {
        let body = json!({ "token": token, "password": password });
        pds.post_anonymous(server::RESET_PASSWORD, &body).await
    };
    reset("short").await.is_error(400, "InvalidPassword");
    reset("a new password").await.done();
    reset("another password").await.is_error(400, "InvalidToken");
    assert_eq!(pds.login("alice.test", PASSWORD).await.error().0, 401);
    assert_eq!(pds.login("alice.test", "a new password").await.status(), 200);
    let old = pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await;
    old.is_error(400, "ExpiredToken");
}

pub async fn kinds(stream: &mut Subscription, count: usize) -> Vec<String> {
    let mut kinds = Vec::new();
    for _ in 0..count {
        let frame = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap();
        let Some(Frame::Event { event, .. }) = frame.unwrap() else { panic!("no event") };
        kinds.push(match event {
            Event::Account(event) => {
                event.status.map_or("active".to_owned(), |status| status.as_str().to_owned())
            }
            Event::Identity(_) => "identity".to_owned(),
            Event::Sync(_) => "sync".to_owned(),
            Event::Commit(_) => "commit".to_owned(),
        });
    }
    kinds
}

#[tokio::test]
async fn a_deactivated_account_is_its_owners_alone_until_it_is_back() {
    let pds = start().await;
    let alice = pds.account("alice").await;
    let made = pds.create(&alice, claim("One")).await.json();
    let mut stream = Subscription::open(&pds.http, &pds.base, Some(5)).await.unwrap();
    pds.post(&alice.access, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();
    pds.post(&alice.access, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();
    assert_eq!(kinds(&mut stream, 1).await, ["deactivated"]);

    pds.read(&alice, &rkey_of(&made)).await.is_error(400, "RepoDeactivated");
    let did = [("did", alice.did.as_str())];
    for method in [sync::GET_REPO, sync::GET_LATEST_COMMIT, sync::LIST_BLOBS] {
        pds.get(method, &did).await.is_error(400, "RepoDeactivated");
    }
    let listed = pds.get(sync::LIST_REPOS, &[]).await.json();
    assert_eq!(listed["repos"][0]["status"], "deactivated");
    pds.create(&alice, claim("Two")).await.is_error(400, "RepoDeactivated");
    let again = pds.login("alice.test", PASSWORD).await.json();
    assert_eq!((&again["active"], &again["status"]), (&json!(false), &json!("deactivated")));

    pds.post_empty(&alice.access, server::ACTIVATE_ACCOUNT).await.done();
    assert_eq!(kinds(&mut stream, 3).await, ["active", "identity", "sync"]);
    assert_eq!(pds.read(&alice, &rkey_of(&made)).await.status(), 200);
    assert_eq!(pds.create(&alice, claim("Two")).await.status(), 200);
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_but_the_news_that_it_is_gone() {
    let pds = start().await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let blob = pds.upload(&alice, "image/png", "\u{89}PNG picture").await.json()["blob"].clone();
    let cid = blob["ref"]["$link"].as_str().unwrap();
    let mut record = claim("With a picture");
    record["image"] = json!({ "$type": "org.hypercerts.defs#smallImage", "image": blob });
    pds.create(&alice, record).await.json();
    pds.create(&bob, claim("His")).await.json();
    let file = pds.dir.path().join("pds/blobs/1").join(cid);
    assert!(file.exists());

    pds.post_empty(&alice.access, server::REQUEST_ACCOUNT_DELETE).await.done();
    let token = code(&pds, "alice@mail.test").await;
    let delete = async |password: &str, token: &str| {
        let body = json!({ "did": alice.did, "password": password, "token": token });
        pds.post_anonymous(server::DELETE_ACCOUNT, &body).await
    };
    assert_eq!(delete("a wrong password", &token).await.error().0, 401);
    delete(PASSWORD, "AAAAA-AAAAA").await.is_error(400, "InvalidToken");
    delete(PASSWORD, &token).await.done();
    assert_eq!(delete(PASSWORD, &token).await.error().0, 401);

    pds.get(sync::GET_REPO, &[("did", alice.did.as_str())]).await.is_error(400, "RepoNotFound");
    let handle = [("handle", "alice.test")];
    pds.get(identity::RESOLVE_HANDLE, &handle).await.is_error(400, "HandleNotFound");
    assert_eq!(pds.login("alice.test", PASSWORD).await.error().0, 401);
    let old = pds.get_as(&alice.access, server::GET_SESSION).await;
    old.is_error(400, "ExpiredToken");
    let listed = [("repo", bob.did.as_str()), ("collection", ACTIVITY)];
    assert!(pds.get(repo::LIST_RECORDS, &listed).await.json()["records"][0]["cid"].is_string());

    // The clean-up goes on behind the answer.
    for _ in 0..100 {
        if !file.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!file.exists());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut stream = Subscription::open(&pds.http, &pds.base, Some(0)).await.unwrap();
    let told = kinds(&mut stream, 6).await;
    assert_eq!(told, ["identity", "active", "commit", "sync", "commit", "deleted"]);
}

#[tokio::test]
async fn mails_that_are_shown_are_shown_to_this_machine_only() {
    let pds = start().await;
    let ask = || Request::get(pds.base.join("/dev/outbox").unwrap());
    let shown = pds.send(ask()).await;
    assert_eq!(shown.status(), 200);
    assert_eq!(shown.header("access-control-allow-origin"), "");
    let renamed = ask().header("host".parse().unwrap(), "pointed-here.example.org");
    assert_eq!(pds.send(renamed).await.status(), 404);
    let elsewhere = ask().header("x-forwarded-for".parse().unwrap(), "198.51.100.7");
    assert_eq!(pds.send(elsewhere).await.status(), 404);
}

#[tokio::test]
async fn without_a_private_network_nobody_sees_mails() {
    let pds = TestPds::start().await;
    let url = pds.base.join("/dev/outbox").unwrap();
    assert_eq!(pds.send(Request::get(url)).await.status(), 404);
}
