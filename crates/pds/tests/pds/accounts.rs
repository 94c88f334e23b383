//! Accounts and sessions.

use hypercerts_identity::net::Request;
use hypercerts_identity::plc::PlcState;
use hypercerts_xrpc::nsid::{identity, repo, server};
use serde_json::{Value, json};

use crate::support::{ACTIVITY, PASSWORD, TestPds, claim};

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

#[tokio::test]
async fn a_new_account_is_registered_found_by_its_handle_and_logged_in() {
    let pds = TestPds::start().await;
    let body = json!({ "handle": "Alice.test", "password": PASSWORD });
    let made = pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.json();
    let did = text(&made, "did").parse().unwrap();
    assert_eq!(made["handle"], "alice.test");
    assert_eq!(made["didDoc"]["id"], made["did"]);

    let log = pds.resolver.plc().verified_log(&did).await.unwrap();
    let PlcState::Active(state) = log.state() else { panic!("given up") };
    assert_eq!(state.also_known_as, ["at://alice.test"]);
    assert_eq!(state.services["atproto_pds"].endpoint, pds.base.origin().ascii_serialization());

    let found = pds.get(identity::RESOLVE_HANDLE, &[("handle", "ALICE.test")]).await.json();
    assert_eq!(found["did"], made["did"]);
    let well_known = pds.base.join("/.well-known/atproto-did").unwrap();
    let served = pds.send(Request::get(well_known).host("alice.test")).await;
    assert_eq!((served.status(), served.text()), (200, did.as_str()));
    let verified = pds.resolver.resolve_did(&did).await.unwrap();
    assert_eq!(verified.handle_text(), "alice.test");

    let session = pds.get_as(&text(&made, "accessJwt"), server::GET_SESSION).await;
    assert_eq!(session.header("cache-control"), "private");
    let session = session.json();
    assert_eq!(session["did"], made["did"]);
    assert_eq!(session["active"], true);
}

#[tokio::test]
async fn a_creation_that_broke_off_goes_on_with_the_same_did() {
    let mut pds = TestPds::start().await;
    pds.lose_directory().await;
    let body = json!({ "handle": "alice.test", "password": PASSWORD });
    pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.is_error(502, "UpstreamFailure");
    pds.get(identity::RESOLVE_HANDLE, &[("handle", "alice.test")])
        .await
        .is_error(400, "HandleNotFound");

    // As after a crash, on the way between the directory and the database.
    let mut pds = pds.restart().await;
    pds.find_directory().await;
    let stranger = json!({ "handle": "alice.test", "password": "another password" });
    pds.post_anonymous(server::CREATE_ACCOUNT, &stranger).await.is_error(400, "HandleNotAvailable");
    let made = pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.json();
    let did = text(&made, "did").parse().unwrap();
    assert_eq!(pds.resolver.plc().audit_log(&did).await.unwrap().len(), 1);
    pds.login("alice.test", PASSWORD).await.json();
    pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.is_error(400, "HandleNotAvailable");
}

#[tokio::test]
async fn handles_passwords_and_addresses_that_cannot_be_are_refused() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let table = [
        (json!({ "handle": "bob.example.org", "password": PASSWORD }), "UnsupportedDomain"),
        (json!({ "handle": "no spaces.test", "password": PASSWORD }), "InvalidHandle"),
        (json!({ "handle": "bo.test", "password": PASSWORD }), "InvalidHandle"),
        (json!({ "handle": "admin.test", "password": PASSWORD }), "HandleNotAvailable"),
        (json!({ "handle": "bob.test", "password": "short" }), "InvalidPassword"),
        (json!({ "handle": "bob.test", "password": "x".repeat(257) }), "InvalidPassword"),
        (json!({ "handle": "bob.test" }), "InvalidPassword"),
        (json!({ "handle": "alice.test", "password": PASSWORD }), "HandleNotAvailable"),
        (
            json!({ "handle": "bob.test", "password": PASSWORD, "email": "nobody" }),
            "InvalidRequest",
        ),
        (
            json!({ "handle": "bob.test", "password": PASSWORD, "email": "ALICE@mail.test" }),
            "InvalidRequest",
        ),
        (json!({ "password": PASSWORD }), "InvalidRequest"),
    ];
    for (body, name) in table {
        pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.is_error(400, name);
    }
    let body = json!({ "handle": "bob.test", "password": PASSWORD });
    pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.json();
}

#[tokio::test]
async fn login_works_by_handle_did_and_address_and_says_nothing_about_who_exists() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    for identifier in ["alice.test", "@alice.test", "Alice@Mail.test", alice.did.as_str()] {
        let session = pds.login(identifier, PASSWORD).await.json();
        assert_eq!(session["did"], alice.did.as_str(), "{identifier}");
        assert_eq!(session["email"], "alice@mail.test");
    }
    let wrong = pds.login("alice.test", "wrong password").await;
    let unknown = pds.login("nobody.test", PASSWORD).await;
    wrong.is_error(401, "AuthenticationRequired");
    assert_eq!(wrong.text(), unknown.text());
    pds.login("alice.test", &"x".repeat(5000)).await.is_error(401, "AuthenticationRequired");
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut last = None;
    for _ in 0..31 {
        // Too long to be anybody's, so no time is spent on hashing it.
        last = Some(pds.login("alice.test", &"x".repeat(300)).await);
    }
    let last = last.unwrap();
    last.is_error(429, "RateLimitExceeded");
    assert_eq!(last.header("retry-after"), "300");
}

#[tokio::test]
async fn a_refresh_token_is_replaced_at_each_use_and_forgives_a_lost_answer() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let second = pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.json();
    assert_eq!(second["handle"], "alice.test");
    assert_ne!(text(&second, "refreshJwt"), alice.refresh);

    let again = pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.json();
    assert_eq!(identifier(&again), identifier(&second), "the same successor");
    let third = pds.post_empty(&text(&again, "refreshJwt"), server::REFRESH_SESSION).await.json();
    assert_ne!(identifier(&third), identifier(&second));

    let access = text(&third, "accessJwt");
    pds.get_as(&access, server::GET_SESSION).await.json();
    pds.post_empty(&access, server::REFRESH_SESSION).await.is_error(400, "InvalidToken");
    pds.get_as(&alice.refresh, server::GET_SESSION).await.is_error(400, "InvalidToken");
}

/// The identifier inside a refresh token.
fn identifier(session: &Value) -> Value {
    let token = text(session, "refreshJwt");
    let claims = token.split('.').nth(1).unwrap().as_bytes();
    let claims = data_encoding::BASE64URL_NOPAD.decode(claims).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["jti"].clone()
}

#[tokio::test]
async fn logging_out_ends_the_whole_session_and_no_other() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let other = text(&pds.login("alice.test", PASSWORD).await.json(), "refreshJwt");
    let next = pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await.json();

    assert_eq!(pds.post_empty(&alice.refresh, server::DELETE_SESSION).await.status(), 200);
    for token in [&alice.refresh, &text(&next, "refreshJwt")] {
        pds.post_empty(token, server::REFRESH_SESSION).await.is_error(400, "ExpiredToken");
    }
    pds.post_empty(&other, server::REFRESH_SESSION).await.json();
    assert_eq!(pds.post_empty(&alice.refresh, server::DELETE_SESSION).await.status(), 200);
}

#[tokio::test]
async fn tokens_are_told_apart_from_what_is_none() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let session = pds.method(server::GET_SESSION, &[]);
    pds.send(Request::get(session.clone())).await.is_error(401, "AuthMissing");
    pds.get_as("not.a.token", server::GET_SESSION).await.is_error(400, "InvalidToken");
    let (rest, _signature) = alice.access.rsplit_once('.').unwrap();
    let forged = format!("{rest}.{}", "A".repeat(43));
    pds.get_as(&forged, server::GET_SESSION).await.is_error(400, "InvalidToken");

    let elsewhere = TestPds::start().await;
    elsewhere.get_as(&alice.access, server::GET_SESSION).await.is_error(400, "InvalidToken");
}

#[tokio::test]
async fn an_app_password_writes_records_but_does_not_manage_the_account() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let name = json!({ "name": "phone" });
    let made = pds.post(&alice.access, server::CREATE_APP_PASSWORD, &name).await.json();
    let password = text(&made, "password");
    assert_eq!(password.len(), "xxxx-xxxx-xxxx-xxxx".len());
    pds.post(&alice.access, server::CREATE_APP_PASSWORD, &name)
        .await
        .is_error(400, "InvalidRequest");

    let session = pds.login("alice.test", &password).await.json();
    let token = text(&session, "accessJwt");
    let body = json!({ "repo": alice.did, "collection": ACTIVITY, "record": claim("By phone") });
    pds.post(&token, repo::CREATE_RECORD, &body).await.json();
    for (method, body) in [
        (server::CREATE_APP_PASSWORD, json!({ "name": "another" })),
        (server::REVOKE_APP_PASSWORD, json!({ "name": "phone" })),
        (identity::UPDATE_HANDLE, json!({ "handle": "mallory.test" })),
    ] {
        pds.post(&token, method, &body).await.is_error(400, "InvalidToken");
    }

    let listed = pds.get_as(&alice.access, server::LIST_APP_PASSWORDS).await.json();
    assert_eq!(listed["passwords"][0]["name"], "phone");
    assert_eq!(listed["passwords"][0].get("password"), None);

    pds.post(&alice.access, server::REVOKE_APP_PASSWORD, &name).await;
    pds.login("alice.test", &password).await.is_error(401, "AuthenticationRequired");
    pds.post_empty(&text(&session, "refreshJwt"), server::REFRESH_SESSION)
        .await
        .is_error(400, "ExpiredToken");
}

#[tokio::test]
async fn a_handle_can_be_changed_and_the_old_one_is_free_again() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    pds.account("bob").await;
    let rename = |to: &str| json!({ "handle": to });
    pds.post(&alice.access, identity::UPDATE_HANDLE, &rename("bob.test"))
        .await
        .is_error(400, "HandleNotAvailable");
    let renamed = pds.post(&alice.access, identity::UPDATE_HANDLE, &rename("alicia.test")).await;
    assert_eq!(renamed.status(), 200, "{}", renamed.text());

    let session = pds.get_as(&alice.access, server::GET_SESSION).await.json();
    assert_eq!(session["handle"], "alicia.test");
    assert_eq!(pds.resolver.resolve_did(&alice.did).await.unwrap().handle_text(), "alicia.test");
    pds.get(identity::RESOLVE_HANDLE, &[("handle", "alice.test")])
        .await
        .is_error(400, "HandleNotFound");
    let body = json!({ "handle": "alice.test", "password": PASSWORD });
    let other = pds.post_anonymous(server::CREATE_ACCOUNT, &body).await.json();
    assert_ne!(other["did"], alice.did.as_str());
}

#[tokio::test]
async fn the_server_introduces_itself() {
    let pds = TestPds::start().await;
    let about = pds.get(server::DESCRIBE_SERVER, &[]).await.json();
    assert_eq!(about["availableUserDomains"], json!([".test"]));
    assert_eq!(about["inviteCodeRequired"], false);
    assert!(about["did"].as_str().unwrap().starts_with("did:web:localhost%3A"));
    let health = pds.get("_health", &[]).await;
    assert_eq!(health.header("access-control-allow-origin"), "*");
    assert!(health.json()["version"].is_string());
    let greeting = pds.send(Request::get(pds.base.clone())).await;
    assert!(greeting.text().contains("Personal Data Server"));
}
