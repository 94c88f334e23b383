//! The account's own pages.

use hypercerts_identity::net::{Request, header};
use hypercerts_xrpc::nsid::{repo, server, sync};
use serde_json::json;

use super::app::{App, refused, tokens};
use super::browser::Browser;
use crate::support::{PASSWORD, TestPds, claim};

async fn signed_in(pds: &TestPds, handle: &str) -> Browser {
    let mut browser = Browser::default();
    let page = browser.open(pds, "/account/sign-in").await;
    let next = browser.sign_in(pds, &page, handle).await;
    assert_eq!(next.location.as_deref(), Some("/account"));
    browser
}

#[tokio::test]
async fn a_connected_app_is_listed_and_ended() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = signed_in(&pds, "alice.test").await;
    let app = App::local("atproto transition:generic");
    let address = app.page(&pds, &[]).await;
    let code = browser.allow(&pds, &address, "alice.test").await.code();
    let granted = tokens(&app.exchange(&pds, &code, &[]).await);

    let page = browser.open(&pds, "/account").await;
    assert!(page.html.contains("An app on your own computer"), "{}", page.html);
    assert!(page.html.contains("Act for you almost everywhere"));
    let back = browser.submit(&pds, &page, "/account/apps/end", &[]).await;
    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(page.html.contains("No app may act for you."));
    assert_eq!(app.get(&pds, &granted.access, server::GET_SESSION).await.status(), 401);
    refused(&app.refresh(&pds, &granted.refresh).await, 400, "invalid_grant");
}

#[tokio::test]
async fn browsers_and_programs_are_listed_and_ended() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let mut here = signed_in(&pds, "alice.test").await;
    let mut there = signed_in(&pds, "alice.test").await;
    let page = here.open(&pds, "/account").await;
    assert!(page.html.contains("this one"));
    assert!(page.html.contains("Your own password"), "the session the account began with");
    let back = here.submit(&pds, &page, "/account/sessions/end", &[]).await;
    assert_eq!(back.status, 303);
    let refreshed = pds.post_empty(&alice.refresh, server::REFRESH_SESSION).await;
    refreshed.is_error(400, "ExpiredToken");
    pds.get_as(&alice.access, server::GET_SESSION).await.is_error(400, "ExpiredToken");

    // The last signed in is listed first.
    let back = here.submit(&pds, &page, "/account/browsers/end", &[]).await;
    assert_eq!(back.status, 303);
    let gone = there.open(&pds, "/account").await;
    assert_eq!(gone.location.as_deref(), Some("/account/sign-in"));
    assert!(here.open(&pds, "/account").await.html.contains("alice.test"));
}

#[tokio::test]
async fn an_app_password_is_shown_once_works_and_is_revoked() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let mut browser = signed_in(&pds, "alice.test").await;
    let page = browser.open(&pds, "/account").await;
    let made =
        browser.submit(&pds, &page, "/account/app-passwords/create", &[("name", "Phone")]).await;
    let fresh = made.html.split("class=\"fresh\"").nth(1).unwrap();
    let password = fresh.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    assert_eq!(pds.login("alice.test", password).await.status(), 200);

    let page = browser.open(&pds, "/account").await;
    assert!(!page.html.contains(password) && page.html.contains("Phone"));
    browser.submit(&pds, &page, "/account/app-passwords/revoke", &[]).await;
    pds.login("alice.test", password).await.is_error(401, "AuthenticationRequired");

    // And it opens no page.
    let mut other = Browser::default();
    let page = other.open(&pds, "/account/sign-in").await;
    let filled = [("identifier", "alice.test"), ("password", password)];
    assert_eq!(other.submit(&pds, &page, "/account/sign-in", &filled).await.status, 400);
}

#[tokio::test]
async fn a_handle_is_changed_on_the_page() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    pds.account("bob").await;
    let mut browser = signed_in(&pds, "alice.test").await;
    let page = browser.open(&pds, "/account").await;
    let taken = browser.submit(&pds, &page, "/account/handle", &[("handle", "bob.test")]).await;
    assert!(taken.html.contains("value=\"bob.test\""), "{}", taken.html);
    let back = browser.submit(&pds, &page, "/account/handle", &[("handle", " @Alicia.test")]).await;
    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(page.html.contains("The handle is changed"), "{}", page.html);
    assert_eq!(pds.login("alicia.test", PASSWORD).await.status(), 200);
}

#[tokio::test]
async fn an_account_takes_a_break_and_comes_back() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let mut browser = signed_in(&pds, "alice.test").await;
    let page = browser.open(&pds, "/account").await;
    let back = browser.submit(&pds, &page, "/account/deactivate", &[]).await;
    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(page.html.contains("The account is deactivated"), "{}", page.html);
    assert!(!page.html.contains("/account/deactivate"));
    let later = browser.open(&pds, "/account").await;
    assert!(later.html.contains("nobody sees it but you"), "{}", later.html);
    let params = [("did", alice.did.as_str())];
    pds.get(sync::GET_LATEST_COMMIT, &params).await.is_error(400, "RepoDeactivated");

    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let stopped = browser.follow(&pds, address.as_str()).await;
    assert!(stopped.html.contains("Activate it on its page first"), "{}", stopped.html);

    let back = browser.submit(&pds, &page, "/account/activate", &[]).await;
    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(page.html.contains("everybody can see it again"), "{}", page.html);
    assert_eq!(pds.get(sync::GET_LATEST_COMMIT, &params).await.status(), 200);
}

#[tokio::test]
async fn an_account_is_created_on_the_way_to_an_app() {
    let pds = TestPds::start().await;
    let app = App::local("atproto");
    let address = app.page(&pds, &[("prompt", "create")]).await;
    let mut browser = Browser::default();
    let page = browser.follow(&pds, address.as_str()).await;
    assert!(page.html.contains("Create an account"));
    let short = [("name", "al"), ("email", "al@mail.test"), ("password", PASSWORD)];
    let refused = browser.submit(&pds, &page, "/account/create", &short).await;
    assert_eq!(refused.status, 400);
    assert!(refused.html.contains("has 2 characters") && refused.html.contains("al@mail.test"));
    let good = [("name", "Alice"), ("email", "alice@mail.test"), ("password", PASSWORD)];
    let next = browser.submit(&pds, &page, "/account/create", &good).await.location.unwrap();
    let consent = browser.follow(&pds, &next).await;
    assert!(consent.html.contains("alice.test"));
    let back = browser.submit(&pds, &consent, "/oauth/authorize", &[("decision", "allow")]).await;
    let granted = tokens(&app.exchange(&pds, &back.code(), &[]).await);
    let session = app.get(&pds, &granted.access, server::GET_SESSION).await.json();
    assert_eq!(session["handle"], "alice.test");
}

#[tokio::test]
async fn somebody_with_two_accounts_chooses() {
    let pds = TestPds::start().await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let mut browser = signed_in(&pds, "alice.test").await;
    let page = browser.open(&pds, "/account/sign-in").await;
    browser.sign_in(&pds, &page, "bob.test").await;

    let app = App::local("atproto");
    let address = app.page(&pds, &[]).await;
    let page = browser.follow(&pds, address.as_str()).await;
    assert!(page.html.contains("Choose an account"));
    assert!(page.html.contains(alice.did.as_str()) && page.html.contains(bob.did.as_str()));
    let chosen = format!("{address}&account={}", alice.did);
    let consent = browser.follow(&pds, &chosen).await;
    let back = browser.submit(&pds, &consent, "/oauth/authorize", &[("decision", "allow")]).await;
    let granted = tokens(&app.exchange(&pds, &back.code(), &[]).await);
    assert_eq!(granted.whole["sub"], alice.did.as_str());

    // An app that knows whom it wants gets them.
    let app = App::local("atproto");
    let address = app.page(&pds, &[("login_hint", "bob.test")]).await;
    assert!(
        browser.follow(&pds, address.as_str()).await.html.contains("<b><bdi>bob.test</bdi></b>")
    );
    // One that wants a fresh sign-in gets that.
    let app = App::local("atproto");
    let address = app.page(&pds, &[("login_hint", "bob.test"), ("prompt", "login")]).await;
    let page = browser.follow(&pds, address.as_str()).await;
    assert!(page.html.contains("value=\"bob.test\"") && page.html.contains("current-password"));
    let next = browser.sign_in(&pds, &page, "bob.test").await.location.unwrap();
    assert!(browser.follow(&pds, &next).await.html.contains("Let this app act for you?"));
}

#[tokio::test]
async fn everything_can_be_taken_along() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let blob = pds.upload(&alice, "text/csv", "a,b\n1,2\n").await.json()["blob"].clone();
    let mut record = claim("With a table");
    record["image"] = serde_json::json!({
        "$type": "org.hypercerts.defs#smallImage", "image": blob,
    });
    let body = serde_json::json!({
        "repo": alice.did, "collection": crate::support::ACTIVITY, "record": record, "validate": false,
    });
    pds.post(&alice.access, repo::CREATE_RECORD, &body).await.json();

    let mut browser = signed_in(&pds, "alice.test").await;
    let repository = browser.open(&pds, "/account/export/repository").await;
    assert_eq!(repository.headers["content-type"], "application/vnd.ipld.car");
    assert!(repository.headers["content-disposition"].contains("alice.test.car"));
    let files = browser.open(&pds, "/account/export/blobs").await;
    let mut archive = tar::Archive::new(files.html.as_bytes());
    let mut found = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        found.push((name, text));
    }
    assert_eq!(found.len(), 1);
    let cid = blob["ref"]["$link"].as_str().unwrap();
    assert_eq!(found[0], (format!("files/{cid}.csv"), "a,b\n1,2\n".to_owned()));
    let stranger = Browser::default().open(&pds, "/account/export/blobs").await;
    assert_eq!(stranger.location.as_deref(), Some("/account/sign-in"));
}

/// The code in the newest mail, which must be to `to`.
async fn code(pds: &TestPds, to: &str) -> String {
    let url = pds.base.join("/dev/outbox").unwrap();
    let request = Request::get(url).header(header::ACCEPT, "application/json");
    let mails = pds.send(request).await.json();
    let newest = mails["mails"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(newest["to"], to);
    let text = newest["text"].as_str().unwrap();
    text.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned()
}

#[tokio::test]
async fn an_address_is_given_confirmed_and_changed_on_the_page() {
    let pds = TestPds::start_with(|config| config.shows_outbox = true).await;
    let without = json!({ "handle": "alice.test", "password": PASSWORD });
    pds.post("", server::CREATE_ACCOUNT, &without).await.json();
    let mut browser = signed_in(&pds, "alice.test").await;
    let page = browser.open(&pds, "/account").await;
    assert!(page.html.contains("Save the address") && !page.html.contains("account/delete"));
    let wrong = browser.submit(&pds, &page, "/account/email", &[("email", "nowhere")]).await;
    assert!(wrong.html.contains("is not an e-mail address"), "{}", wrong.html);
    let first = [("email", "alice@mail.test")];
    let back = browser.submit(&pds, &page, "/account/email", &first).await;

    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(page.html.contains("alice@mail.test") && page.html.contains("Not confirmed yet."));
    let asked = browser.submit(&pds, &page, "/account/email/confirm", &[]).await;
    let wrong = browser.submit(&pds, &asked, "/account/email/confirm", &[("code", "WRONG")]).await;
    let code_of_first = code(&pds, "alice@mail.test").await;
    let proof = [("code", code_of_first.as_str())];
    let back = browser.submit(&pds, &wrong, "/account/email/confirm", &proof).await;
    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(!page.html.contains("Not confirmed yet."));

    // Whoever wants another address has to read what comes to the present one.
    let second = [("email", "alice@other.test")];
    let asked = browser.submit(&pds, &page, "/account/email", &second).await;
    assert!(asked.html.contains("The code went to the address you have now."));
    let proof = [("email", "alice@other.test"), ("code", &code(&pds, "alice@mail.test").await)];
    let back = browser.submit(&pds, &asked, "/account/email", &proof).await;
    let page = browser.open(&pds, &back.location.unwrap()).await;
    assert!(page.html.contains("alice@other.test") && page.html.contains("Not confirmed yet."));
}

#[tokio::test]
async fn an_account_is_deleted_on_the_page_by_whoever_reads_its_mail() {
    let pds = TestPds::start_with(|config| config.shows_outbox = true).await;
    let alice = pds.account("alice").await;
    let mut browser = signed_in(&pds, "alice.test").await;
    let page = browser.open(&pds, "/account").await;
    let asked = browser.submit(&pds, &page, "/account/delete", &[]).await;
    let right = code(&pds, "alice@mail.test").await;
    let wrong = [("code", right.as_str()), ("password", "not it at all")];
    let refused = browser.submit(&pds, &asked, "/account/delete/confirm", &wrong).await;
    assert!(refused.html.contains("class=\"complaint\""));
    let sure = [("code", right.as_str()), ("password", PASSWORD)];
    let gone = browser.submit(&pds, &refused, "/account/delete/confirm", &sure).await;
    assert!(gone.html.contains("The account is deleted"), "{}", gone.html);
    let status = pds.get(sync::GET_REPO_STATUS, &[("did", alice.did.as_str())]).await;
    status.is_error(400, "RepoNotFound");
    assert_eq!(browser.open(&pds, "/account").await.location.as_deref(), Some("/account/sign-in"));
}

#[tokio::test]
async fn a_server_that_sends_no_mail_offers_nothing_that_needs_one() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let page = Browser::default().open(&pds, "/account/sign-in").await;
    assert!(!page.html.contains("Send me a code") && !page.html.contains("/account/recover"));
    let page = signed_in(&pds, "alice.test").await.open(&pds, "/account").await;
    assert!(page.html.contains("This server sends no mail") && !page.html.contains("Mail me"));
}
