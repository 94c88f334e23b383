//! The ways in beside a password: codes by mail, passkeys, recovery; and who gets in by none.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use hypercerts_identity::net::{Request, header};
use hypercerts_pds::WaysIn;
use hypercerts_xrpc::nsid::server;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::app::{App, refused, tokens};
use super::browser::{Browser, Page};
use crate::support::{PASSWORD, TestPds};

async fn start() -> TestPds {
    TestPds::start_with(|config| config.shows_outbox = true).await
}

/// The newest mail to an address, if there is one.
async fn mail(pds: &TestPds, to: &str) -> Option<String> {
    let url = pds.base.join("/dev/outbox").unwrap();
    let request = Request::get(url).header(header::ACCEPT, "application/json");
    let mails = pds.send(request).await.json();
    let mails = mails["mails"].as_array().unwrap();
    let newest = mails.iter().rev().find(|mail| mail["to"] == to)?;
    Some(newest["text"].as_str().unwrap().to_owned())
}

/// The code that stands alone on a line of a mail. Mail is sent after the answer.
async fn mailed_code(pds: &TestPds, to: &str) -> String {
    for _ in 0..200 {
        if let Some(text) = mail(pds, to).await {
            let line = text.lines().find(|line| line.starts_with("    ")).unwrap();
            return line.trim().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail to {to}")
}

async fn ask_for_code(pds: &TestPds, browser: &mut Browser, identifier: &str) -> Page {
    let page = browser.open(pds, "/account/sign-in").await;
    browser.submit(pds, &page, "/account/sign-in/code", &[("identifier", identifier)]).await
}

async fn enter(pds: &TestPds, browser: &mut Browser, page: &Page, code: &str) -> Page {
    browser.submit(pds, page, "/account/sign-in/code/check", &[("code", code)]).await
}

#[tokio::test]
async fn a_mailed_code_signs_in_once_in_the_browser_that_asked() {
    let pds = start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let page = ask_for_code(&pds, &mut browser, "alice.test").await;
    let code = mailed_code(&pds, "alice@mail.test").await;

    let mut eve = Browser::default();
    let theirs = ask_for_code(&pds, &mut eve, "nobody.test").await;
    let filled = [("identifier", "alice.test"), ("code", code.as_str())];
    let stolen = eve.submit(&pds, &theirs, "/account/sign-in/code/check", &filled).await;
    assert_eq!(stolen.status, 400, "a code that somebody read over a shoulder");

    let typed = code.to_lowercase().replace('-', " ");
    let entered = enter(&pds, &mut browser, &page, &typed).await;
    assert_eq!(entered.location.as_deref(), Some("/account"));
    assert!(browser.open(&pds, "/account").await.html.contains("alice.test"));
    let mut again = Browser::default();
    again.cookie.clone_from(&browser.cookie);
    let page = ask_for_code(&pds, &mut again, "nobody.test").await;
    let filled = [("identifier", "alice.test"), ("code", code.as_str())];
    let again = again.submit(&pds, &page, "/account/sign-in/code/check", &filled).await;
    assert_eq!(again.status, 400);
}

#[tokio::test]
async fn a_mailed_code_is_not_guessed() {
    let pds = start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let page = ask_for_code(&pds, &mut browser, "alice.test").await;
    let code = mailed_code(&pds, "alice@mail.test").await;
    for _ in 0..5 {
        assert_eq!(enter(&pds, &mut browser, &page, "AAAA-AAAA").await.status, 400);
    }
    let late = enter(&pds, &mut browser, &page, &code).await;
    assert_eq!(late.status, 400, "the tries are used up");
}

#[tokio::test]
async fn a_stranger_who_asks_for_a_code_does_not_keep_the_owner_out() {
    let pds = start().await;
    pds.account("alice").await;
    let mut eve = Browser::default();
    let theirs = ask_for_code(&pds, &mut eve, "alice.test").await;
    let of_eve = mailed_code(&pds, "alice@mail.test").await;

    let mut browser = Browser::default();
    let page = ask_for_code(&pds, &mut browser, "alice.test").await;
    let mut code = of_eve.clone();
    for _ in 0..200 {
        code = mailed_code(&pds, "alice@mail.test").await;
        if code != of_eve {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_ne!(code, of_eve, "the owner has a code too");
    ask_for_code(&pds, &mut eve, "alice.test").await;
    for _ in 0..5 {
        assert_eq!(enter(&pds, &mut eve, &theirs, &code).await.status, 400);
    }
    let entered = enter(&pds, &mut browser, &page, &code).await;
    assert_eq!(entered.location.as_deref(), Some("/account"));
}

#[tokio::test]
async fn asking_for_a_code_tells_nobody_who_has_an_account() {
    let pds = start().await;
    pds.account("alice").await;
    let mut answers = Vec::new();
    for identifier in ["alice.test", "nobody.test"] {
        let mut browser = Browser::default();
        let page = ask_for_code(&pds, &mut browser, identifier).await;
        let wrong = enter(&pds, &mut browser, &page, "AAAA-AAAA").await;
        let said = |page: &Page| {
            let main = page.html.split("<main").nth(1).unwrap().replace(identifier, "somebody");
            let (before, after) = main.split_once("name=\"csrf\"").unwrap();
            (page.status, before.to_owned(), after[after.find('>').unwrap()..].to_owned())
        };
        answers.push((said(&page), said(&wrong)));
    }
    assert_eq!(answers[0], answers[1]);
    mailed_code(&pds, "alice@mail.test").await;
}

/// A device with one passkey.
struct Device {
    key: EcdsaKeyPair,
    counter: u32,
}

impl Device {
    fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { key, counter: 0 }
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let counter = self.counter.to_be_bytes();
        [Sha256::digest("localhost").as_slice(), &[flags], &counter].concat()
    }

    /// What a browser at `http://localhost` would put into the form.
    fn client_data(pds: &TestPds, page: &Page, kind: &str) -> String {
        let challenge = page.html.split("data-challenge=\"").nth(1).unwrap();
        let challenge = challenge.split('"').next().unwrap();
        let origin = format!("http://localhost:{}", pds.base.port().unwrap());
        json!({ "type": kind, "challenge": challenge, "origin": origin }).to_string()
    }

    fn make(&self, pds: &TestPds, page: &Page) -> [(&'static str, String); 2] {
        let point = self.key.public_key().as_ref();
        let int = |n: i64| Cbor::Integer(n.into());
        let key = Cbor::Map(vec![
            (int(1), int(2)),
            (int(3), int(-7)),
            (int(-1), int(1)),
            (int(-2), Cbor::Bytes(point[1..33].to_vec())),
            (int(-3), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = self.data(0b0100_0101);
        data.extend([[0; 16].as_slice(), &5_u16.to_be_bytes(), b"phone"].concat());
        ciborium::into_writer(&key, &mut data).unwrap();
        let object = Cbor::Map(vec![(Cbor::Text("authData".into()), Cbor::Bytes(data))]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        let client = Self::client_data(pds, page, "webauthn.create");
        [
            ("client_data", BASE64URL_NOPAD.encode(client.as_bytes())),
            ("attestation", BASE64URL_NOPAD.encode(&attestation)),
        ]
    }

    fn sign(&mut self, pds: &TestPds, page: &Page) -> [(&'static str, String); 4] {
        self.counter += 1;
        let client = Self::client_data(pds, page, "webauthn.get");
        let data = self.data(0b0000_0101);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        [
            ("credential", BASE64URL_NOPAD.encode(b"phone")),
            ("client_data", BASE64URL_NOPAD.encode(client.as_bytes())),
            ("authenticator_data", BASE64URL_NOPAD.encode(&data)),
            ("signature", BASE64URL_NOPAD.encode(signature.as_ref())),
        ]
    }
}

fn borrowed<'a, const N: usize>(
    fields: &'a [(&'static str, String); N],
) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn signed_in(pds: &TestPds) -> Browser {
    let mut browser = Browser::default();
    let page = browser.open(pds, "/account/sign-in").await;
    browser.sign_in(pds, &page, "alice.test").await;
    browser
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_and_is_removed() {
    let pds = start().await;
    pds.account("alice").await;
    let mut device = Device::new();
    let mut browser = signed_in(&pds).await;
    let page = browser.open(&pds, "/account/passkeys/add").await;
    let script = page.policy.split(';').find(|rule| rule.contains("script-src")).unwrap();
    assert!(script.contains("'nonce-") && !script.contains("unsafe"), "{}", page.policy);
    let made = device.make(&pds, &page);
    let mut fields = borrowed(&made);
    fields.push(("name", "My phone"));
    let added = browser.submit(&pds, &page, "/account/passkeys/add", &fields).await;
    let listed = browser.open(&pds, &added.location.unwrap()).await;
    assert!(listed.html.contains("My phone"), "{}", listed.html);
    let twice = browser.submit(&pds, &page, "/account/passkeys/add", &fields).await;
    assert_eq!(twice.status, 400, "the page was answered already");

    let mut other = Browser::default();
    let page = other.open(&pds, "/account/sign-in").await;
    let signed = device.sign(&pds, &page);
    let entered = other.submit(&pds, &page, "/account/sign-in/passkey", &borrowed(&signed)).await;
    assert_eq!(entered.location.as_deref(), Some("/account"));
    assert!(other.open(&pds, "/account").await.html.contains("alice.test"));

    // Somebody who saw all of it sends it once more, from their own browser.
    let mut eve = Browser::default();
    let theirs = eve.open(&pds, "/account/sign-in").await;
    let replayed = eve.submit(&pds, &theirs, "/account/sign-in/passkey", &borrowed(&signed)).await;
    assert_eq!(replayed.status, 400);

    browser.submit(&pds, &listed, "/account/passkeys/remove", &[]).await;
    let page = eve.open(&pds, "/account/sign-in").await;
    let signed = device.sign(&pds, &page);
    let removed = eve.submit(&pds, &page, "/account/sign-in/passkey", &borrowed(&signed)).await;
    assert_eq!(removed.status, 400);
}

#[tokio::test]
async fn a_new_password_by_mail_signs_everything_out() {
    let pds = start().await;
    pds.account("alice").await;
    let mut before = signed_in(&pds).await;
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let code = before.allow(&pds, &address, "alice.test").await.code();
    let granted = tokens(&app.exchange(&pds, &code, &[]).await);

    let mut browser = Browser::default();
    let page = browser.open(&pds, "/account/recover").await;
    let filled = [("email", "Alice@mail.test")];
    let page = browser.submit(&pds, &page, "/account/recover", &filled).await;
    let code = mailed_code(&pds, "alice@mail.test").await;
    let filled = [("code", "AAAAA-AAAAA"), ("password", "another horse")];
    assert_eq!(browser.submit(&pds, &page, "/account/recover/set", &filled).await.status, 400);
    let filled = [("code", code.as_str()), ("password", "another horse")];
    let done = browser.submit(&pds, &page, "/account/recover/set", &filled).await;
    assert!(done.html.contains("The new password is set"), "{}", done.html);

    assert_eq!(pds.login("alice.test", "another horse").await.status(), 200);
    pds.login("alice.test", PASSWORD).await.is_error(401, "AuthenticationRequired");
    refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
    let gone = before.open(&pds, "/account").await;
    assert_eq!(gone.location.as_deref(), Some("/account/sign-in"));
}

#[tokio::test]
async fn with_a_new_password_passkeys_stay_only_if_the_owner_says_so() {
    for keep in [false, true] {
        let pds = start().await;
        let alice = pds.account("alice").await;
        let body = json!({ "name": "program" });
        let made = pds.post(&alice.access, server::CREATE_APP_PASSWORD, &body).await.json();
        let mut device = Device::new();
        let mut owner = signed_in(&pds).await;
        let page = owner.open(&pds, "/account/passkeys/add").await;
        let passkey = device.make(&pds, &page);
        let mut fields = borrowed(&passkey);
        fields.push(("name", "My phone"));
        owner.submit(&pds, &page, "/account/passkeys/add", &fields).await;

        let mut browser = Browser::default();
        let page = browser.open(&pds, "/account/recover").await;
        let filled = [("email", "alice@mail.test")];
        let page = browser.submit(&pds, &page, "/account/recover", &filled).await;
        let code = mailed_code(&pds, "alice@mail.test").await;
        let mut filled = vec![("code", code.as_str()), ("password", "another horse")];
        filled.extend(keep.then_some(("keep_passkeys", "true")));
        let done = browser.submit(&pds, &page, "/account/recover/set", &filled).await;
        assert!(done.html.contains("App passwords are revoked"), "{}", done.html);

        let program = pds.login("alice.test", made["password"].as_str().unwrap()).await;
        program.is_error(401, "AuthenticationRequired");
        let page = browser.open(&pds, "/account/sign-in").await;
        let signed = device.sign(&pds, &page);
        let entered =
            browser.submit(&pds, &page, "/account/sign-in/passkey", &borrowed(&signed)).await;
        assert_eq!(entered.location.is_some(), keep, "{}", entered.html);
    }
}

#[tokio::test]
async fn what_the_operator_does_not_offer_lets_nobody_in() {
    let pds = TestPds::start_with(|config| {
        config.ways_in = WaysIn { password: false, passkey: false, email_code: false };
    })
    .await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let page = browser.open(&pds, "/account/create").await;
    for way in ["/account/sign-in\"", "/account/sign-in/code\"", "/account/sign-in/passkey\""] {
        let offered = browser.open(&pds, "/account/sign-in").await.html;
        assert!(!offered.contains(&format!("action=\"{way}")), "{way}");
    }
    let csrf = page.form("/account/create").into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let own = pds.base.origin().ascii_serialization();
    for (action, fields) in [
        ("/account/sign-in", format!("identifier=alice.test&password={PASSWORD}")),
        ("/account/sign-in/code", "identifier=alice.test".to_owned()),
        ("/account/sign-in/code/check", "identifier=alice.test&code=AAAA-AAAA".to_owned()),
        (
            "/account/sign-in/passkey",
            "credential=AA&client_data=AA&authenticator_data=AA&signature=AA".to_owned(),
        ),
        ("/account/recover", "email=alice@mail.test".to_owned()),
        ("/account/recover/set", "email=alice@mail.test&code=A&password=another".to_owned()),
    ] {
        let sent = browser.post(&pds, action, format!("{fields}&csrf={csrf}"), &own).await;
        assert_eq!(sent.status, 403, "{action}: {}", sent.html);
    }
    assert_eq!(browser.open(&pds, "/account/recover").await.status, 403);
    let body = json!({ "email": "alice@mail.test" });
    let asked = pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &body).await;
    asked.is_error(400, "InvalidRequest");
}

#[tokio::test]
async fn no_app_acts_for_an_account_that_is_not_active() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let mut browser = signed_in(&pds).await;
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let consent = browser.follow(&pds, address.as_str()).await;
    let deactivate = async || pds.post(&alice.access, server::DEACTIVATE_ACCOUNT, &json!({})).await;
    assert_eq!(deactivate().await.status(), 200);

    let late = browser.submit(&pds, &consent, "/oauth/authorize", &[("decision", "allow")]).await;
    assert_eq!(late.status, 400, "{:?}", late.location);
    assert!(late.html.contains("is not active"), "{}", late.html);
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let page = browser.follow(&pds, address.as_str()).await;
    assert_eq!((page.status, page.html.contains("is not active")), (400, true));
    // The owner still gets in, to bring it back or to take it away.
    let account = browser.open(&pds, "/account").await.html;
    assert!(account.contains("This account is deactivated"), "{account}");
}

#[tokio::test]
async fn a_code_is_worth_nothing_once_the_account_is_not_active() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let mut browser = signed_in(&pds).await;
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let code = browser.allow(&pds, &address, "alice.test").await.code();
    let done = pds.post(&alice.access, server::DEACTIVATE_ACCOUNT, &json!({})).await;
    assert_eq!(done.status(), 200);
    let answer = app.exchange(&pds, &code, &[]).await;
    refused(&answer, 400, "invalid_grant");
    let body: Value = serde_json::from_str(answer.text()).unwrap();
    assert!(body.get("access_token").is_none());
}
