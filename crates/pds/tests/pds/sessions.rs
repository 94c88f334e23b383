//! Where sessions end, and what ends with them.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::{actor, admin, group, repo, server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::lifecycle::{code, start};
use crate::oauth::browser::Browser;
use crate::operator::{whole, with_operator};
use crate::support::{ACTIVITY, Account, PASSWORD, TestPds, claim};

/// An app password's text.
async fn app_password(pds: &TestPds, who: &Account, name: &str) -> String {
    let body = json!({ "name": name });
    let made = pds.post(&who.access, server::CREATE_APP_PASSWORD, &body).await.json();
    made["password"].as_str().unwrap().to_owned()
}

async fn access(pds: &TestPds, identifier: &str, password: &str) -> String {
    let session = pds.login(identifier, password).await.json();
    session["accessJwt"].as_str().unwrap().to_owned()
}

/// The refusal by which clients know that they have to refresh or log in.
async fn has_ended(pds: &TestPds, access: &str) {
    pds.get_as(access, server::GET_SESSION).await.is_error(400, "ExpiredToken");
}

#[tokio::test]
async fn an_access_token_ends_with_its_session_and_no_other_does() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let other = access(&pds, "alice.test", PASSWORD).await;
    let program = access(&pds, "alice.test", &app_password(&pds, &alice, "program").await).await;
    let next = pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.json();
    let next = next["accessJwt"].as_str().unwrap();

    pds.post_empty(&alice.refresh, server::DELETE_SESSION).await.done();
    for ended in [&alice.access, next] {
        has_ended(&pds, ended).await;
        let body = json!({ "name": "left behind" });
        let made = pds.post(ended, server::CREATE_APP_PASSWORD, &body).await;
        made.is_error(400, "ExpiredToken");
    }
    pds.get_as(&program, server::GET_SESSION).await.json();
    let revoke = json!({ "name": "program" });
    pds.post(&other, server::REVOKE_APP_PASSWORD, &revoke).await.done();
    has_ended(&pds, &program).await;
    pds.get_as(&other, server::GET_SESSION).await.json();
}

#[tokio::test]
async fn whoever_was_in_is_out_once_the_owner_has_a_new_password() {
    for by_operator in [false, true] {
        let pds = TestPds::start_with(with_operator).await;
        let alice = pds.account("alice").await;
        let left_behind = app_password(&pds, &alice, "left behind").await;
        let program = access(&pds, "alice.test", &left_behind).await;
        if by_operator {
            let body = json!({ "did": alice.did, "password": "a new password" });
            pds.tell_as_operator(admin::UPDATE_ACCOUNT_PASSWORD, &body).await.done();
        } else {
            let body = json!({ "email": "alice@mail.test" });
            pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &body).await.done();
            let body = json!({ "token": code(&pds, "alice@mail.test").await,
                "password": "a new password" });
            pds.post_anonymous(server::RESET_PASSWORD, &body).await.done();
        }

        for stolen in [&alice.access, &program] {
            has_ended(&pds, stolen).await;
            let record = json!({ "repo": alice.did, "collection": ACTIVITY, "record": claim("x") });
            let written = pds.post(stolen, repo::CREATE_RECORD, &record).await;
            written.is_error(400, "ExpiredToken");
        }
        let body = json!({ "email": "eve@mail.test" });
        let moved = pds.post(&alice.access, server::UPDATE_EMAIL, &body).await;
        moved.is_error(400, "ExpiredToken");
        for password in [PASSWORD, &left_behind] {
            let again = pds.login("alice.test", password).await;
            again.is_error(401, "AuthenticationRequired");
        }
        access(&pds, "alice.test", "a new password").await;
    }
}

/// Begins a request and sends its body when told to: whoever was let in with the beginning must not
/// get in for good with the end.
struct Slow(TcpStream);

impl Slow {
    async fn begin(pds: &TestPds, access: &str, method: &str, body: &Value) -> Self {
        let address = pds.base.socket_addrs(|| None).unwrap()[0];
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /xrpc/{method} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {access}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.to_string().len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        Self(stream)
    }

    async fn end(mut self, body: &Value) -> String {
        self.0.write_all(body.to_string().as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn a_request_from_before_the_new_password_opens_nothing_after_it() {
    let pds = TestPds::start_with(with_operator).await;
    let (alice, eve) = (pds.account("alice").await, pds.account("eve").await);
    let late = [
        (server::CREATE_APP_PASSWORD, json!({ "name": "late" })),
        (server::UPDATE_EMAIL, json!({ "email": "eve2@mail.test" })),
        (group::IMPORT, json!({ "groupDid": alice.did, "ownerDid": eve.did })),
    ];
    let mut begun = Vec::new();
    for (method, body) in &late {
        begun.push(Slow::begin(&pds, &alice.access, method, body).await);
    }
    // Nothing tells from outside that they have been let in.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let word = Request::get(
        pds.method(server::GET_SERVICE_AUTH, &[("aud", &pds.did().await), ("lxm", group::IMPORT)]),
    );
    let word = pds.send(word.bearer(&alice.access)).await.json();
    let body = json!({ "did": alice.did, "password": "a new password" });
    pds.tell_as_operator(admin::UPDATE_ACCOUNT_PASSWORD, &body).await.done();

    for (begun, (method, body)) in begun.into_iter().zip(&late) {
        let answer = begun.end(body).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{method}: {answer}");
        assert!(answer.contains("ExpiredToken"), "{method}: {answer}");
    }
    let (method, body) = &late[2];
    let given = pds.post(word["token"].as_str().unwrap(), method, body).await;
    given.is_error(400, "ExpiredToken");
    let new = access(&pds, "alice.test", "a new password").await;
    let session = pds.get_as(&new, server::GET_SESSION).await.json();
    assert_eq!(session["email"], "alice@mail.test");
    let listed = pds.get_as(&new, server::LIST_APP_PASSWORDS).await.json();
    assert_eq!(listed["passwords"], json!([]));
}

#[tokio::test]
async fn a_sign_in_that_is_checked_while_the_password_is_replaced_stays_out() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    let mut browsers = Vec::new();
    for _ in 0..6 {
        let mut browser = Browser::default();
        let page = browser.open(&pds, "/account/sign-in").await;
        browsers.push((browser, page));
    }
    // Two passwords are checked at a time. The new one is first in line, so that most of the others
    // are judged by the old one after it is gone.
    let replace = async {
        let body = json!({ "did": alice.did, "password": "a new password" });
        pds.tell_as_operator(admin::UPDATE_ACCOUNT_PASSWORD, &body).await.done();
    };
    let sign_ins = browsers.iter_mut().map(|(browser, page)| async {
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        browser.sign_in(&pds, page, "alice.test").await;
    });
    tokio::join!(replace, futures_util::future::join_all(sign_ins));
    for (browser, _) in &mut browsers {
        let page = browser.open(&pds, "/account").await;
        assert_eq!(page.location.as_deref(), Some("/account/sign-in"), "{}", page.html);
    }
}

#[tokio::test]
async fn a_code_that_was_mailed_to_one_address_says_nothing_about_another() {
    let pds = start().await;
    let alice = pds.account("alice").await;
    let update = async |email: &str| {
        let body = json!({ "email": email });
        pds.post(&alice.access, server::UPDATE_EMAIL, &body).await
    };
    pds.post_empty(&alice.access, server::REQUEST_EMAIL_CONFIRMATION).await.done();
    let confirmation = code(&pds, "alice@mail.test").await;
    let body = json!({ "email": "alice@mail.test" });
    pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &body).await.done();
    let reset = code(&pds, "alice@mail.test").await;
    update("new@mail.test").await.done();

    let body = json!({ "email": "new@mail.test", "token": confirmation });
    let confirmed = pds.post(&alice.access, server::CONFIRM_EMAIL, &body).await;
    confirmed.is_error(400, "InvalidToken");
    let body = json!({ "token": reset, "password": "a new password" });
    let taken = pds.post_anonymous(server::RESET_PASSWORD, &body).await;
    taken.is_error(400, "InvalidToken");
    pds.post_empty(&alice.access, server::REQUEST_EMAIL_CONFIRMATION).await.done();
    let body = json!({ "email": "new@mail.test", "token": code(&pds, "new@mail.test").await });
    pds.post(&alice.access, server::CONFIRM_EMAIL, &body).await.done();
}

#[tokio::test]
async fn a_birthday_is_for_the_owner_and_an_age_for_apps() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let app = access(&pds, "alice.test", &app_password(&pds, &alice, "app").await).await;
    let born = json!({ "$type": actor::PERSONAL_DETAILS, "birthDate": "1984-02-29T00:00:00.000Z" });
    let feeds = json!({ "$type": "app.bsky.actor.defs#savedFeedsPrefV2", "items": [] });
    let put = async |token: &str, list: &[&Value]| {
        pds.post(token, actor::PUT_PREFERENCES, &json!({ "preferences": list })).await
    };
    let get = async |token: &str| {
        let told = pds.get_as(token, actor::GET_PREFERENCES).await.json();
        told["preferences"].as_array().unwrap().clone()
    };
    let grown = json!({ "$type": actor::DECLARED_AGE,
        "isOverAge13": true, "isOverAge16": true, "isOverAge18": true });
    put(&alice.access, &[&born]).await.done();
    assert_eq!(get(&app).await, std::slice::from_ref(&grown));
    put(&app, &[&born]).await.is_error(400, "InvalidRequest");

    // What an app writes back is what it was shown, and it is shown less than there is.
    put(&app, &[&feeds, &grown]).await.done();
    assert_eq!(get(&alice.access).await, [feeds.clone(), born, grown]);
    put(&alice.access, &[&feeds]).await.done();
    assert_eq!(get(&app).await, [feeds]);
}

#[tokio::test]
async fn on_its_pages_too_an_account_that_is_taken_down_can_only_leave() {
    let pds = TestPds::start_with(with_operator).await;
    let alice = pds.account("alice").await;
    pds.take_down(&whole(&alice), true).await.json();
    let mut browser = Browser::default();
    let page = browser.open(&pds, "/account/sign-in").await;
    browser.sign_in(&pds, &page, "alice.test").await;
    let page = browser.open(&pds, "/account").await;
    for (action, filled) in [
        ("/account/handle", ("handle", "alicia.test")),
        ("/account/app-passwords/create", ("name", "late")),
    ] {
        let refused = browser.submit(&pds, &page, action, &[filled]).await;
        assert_eq!(refused.status, 400, "{action}: {}", refused.html);
        assert!(refused.html.contains("move to another server"), "{}", refused.html);
    }
    assert_eq!(browser.open(&pds, "/account/export/repository").await.status, 200);
    pds.take_down(&whole(&alice), false).await.json();
    let session = pds.login("alice.test", PASSWORD).await.json();
    let list = Request::get(pds.method(server::LIST_APP_PASSWORDS, &[]));
    let listed = pds.send(list.bearer(session["accessJwt"].as_str().unwrap())).await.json();
    assert_eq!((&session["handle"], &listed["passwords"]), (&json!("alice.test"), &json!([])));
}
