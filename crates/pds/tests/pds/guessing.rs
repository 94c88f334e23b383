//! Passwords are not guessed, whichever door is tried and however the account is named; and nobody
//! is kept from their own account, or flooded with mail, by somebody who tries.

use futures_util::future::join_all;
use hypercerts_xrpc::nsid::server;
use serde_json::{Value, json};

use crate::oauth::browser::Browser;
use crate::support::{Answer, PASSWORD, TestPds};

/// Wrong passwords for one account, from one network, until it has to wait.
const TRIES: usize = 30;
const EVE: &str = "203.0.113.5";

async fn log_in(pds: &TestPds, from: &str, identifier: &str, password: &str) -> Answer {
    let body = json!({ "identifier": identifier, "password": password });
    pds.post_from(from, server::CREATE_SESSION, &body).await
}

#[tokio::test]
async fn an_account_is_one_however_it_is_named() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let names = ["alice.test", "@alice.test", "@@@Alice.TEST", alice.did.as_str()];
    for n in 0..TRIES {
        let from = format!("2001:db8:1:2::{n:x}");
        let wrong = log_in(&pds, &from, names[n % names.len()], "battery staple").await;
        wrong.is_error(401, "AuthenticationRequired");
    }
    for name in names {
        let late = log_in(&pds, "2001:db8:1:2:ffff::1", name, PASSWORD).await;
        late.is_error(429, "RateLimitExceeded");
    }
    log_in(&pds, "2001:db8:1:3::1", "alice.test", PASSWORD).await.json();
}

#[tokio::test]
async fn what_was_used_up_does_not_tell_whose_an_address_is() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    for _ in 0..TRIES {
        log_in(&pds, EVE, "alice.test", "battery staple").await;
    }
    log_in(&pds, EVE, "alice.test", "battery staple").await.is_error(429, "RateLimitExceeded");
    for email in ["alice@mail.test", "nobody@mail.test"] {
        for _ in 0..TRIES {
            let wrong = log_in(&pds, EVE, email, "battery staple").await;
            wrong.is_error(401, "AuthenticationRequired");
        }
        log_in(&pds, EVE, email, PASSWORD).await.is_error(429, "RateLimitExceeded");
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_are_no_more_than_one_after_another() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let guesses = (0..2 * TRIES).map(|_| log_in(&pds, EVE, "alice.test", "battery staple"));
    let answers: Vec<u16> = join_all(guesses).await.iter().map(Answer::status).collect();
    let count = |status| answers.iter().filter(|&&answer| answer == status).count();
    assert_eq!((count(401), count(429)), (TRIES, TRIES), "{answers:?}");
}

#[tokio::test]
async fn an_owner_who_knows_the_password_logs_in_as_often_as_they_like() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    for _ in 0..TRIES + 5 {
        log_in(&pds, "203.0.113.6", "alice.test", PASSWORD).await.json();
    }
}

#[tokio::test]
async fn deleting_the_account_is_no_way_to_guess() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let delete = async |from: &str, did: &str, password: &str| {
        let body = json!({ "did": did, "password": password, "token": "AAAAA-AAAAA" });
        pds.post_from(from, server::DELETE_ACCOUNT, &body).await
    };
    let did = alice.did.as_str();
    for n in 0..TRIES {
        let password = if n % 2 == 0 { "battery staple".to_owned() } else { "x".repeat(100_000) };
        delete(EVE, did, &password).await.is_error(401, "AuthenticationRequired");
    }
    delete(EVE, did, PASSWORD).await.is_error(429, "RateLimitExceeded");
    log_in(&pds, EVE, "alice.test", PASSWORD).await.is_error(429, "RateLimitExceeded");
    delete("203.0.113.6", did, PASSWORD).await.is_error(400, "InvalidToken");
}

#[tokio::test]
async fn the_form_and_the_method_have_one_bound() {
    let pds = TestPds::start().await;
    let mut eve = Browser::at(EVE);
    let page = eve.open(&pds, "/account/sign-in").await;
    // Too long to be anybody's password, so that nothing is computed.
    let password = "x".repeat(300);
    for n in 0..150 {
        let filled = [("identifier", &*format!("nobody{n}.test")), ("password", &*password)];
        let wrong = eve.submit(&pds, &page, "/account/sign-in", &filled).await;
        assert_eq!(wrong.status, 400, "{}", wrong.html);
        let wrong = log_in(&pds, EVE, &format!("somebody{n}.test"), &password).await;
        wrong.is_error(401, "AuthenticationRequired");
    }
    let late = eve.sign_in(&pds, &page, "alice.test").await;
    assert_eq!(late.status, 429);
    assert!(late.html.contains("Wait 5 minutes, then try again"), "{}", late.html);
    assert!((1..=300).contains(&late.headers["retry-after"].parse::<u32>().unwrap()));
    log_in(&pds, EVE, "alice.test", PASSWORD).await.is_error(429, "RateLimitExceeded");
    // Looking is not guessing.
    assert_eq!(eve.open(&pds, "/account/sign-in").await.status, 200);
}

#[tokio::test]
async fn nobody_makes_the_server_mail_to_many() {
    let pds = TestPds::start().await;
    let mut eve = Browser::at(EVE);
    let page = eve.open(&pds, "/account/recover").await;
    for n in 0..15 {
        let email = format!("nobody{n}@mail.test");
        let sent = eve.submit(&pds, &page, "/account/recover", &[("email", &email)]).await;
        assert_eq!(sent.status, 200, "{}", sent.html);
    }
    let late = eve.submit(&pds, &page, "/account/recover", &[("email", "more@mail.test")]).await;
    assert_eq!(late.status, 429);
    let body = json!({ "email": "more@mail.test" });
    let late = pds.post_from(EVE, server::REQUEST_PASSWORD_RESET, &body).await;
    late.is_error(429, "RateLimitExceeded");
}

async fn mails_to(pds: &TestPds, to: &str) -> usize {
    let url = pds.base.join("/dev/outbox").unwrap();
    let request = hypercerts_identity::net::Request::get(url)
        .header(hypercerts_identity::net::header::ACCEPT, "application/json");
    let mails = pds.send(request).await.json();
    mails["mails"].as_array().unwrap().iter().filter(|mail| mail["to"] == to).count()
}

#[tokio::test]
async fn nobody_is_flooded_with_mail_they_did_not_ask_for() {
    let pds = TestPds::start_with(|config| config.shows_outbox = true).await;
    pds.account("alice").await;
    let ask = async |network: usize, email: &str| {
        let (from, body) = (format!("203.0.113.{network}"), json!({ "email": email }));
        pds.post_from(&from, server::REQUEST_PASSWORD_RESET, &body).await
    };
    // Whether there is such an account makes no difference.
    for email in ["Alice@mail.test", "nobody@mail.test"] {
        for network in 1..=4 {
            for _ in 0..5 {
                ask(network, email).await.done();
            }
            ask(network, email).await.is_error(429, "RateLimitExceeded");
        }
        ask(5, email).await.is_error(429, "RateLimitExceeded");
    }
    assert_eq!(mails_to(&pds, "alice@mail.test").await, 20);
    assert_eq!(mails_to(&pds, "nobody@mail.test").await, 0);
}

#[tokio::test]
async fn whoever_knows_a_name_does_not_use_up_the_codes_of_its_owner() {
    let pds = TestPds::start_with(|config| config.shows_outbox = true).await;
    pds.account("alice").await;
    let ask = async |browser: &mut Browser| {
        let page = browser.open(&pds, "/account/sign-in").await;
        let filled = [("identifier", "alice.test")];
        browser.submit(&pds, &page, "/account/sign-in/code", &filled).await
    };
    for _ in 0..5 {
        assert_eq!(ask(&mut Browser::at(EVE)).await.status, 200);
    }
    let late = ask(&mut Browser::at(EVE)).await;
    assert_eq!(late.status, 429);
    assert!(late.html.contains("Wait 60 minutes"), "{}", late.html);
    assert_eq!(ask(&mut Browser::at("203.0.113.6")).await.status, 200);
}

#[tokio::test]
async fn accounts_are_not_made_faster_by_the_form() {
    let pds = TestPds::start().await;
    let mut eve = Browser::at(EVE);
    let page = eve.open(&pds, "/account/create").await;
    let wrong: Value = json!({ "handle": "a.b.c.test", "password": PASSWORD });
    for _ in 0..50 {
        let filled =
            [("name", "a.b.c"), ("domain", ".test"), ("email", ""), ("password", PASSWORD)];
        let answer = eve.submit(&pds, &page, "/account/create", &filled).await;
        assert_eq!(answer.status, 400, "{}", answer.html);
        assert_eq!(pds.post_from(EVE, server::CREATE_ACCOUNT, &wrong).await.status(), 400);
    }
    let filled = [("name", "eve"), ("domain", ".test"), ("email", ""), ("password", PASSWORD)];
    assert_eq!(eve.submit(&pds, &page, "/account/create", &filled).await.status, 429);
}
