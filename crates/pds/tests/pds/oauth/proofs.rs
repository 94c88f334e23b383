//! Proofs: every way in which one can be wrong, at the token endpoint and at the methods.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::server;
use serde_json::{Value, json};

use super::app::{App, Key, Tokens, now, refused, tokens};
use super::browser::Browser;
use crate::support::TestPds;

async fn connected(pds: &TestPds) -> (App, Tokens) {
    pds.account("alice").await;
    let app = App::local("atproto");
    let address = app.page(pds, &[]).await;
    let code = Browser::default().allow(pds, &address, "alice.test").await.code();
    let granted = tokens(&app.exchange(pds, &code, &[]).await);
    (app, granted)
}

/// Proofs with one thing wrong each, and what is wrong.
fn wrong_claims(good: &Value) -> Vec<(&'static str, Value)> {
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let mut cases = vec![
        ("method", with("htm", json!("DELETE"))),
        ("address", with("htu", json!("https://evil.example.org/oauth/token"))),
        ("path", with("htu", json!("http://127.0.0.1/other"))),
        ("old", with("iat", json!(now() - 3600))),
        ("from the future", with("iat", json!(now() + 3600))),
        ("absurd time", with("iat", json!(i64::MIN))),
        ("identifier", with("jti", json!(""))),
        ("long identifier", with("jti", json!("x".repeat(300)))),
    ];
    for name in ["jti", "htm", "htu", "iat"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        cases.push((name, claims));
    }
    cases
}

#[tokio::test]
async fn the_token_endpoint_takes_a_fresh_proof_for_itself_only() {
    let pds = TestPds::start().await;
    let (app, granted) = connected(&pds).await;
    let url = pds.base.join("/oauth/token").unwrap();
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", &granted.refresh),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let good = app.proof_claims("POST", &url, None);
    for (what, claims) in wrong_claims(&good) {
        let answer = app.send(&pds, &url, &fields, Some(&app.proof(&claims))).await;
        let body: Value = serde_json::from_str(answer.text()).unwrap();
        assert_eq!(
            (answer.status(), &body["error"]),
            (400, &json!("invalid_dpop_proof")),
            "{what}"
        );
    }
    let mut stale = good.clone();
    stale["nonce"] = json!("of-another-day");
    let told = app.send(&pds, &url, &fields, Some(&app.proof(&stale))).await;
    refused(&told, 400, "use_dpop_nonce");
    assert!(!told.header("dpop-nonce").is_empty());
    assert!(told.header("access-control-expose-headers").contains("DPoP-Nonce"));

    refused(&app.send(&pds, &url, &fields, None).await, 400, "invalid_dpop_proof");
    for header in [
        json!({ "typ": "JWT", "alg": "ES256", "jwk": app.key.jwk() }),
        json!({ "typ": "dpop+jwt", "alg": "none", "jwk": app.key.jwk() }),
        json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": app.key.jwk() }),
        json!({ "typ": "dpop+jwt", "alg": "ES256" }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": Key::new().jwk() }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": app.key.jwk(), "crit": ["exp"] }),
    ] {
        let proof = app.key.sign(&header, &app.proof_claims("POST", &url, None));
        let answer = app.send(&pds, &url, &fields, Some(&proof)).await;
        refused(&answer, 400, "invalid_dpop_proof");
    }
    // Nothing of this used the token up.
    tokens(&app.refresh(&pds, &granted.refresh).await);
}

#[tokio::test]
async fn a_method_takes_a_token_with_a_proof_of_its_key_once() {
    let pds = TestPds::start().await;
    let (app, granted) = connected(&pds).await;
    let access = granted.access.as_str();
    let url = pds.method(server::GET_SESSION, &[]);
    let get = || Request::get(url.clone());

    let first = app.get(&pds, access, server::GET_SESSION).await;
    assert_eq!(first.json()["handle"], "alice.test");
    assert!(!first.header("dpop-nonce").is_empty(), "the next nonce is told beforehand");

    let good = app.proof_claims("GET", &url, Some(access));
    let mut cases = wrong_claims(&good);
    for (what, ath) in
        [("hash of another token", json!(super::app::hash("x"))), ("no hash", Value::Null)]
    {
        let mut claims = good.clone();
        claims["ath"] = ath;
        cases.push((what, claims));
    }
    for (what, claims) in cases {
        let answer = app.call_with(&pds, access, get(), &app.proof(&claims)).await;
        assert_eq!(answer.status(), 401, "{what}: {}", answer.text());
        assert!(answer.header("www-authenticate").starts_with("DPoP error=\"invalid_dpop_proof\""));
    }

    let proof = app.proof(&app.proof_claims("GET", &url, Some(access)));
    assert_eq!(app.call_with(&pds, access, get(), &proof).await.status(), 200);
    let replayed = app.call_with(&pds, access, get(), &proof).await;
    assert_eq!(replayed.status(), 401, "a proof is good once");

    let mut stale = app.proof_claims("GET", &url, Some(access));
    stale["nonce"] = json!("");
    let told = app.call_with(&pds, access, get(), &app.proof(&stale)).await;
    assert_eq!(told.status(), 401);
    assert!(told.header("www-authenticate").starts_with("DPoP error=\"use_dpop_nonce\""));
    assert!(told.header("access-control-expose-headers").contains("WWW-Authenticate"));
}

#[tokio::test]
async fn a_stolen_token_is_nothing_without_its_key() {
    let pds = TestPds::start().await;
    let (app, granted) = connected(&pds).await;
    let mut thief = App::local("atproto");
    thief.client_id.clone_from(&app.client_id);
    let answer = thief.get(&pds, &granted.access, server::GET_SESSION).await;
    assert_eq!(answer.status(), 401, "{}", answer.text());
    refused(&thief.refresh(&pds, &granted.refresh).await, 400, "invalid_dpop_proof");
    let bearer = pds.get_as(&granted.access, server::GET_SESSION).await;
    bearer.is_error(400, "InvalidToken");
    // The owner's session goes on.
    tokens(&app.refresh(&pds, &granted.refresh).await);
}

#[tokio::test]
async fn a_proof_from_before_a_restart_is_worth_nothing() {
    let pds = TestPds::start().await;
    let (app, granted) = connected(&pds).await;
    let url = pds.method(server::GET_SESSION, &[]);
    let proof = app.proof(&app.proof_claims("GET", &url, Some(&granted.access)));
    let pds = pds.restart().await;
    let request = Request::get(url);
    let answer = app.call_with(&pds, &granted.access, request, &proof).await;
    assert!(answer.header("www-authenticate").contains("use_dpop_nonce"));
    let after = app.get(&pds, &granted.access, server::GET_SESSION).await;
    assert_eq!(after.status(), 200, "the session itself outlives the restart");
}
