//! Refreshing, giving back, and what ends a session.

use hypercerts_xrpc::nsid::server;
use serde_json::json;

use super::app::{App, Tokens, refused, tokens};
use super::browser::Browser;
use crate::support::TestPds;

async fn connect(pds: &TestPds, app: &App) -> Tokens {
    let address = app.page(pds, &[]).await;
    let code = Browser::default().allow(pds, &address, "alice.test").await.code();
    tokens(&app.exchange(pds, &code, &[]).await)
}

#[tokio::test]
async fn each_refresh_replaces_both_tokens_and_a_replay_ends_the_session() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let app = App::local("atproto repo:*");
    let first = connect(&pds, &app).await;
    let second = tokens(&app.refresh(&pds, &first.refresh).await);
    assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));
    assert_eq!(second.whole["scope"], "atproto repo:*");
    assert_eq!(app.get(&pds, &first.access, server::GET_SESSION).await.status(), 401);
    assert_eq!(app.get(&pds, &second.access, server::GET_SESSION).await.status(), 200);

    // Whoever kept the first token tries it.
    refused(&app.refresh(&pds, &first.refresh).await, 400, "invalid_grant");
    assert_eq!(app.get(&pds, &second.access, server::GET_SESSION).await.status(), 401);
    refused(&app.refresh(&pds, &second.refresh).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_token_is_the_clients_it_was_given_to() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut app = App::local("atproto");
    let granted = connect(&pds, &app).await;
    let id = std::mem::replace(&mut app.client_id, "http://localhost".to_owned());
    refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
    let other = app.post(&pds, "/oauth/revoke", &[("token", &granted.refresh)]).await;
    assert_eq!(other.status(), 200, "and nobody learns whether it is one");
    app.client_id = id;
    tokens(&app.refresh(&pds, &granted.refresh).await);
}

#[tokio::test]
async fn a_session_that_is_given_back_ends_at_once() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let app = App::local("atproto");
    for by_refresh in [true, false] {
        let mut app = App::local("atproto");
        app.verifier = super::app::random();
        let granted = connect(&pds, &app).await;
        let token = if by_refresh { &granted.refresh } else { &granted.access };
        assert_eq!(app.post(&pds, "/oauth/revoke", &[("token", token)]).await.status(), 200);
        let after = app.get(&pds, &granted.access, server::GET_SESSION).await;
        assert_eq!(after.status(), 401);
        assert!(after.header("www-authenticate").contains("error=\"invalid_token\""));
        refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
    }
    let unknown = app.post(&pds, "/oauth/revoke", &[("token", "never-was")]).await;
    assert_eq!(unknown.json(), json!({}));
}

#[tokio::test]
async fn sessions_outlive_a_restart() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let app = App::local("atproto");
    let granted = connect(&pds, &app).await;
    let pds = pds.restart().await;
    let next = tokens(&app.refresh(&pds, &granted.refresh).await);
    assert_eq!(app.get(&pds, &next.access, server::GET_SESSION).await.status(), 200);
}

#[tokio::test]
async fn tokens_are_nowhere_on_the_disk() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let app = App::local("atproto");
    let granted = connect(&pds, &app).await;
    let dir = pds.stop().await;
    let stored = std::fs::read(dir.path().join("pds/pds.sqlite")).unwrap();
    for secret in [&granted.access, &granted.refresh] {
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found);
    }
}
