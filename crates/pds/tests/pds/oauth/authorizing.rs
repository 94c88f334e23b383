//! From an app's request to its tokens, and everybody who tries to get in between.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::{repo, server};
use serde_json::{Value, json};

use super::app::{App, issuer, refused, tokens};
use super::browser::Browser;
use crate::support::{ACTIVITY, TestPds, claim};

#[tokio::test]
async fn an_app_is_allowed_to_write_and_writes() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let app = App::local("atproto repo:*");
    let address = app.page(&pds, &[]).await;
    let mut browser = Browser::default();

    let back = browser.allow(&pds, &address, "alice.test").await;
    assert_eq!(back.status, 303);
    assert!(back.location.as_ref().unwrap().starts_with("http://127.0.0.1/callback?"));
    let told = back.told();
    assert_eq!(
        (told["iss"].as_str(), told["state"].as_str()),
        (issuer(&pds).as_str(), "some state")
    );

    let granted = tokens(&app.exchange(&pds, &back.code(), &[]).await);
    assert_eq!(granted.whole["token_type"], "DPoP");
    assert_eq!(granted.whole["sub"], alice.did.as_str());
    assert_eq!(granted.whole["scope"], "atproto repo:*");
    assert!(granted.whole["expires_in"].as_i64().unwrap() < 30 * 60);

    let body = json!({ "repo": alice.did, "collection": ACTIVITY, "record": claim("By an app") });
    let written = app.procedure(&pds, &granted.access, repo::CREATE_RECORD, &body).await;
    assert!(written.json()["uri"].as_str().unwrap().starts_with(&format!("at://{}", alice.did)));
}

#[tokio::test]
async fn the_documents_say_what_clients_insist_on() {
    let pds = TestPds::start().await;
    let read = async |path: &str| {
        let answer = pds.send(Request::get(pds.base.join(path).unwrap())).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        answer.json()
    };
    let resource = read("/.well-known/oauth-protected-resource").await;
    assert_eq!(resource["resource"], issuer(&pds));
    assert_eq!(resource["authorization_servers"], json!([issuer(&pds)]));
    let server = read("/.well-known/oauth-authorization-server").await;
    assert_eq!(server["issuer"], issuer(&pds));
    for name in [
        "require_pushed_authorization_requests",
        "authorization_response_iss_parameter_supported",
        "client_id_metadata_document_supported",
    ] {
        assert_eq!(server[name], true, "{name}");
    }
    let holds = |name: &str, value: &str| server[name].as_array().unwrap().contains(&json!(value));
    assert!(holds("dpop_signing_alg_values_supported", "ES256"));
    assert!(!holds("token_endpoint_auth_signing_alg_values_supported", "none"));
    assert!(holds("prompt_values_supported", "create") && holds("scopes_supported", "atproto"));
    assert_eq!(read("/oauth/jwks").await, json!({ "keys": [] }));
}

#[tokio::test]
async fn what_the_app_asks_for_wrongly_is_told_to_it() {
    let pds = TestPds::start().await;
    let app = App::local("atproto");
    for (field, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("redirect_uri", "http://127.0.0.1/elsewhere", "invalid_request"),
        ("redirect_uri", "https://evil.example.org/callback", "invalid_request"),
        ("scope", "atproto repo:*", "invalid_scope"),
        ("scope", "", "invalid_scope"),
        ("state", "", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "sing", "invalid_request"),
        ("login_hint", "not a handle", "invalid_request"),
        ("dpop_jkt", &super::app::hash("another key"), "invalid_dpop_proof"),
        ("request", "eyJhbGciOiJub25lIn0..", "invalid_request"),
        ("client_secret", "secret", "invalid_client"),
    ] {
        let status = if error == "invalid_client" { 401 } else { 400 };
        refused(&app.push(&pds, &[(field, value)]).await, status, error);
    }
    assert_eq!(app.push(&pds, &[]).await.status(), 201);
    let again = app.push(&pds, &[]).await;
    refused(&again, 400, "invalid_request");
    assert!(again.text().contains("code_challenge"), "one challenge, one request");
}

#[tokio::test]
async fn bodies_are_bounded_and_may_be_json() {
    let pds = TestPds::start().await;
    let url = pds.base.join("/oauth/par").unwrap();
    let large = "x".repeat(101 * 1024);
    let form = "application/x-www-form-urlencoded";
    let answer = pds.send(Request::post(url.clone()).body(form, format!("state={large}"))).await;
    refused(&answer, 413, "invalid_request");
    let twice = pds.send(Request::post(url.clone()).body(form, "state=1&state=2")).await;
    refused(&twice, 400, "invalid_request");
    let text = pds.send(Request::post(url.clone()).body("text/plain", "state=1")).await;
    refused(&text, 400, "invalid_request");
    let body = json!({
        "client_id": "http://localhost", "response_type": "code", "scope": "atproto", "state": "s",
        "redirect_uri": "http://127.0.0.1:4711/", "code_challenge": super::app::hash("v"),
        "code_challenge_method": "S256",
    });
    let pushed = pds.send(Request::post(url).json(&body)).await;
    assert_eq!(pushed.status(), 201, "{}", pushed.text());
}

#[tokio::test]
async fn a_code_is_good_once_for_whom_it_was_given_to() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    for (field, value, error) in [
        ("code_verifier", "a".repeat(43), "invalid_grant"),
        ("code_verifier", "short".to_owned(), "invalid_grant"),
        ("redirect_uri", "http://127.0.0.1/".to_owned(), "invalid_grant"),
        ("client_id", "http://localhost".to_owned(), "invalid_grant"),
        ("grant_type", "password".to_owned(), "unsupported_grant_type"),
    ] {
        let app = App::local("atproto");
        let address = app.page(&pds, &[]).await;
        let code = browser.allow(&pds, &address, "alice.test").await.code();
        refused(&app.exchange(&pds, &code, &[(field, &value)]).await, 400, error);
        if field != "grant_type" {
            refused(&app.exchange(&pds, &code, &[]).await, 400, "invalid_grant");
        }
    }
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let code = browser.allow(&pds, &address, "alice.test").await.code();
    let granted = tokens(&app.exchange(&pds, &code, &[]).await);
    refused(&app.exchange(&pds, &code, &[]).await, 400, "invalid_grant");
    let after = app.get(&pds, &granted.access, server::GET_SESSION).await;
    assert_eq!(after.status(), 401, "a code shown twice ends what it began");
    refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_code_is_bound_to_the_key_that_asked() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let mut app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let code = browser.allow(&pds, &address, "alice.test").await.code();
    app.key = super::app::Key::new();
    refused(&app.exchange(&pds, &code, &[]).await, 400, "invalid_dpop_proof");
}

#[tokio::test]
async fn answers_travel_as_the_app_wants_them_to() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let app = App::local("atproto");
    let address = app.page(&pds, &[("response_mode", "fragment")]).await;
    let back = browser.allow(&pds, &address, "alice.test").await;
    assert!(back.location.as_ref().unwrap().starts_with("http://127.0.0.1/callback#"));
    assert!(back.told().contains_key("code"));

    let app = App::local("atproto");
    let address = app.page(&pds, &[("response_mode", "form_post")]).await;
    let back = browser.allow(&pds, &address, "alice.test").await;
    assert_eq!(back.status, 200);
    assert!(back.policy.contains("form-action 'self' http://127.0.0.1;"), "{}", back.policy);
    let fields: Value = back.form("http://127.0.0.1/callback").into_iter().collect();
    assert!(fields["code"].is_string() && fields["iss"].is_string(), "{fields}");
    let code = fields["code"].as_str().unwrap();
    tokens(&app.exchange(&pds, code, &[]).await);
}

#[tokio::test]
async fn whoever_does_not_want_to_says_so_to_the_app() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let page = browser.follow(&pds, address.as_str()).await;
    let next = browser.sign_in(&pds, &page, "alice.test").await.location.unwrap();
    let consent = browser.follow(&pds, &next).await;
    assert!(consent.html.contains("An app on your own computer"), "{}", consent.html);
    let back = browser.submit(&pds, &consent, "/oauth/authorize", &[("decision", "deny")]).await;
    assert_eq!(back.told()["error"], "access_denied");
    // The request is over.
    assert_eq!(browser.open(&pds, address.as_str()).await.status, 400);
}

#[tokio::test]
async fn an_app_that_wants_no_page_is_told_what_is_missing() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let app = App::local("atproto");
    let address = app.page(&pds, &[("prompt", "none")]).await;
    let back = browser.open(&pds, address.as_str()).await;
    assert_eq!(back.told()["error"], "login_required");

    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    browser.allow(&pds, &address, "alice.test").await;
    let app = App::local("atproto");
    let address = app.page(&pds, &[("prompt", "none")]).await;
    assert_eq!(browser.open(&pds, address.as_str()).await.told()["error"], "consent_required");
}

#[tokio::test]
async fn pages_are_for_the_browser_they_were_printed_for() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut alice = Browser::default();
    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let page = alice.follow(&pds, address.as_str()).await;
    assert!(page.policy.contains("frame-ancestors 'none'"), "{}", page.policy);
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert!(!page.headers.contains_key("access-control-allow-origin"));
    let next = alice.sign_in(&pds, &page, "alice.test").await.location.unwrap();
    let consent = alice.follow(&pds, &next).await;

    // Somebody else's page sends the form with alice's cookie.
    let fields = consent.form("/oauth/authorize");
    let encode = |fields: &[(String, String)]| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("decision", "allow").finish()
    };
    let evil = "https://evil.example.org";
    let forged = alice.post(&pds, "/oauth/authorize", encode(&fields), evil).await;
    assert_eq!(forged.status, 403);
    // Somebody knows everything but the token.
    let without: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
    let own = issuer(&pds);
    assert_eq!(alice.post(&pds, "/oauth/authorize", encode(&without), &own).await.status, 403);
    // Somebody else's browser sends alice's form.
    let mut eve = Browser::default();
    eve.open(&pds, "/account/sign-in").await;
    assert_eq!(eve.post(&pds, "/oauth/authorize", encode(&fields), &own).await.status, 403);
    // And alice's own.
    assert!(
        alice
            .post(&pds, "/oauth/authorize", encode(&fields), &own)
            .await
            .told()
            .contains_key("code")
    );
}

#[tokio::test]
async fn a_cookie_that_somebody_planted_is_worth_nothing_after_signing_in() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut eve = Browser::default();
    let page = eve.open(&pds, "/account/sign-in").await;
    let planted = eve.cookie.clone();
    let mut alice = Browser::default();
    alice.cookie.clone_from(&planted);
    alice.sign_in(&pds, &page, "alice.test").await;
    assert_ne!(alice.cookie, planted);
    let account = eve.open(&pds, "/account").await;
    assert_eq!(account.location.as_deref(), Some("/account/sign-in"));
    assert!(alice.open(&pds, "/account").await.html.contains("alice.test"));
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = Browser::default();
    let page = browser.open(&pds, "/account/sign-in").await;
    let mut tries = Vec::new();
    for identifier in ["alice.test", "nobody.test", "alice@mail.test", "nonsense"] {
        let filled = [("identifier", identifier), ("password", "wrong horse")];
        let answer = browser.submit(&pds, &page, "/account/sign-in", &filled).await;
        let said = answer.html.split("role=\"alert\"").nth(1).unwrap();
        tries.push((answer.status, said.split("</p>").next().unwrap().to_owned()));
    }
    tries.dedup();
    assert_eq!(tries.len(), 1, "{tries:?}");
}

#[tokio::test]
async fn an_address_that_an_app_did_not_push_leads_nowhere() {
    let pds = TestPds::start().await;
    let mut browser = Browser::default();
    for query in [
        "",
        "?client_id=http://localhost",
        "?client_id=http://localhost&request_uri=https://evil.example.org/request",
        "?client_id=http://localhost&request_uri=urn:ietf:params:oauth:request_uri:req-unknown",
    ] {
        let page = browser.open(&pds, &format!("/oauth/authorize{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(page.location.is_none() && page.html.contains("<h1>"), "{query}");
    }
    let app = App::local("atproto");
    let mut address = app.page(&pds, &[]).await;
    let other = address
        .as_str()
        .replace("client_id=http%3A%2F%2Flocalhost%3F", "client_id=http%3A%2F%2Flocalhost%2F%3F");
    address = other.parse().unwrap();
    assert_eq!(browser.open(&pds, address.as_str()).await.status, 400, "another app's address");
}
