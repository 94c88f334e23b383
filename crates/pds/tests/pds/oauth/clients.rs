//! Apps with a document of their own, and those that can prove who they are.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use hypercerts_xrpc::nsid::server;
use serde_json::{Value, json};

use super::app::{App, Key, now, refused, tokens};
use super::browser::Browser;
use crate::support::TestPds;

/// A server of an app's developer, which says what it is told to say.
struct Developer {
    origin: String,
    documents: Documents,
}

type Documents = Arc<Mutex<Vec<(String, Value)>>>;

async fn answer(State(documents): State<Documents>, uri: Uri) -> Response {
    if uri.path().starts_with("/slow/") {
        std::future::pending::<()>().await;
    }
    if uri.path() == "/moved.json" {
        return Redirect::to("/client.json").into_response();
    }
    let documents = documents.lock().unwrap();
    let found = documents.iter().rev().find(|(path, _)| path == uri.path());
    match found {
        Some((_, document)) => axum::Json(document.clone()).into_response(),
        None => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}

impl Developer {
    async fn start() -> Self {
        let documents = Documents::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&documents));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, documents }
    }

    fn publish(&self, path: &str, document: Value) -> String {
        self.documents.lock().unwrap().push((path.to_owned(), document));
        format!("{}{path}", self.origin)
    }

    fn document(&self, path: &str) -> Value {
        json!({
            "client_id": format!("{}{path}", self.origin),
            "client_name": "Your Bank",
            "redirect_uris": [format!("{}/callback", self.origin)],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "atproto transition:generic",
            "token_endpoint_auth_method": "none",
            "dpop_bound_access_tokens": true,
        })
    }

    fn public(&self) -> App {
        let id = self.publish("/client.json", self.document("/client.json"));
        App::new(id, &format!("{}/callback", self.origin), "atproto")
    }

    /// The document of an app that proves who it is.
    fn with_keys(&self, path: &str, keys: &[(&Key, &str)]) -> Value {
        let mut document = self.document(path);
        document["token_endpoint_auth_method"] = json!("private_key_jwt");
        document["token_endpoint_auth_signing_alg"] = json!("ES256");
        let keys: Vec<Value> = keys.iter().map(|(key, kid)| named(key, kid)).collect();
        document["jwks"] = json!({ "keys": keys });
        document
    }

    fn confidential(&self, path: &str) -> App {
        let key = Key::new();
        let id = self.publish(path, self.with_keys(path, &[(&key, "one")]));
        let mut app = App::new(id, &format!("{}/callback", self.origin), "atproto");
        app.secret = Some(("one".to_owned(), key));
        app
    }
}

fn named(key: &Key, kid: &str) -> Value {
    let mut jwk = key.jwk();
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk
}

#[tokio::test]
async fn an_app_is_shown_by_its_host_and_its_name_as_its_own_claim() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    pds.account("alice").await;
    let app = developer.public();
    let address = app.page(&pds, &[]).await;
    let mut browser = Browser::default();
    let page = browser.follow(&pds, address.as_str()).await;
    assert!(page.policy.contains(&format!("form-action 'self' {};", developer.origin)));
    let next = browser.sign_in(&pds, &page, "alice.test").await.location.unwrap();
    let consent = browser.follow(&pds, &next).await;
    assert!(consent.html.contains("<b>127.0.0.1</b>"), "{}", consent.html);
    assert!(consent.html.contains("calls itself") && consent.html.contains("Your Bank"));
    let back = browser.submit(&pds, &consent, "/oauth/authorize", &[("decision", "allow")]).await;
    tokens(&app.exchange(&pds, &back.code(), &[]).await);
}

#[tokio::test]
async fn a_document_with_anything_wrong_is_refused() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    let redirect = format!("{}/callback", developer.origin);
    let cases = [
        ("client_id", json!("https://app.example.org/client.json")),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["https://user@app.example.org/"])),
        ("redirect_uris", json!(["javascript:alert(1)"])),
        ("grant_types", json!(["refresh_token"])),
        ("response_types", json!(["token"])),
        ("scope", json!("transition:generic")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("dpop_bound_access_tokens", json!(false)),
        ("jwks", json!({ "keys": [] })),
        ("scope", json!(format!("atproto {}", "x".repeat(8 * 1024)))),
        ("redirect_uris", json!(vec![format!("{redirect}?{}", "x".repeat(500)); 20])),
    ];
    for (n, (field, value)) in cases.into_iter().enumerate() {
        let path = format!("/{n}.json");
        let mut document = developer.document(&path);
        document[field] = value;
        let id = developer.publish(&path, document);
        let app = App::new(id, &redirect, "atproto");
        refused(&app.push(&pds, &[]).await, 400, "invalid_client_metadata");
    }
    let missing = App::new(format!("{}/missing.json", developer.origin), &redirect, "atproto");
    refused(&missing.push(&pds, &[]).await, 400, "invalid_client_metadata");
    let moved = App::new(format!("{}/moved.json", developer.origin), &redirect, "atproto");
    refused(&moved.push(&pds, &[]).await, 400, "invalid_client_metadata");
    let large = developer.publish("/large.json", json!({ "x": "x".repeat(300 * 1024) }));
    refused(
        &App::new(large, &redirect, "atproto").push(&pds, &[]).await,
        400,
        "invalid_client_metadata",
    );
    let none = App::new("app".to_owned(), &redirect, "atproto");
    refused(&none.push(&pds, &[]).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_confidential_app_signs_for_everything_it_asks() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    pds.account("alice").await;
    let app = developer.confidential("/client.json");
    let good = app.assertion_claims(&pds);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let wrong = [
        with("iss", json!("https://evil.example.org")),
        with("sub", json!("https://evil.example.org")),
        with("aud", json!("https://other.example.org")),
        with("iat", json!(now() - 600)),
        with("iat", json!(now() + 600)),
        with("exp", json!(now() - 600)),
        with("jti", Value::Null),
    ];
    for claims in wrong {
        let assertion = app.assertion(&claims);
        refused(&app.push(&pds, &[("client_assertion", &assertion)]).await, 401, "invalid_client");
    }
    let (_, secret) = app.secret.as_ref().unwrap();
    for header in [
        json!({ "alg": "ES256" }),
        json!({ "alg": "ES256", "kid": "two" }),
        json!({ "alg": "EdDSA", "kid": "one" }),
        json!({ "alg": "none", "kid": "one" }),
    ] {
        let assertion = secret.sign(&header, &good);
        refused(&app.push(&pds, &[("client_assertion", &assertion)]).await, 401, "invalid_client");
    }
    let forged = Key::new().sign(&json!({ "alg": "ES256", "kid": "one" }), &good);
    refused(&app.push(&pds, &[("client_assertion", &forged)]).await, 401, "invalid_client");
    let silent = App::new(app.client_id.clone(), &app.redirect_uri, "atproto");
    refused(&silent.push(&pds, &[]).await, 401, "invalid_client");

    let once = app.assertion(&good);
    assert_eq!(app.push(&pds, &[("client_assertion", &once)]).await.status(), 201);
    refused(&app.push(&pds, &[("client_assertion", &once)]).await, 401, "invalid_client");
    let pds = pds.restart().await;
    refused(&app.push(&pds, &[("client_assertion", &once)]).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_session_stays_with_the_key_it_began_with() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    pds.account("alice").await;
    let mut app = developer.confidential("/client.json");
    // A second key, beside the first from the beginning.
    let second = Key::new();
    let first = &app.secret.as_ref().unwrap().1;
    let both = developer.with_keys("/client.json", &[(first, "one"), (&second, "two")]);
    developer.publish("/client.json", both);

    let address = app.page(&pds, &[]).await;
    let mut browser = Browser::default();
    let code = browser.allow(&pds, &address, "alice.test").await.code();
    let granted = tokens(&app.exchange(&pds, &code, &[]).await);
    let granted = tokens(&app.refresh(&pds, &granted.refresh).await);
    app.secret = Some(("two".to_owned(), second));
    refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
    let after = app.get(&pds, &granted.access, server::GET_SESSION).await;
    assert_eq!(after.status(), 401, "another key ends the session");
}

#[tokio::test]
async fn a_key_that_an_app_takes_back_ends_its_sessions() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    pds.account("alice").await;
    let app = developer.confidential("/client.json");
    let address = app.page(&pds, &[]).await;
    let code = Browser::default().allow(&pds, &address, "alice.test").await.code();
    let granted = tokens(&app.exchange(&pds, &code, &[]).await);

    let with = |key: &Key| developer.with_keys("/client.json", &[(key, "one")]);
    developer.publish("/client.json", with(&Key::new()));
    // What was read of the app is kept for a minute, but not over a restart.
    let pds = pds.restart().await;
    refused(&app.refresh(&pds, &granted.refresh).await, 401, "invalid_client");
    assert_eq!(app.get(&pds, &granted.access, server::GET_SESSION).await.status(), 401);

    developer.publish("/client.json", with(&app.secret.as_ref().unwrap().1));
    let pds = pds.restart().await;
    refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
}

#[tokio::test]
async fn an_app_that_proves_who_it_is_need_not_ask_twice() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    pds.account("alice").await;
    let mut browser = Browser::default();
    let mut app = developer.confidential("/client.json");
    let address = app.page(&pds, &[]).await;
    browser.allow(&pds, &address, "alice.test").await.code();

    app.verifier = super::app::random();
    let address = app.page(&pds, &[]).await;
    let back = browser.open(&pds, address.as_str()).await;
    tokens(&app.exchange(&pds, &back.code(), &[]).await);

    app.verifier = super::app::random();
    let address = app.page(&pds, &[("prompt", "consent")]).await;
    assert!(browser.open(&pds, address.as_str()).await.html.contains("Let this app act for you?"));
    app.verifier = super::app::random();
    let more = app.page(&pds, &[("scope", "atproto transition:generic")]).await;
    assert!(browser.open(&pds, more.as_str()).await.html.contains("almost everywhere"));
}

#[tokio::test]
async fn addresses_that_answer_slowly_keep_no_other_network_waiting() {
    let (pds, developer) = (TestPds::start().await, Developer::start().await);
    let redirect = format!("{}/callback", developer.origin);
    let slow: Vec<App> = (0..12)
        .map(|n| {
            let id = format!("{}/slow/{n}.json", developer.origin);
            let mut app = App::new(id, &redirect, "atproto");
            app.address = Some("203.0.113.5".to_owned());
            app
        })
        .collect();
    let asked = futures_util::future::join_all(slow.iter().map(|app| app.push(&pds, &[])));
    let mut good = developer.public();
    good.address = Some("203.0.113.6".to_owned());
    let meanwhile = async {
        // The others ask first.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        good.push(&pds, &[]).await.status()
    };
    tokio::pin!(asked);
    tokio::select! {
        _ = &mut asked => panic!("nothing answers them yet"),
        status = meanwhile => assert_eq!(status, 201),
    }
    // Eight wait for the address, and those behind them for a turn, but not for ever.
    let refused = asked.await;
    let busy = refused.iter().filter(|answer| answer.text().contains("temporarily_unavailable"));
    assert_eq!((busy.count(), refused.iter().all(|answer| answer.status() != 201)), (4, true));
}
