//! What scopes allow, at every method that needs something.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::{group, identity, repo, server};
use serde_json::{Value, json};

use super::app::{App, tokens};
use super::browser::Browser;
use crate::groups::register;
use crate::proxying::{LOOK, PUT, Service};
use crate::support::{ACTIVITY, Account, Answer, TestPds, claim, rkey_of};

const EVALUATION: &str = "org.hypercerts.context.evaluation";

struct Connected<'a> {
    pds: &'a TestPds,
    owner: &'a Account,
    app: App,
    access: String,
}

async fn connect<'a>(pds: &'a TestPds, owner: &'a Account, scope: &str) -> Connected<'a> {
    let app = App::local(scope);
    let address = app.page(pds, &[]).await;
    let code = Browser::default().allow(pds, &address, "alice.test").await.code();
    let access = tokens(&app.exchange(pds, &code, &[]).await).access;
    Connected { pds, owner, app, access }
}

impl Connected<'_> {
    async fn post(&self, method: &str, body: &Value) -> Answer {
        self.app.procedure(self.pds, &self.access, method, body).await
    }

    async fn create(&self, collection: &str) -> Answer {
        let record = match collection {
            ACTIVITY => claim("By an app"),
            other => json!({ "$type": other }),
        };
        let body = json!({
            "repo": self.owner.did, "collection": collection, "record": record, "validate": false,
        });
        self.post(repo::CREATE_RECORD, &body).await
    }

    async fn upload(&self, mime_type: &str) -> Answer {
        self.upload_bytes(mime_type, "some bytes").await
    }

    async fn upload_bytes(&self, mime_type: &str, bytes: &'static str) -> Answer {
        let url = self.pds.method(repo::UPLOAD_BLOB, &[]);
        let request = Request::post(url.clone()).body(mime_type, bytes);
        self.app.call(self.pds, &self.access, request, &url).await
    }
}

impl Connected<'_> {
    /// A token for a method of this server.
    async fn service_token(&self, method: &str) -> Answer {
        let here = self.pds.did().await;
        let params = [("aud", here.as_str()), ("lxm", method)];
        let url = self.pds.method(server::GET_SERVICE_AUTH, &params);
        self.app.call(self.pds, &self.access, Request::get(url.clone()), &url).await
    }
}

#[track_caller]
fn lacks(answer: &Answer, scope: &str) {
    answer.is_error(403, "ScopeMissingError");
    assert!(answer.text().contains(scope), "{} names {scope}", answer.text());
}

#[tokio::test]
async fn signing_in_alone_allows_nothing_else() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let app = connect(&pds, &alice, "atproto").await;
    lacks(&app.create(ACTIVITY).await, &format!("repo:{ACTIVITY}?action=create"));
    lacks(&app.upload("image/png").await, "blob:image/png");
    let rename = app.post(identity::UPDATE_HANDLE, &json!({ "handle": "alicia.test" })).await;
    lacks(&rename, "identity:handle");
    let session = app.app.get(&pds, &app.access, server::GET_SESSION).await.json();
    assert_eq!(session["did"], alice.did.as_str());
    assert!(session.get("email").is_none(), "{session}");
}

#[tokio::test]
async fn records_are_written_where_and_how_it_was_agreed() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let scope = format!("atproto repo:{ACTIVITY}?action=create&action=delete");
    let app = connect(&pds, &alice, &scope).await;
    let rkey = rkey_of(&app.create(ACTIVITY).await.json());
    lacks(&app.create(EVALUATION).await, EVALUATION);
    let put = json!({
        "repo": alice.did, "collection": ACTIVITY, "rkey": rkey, "record": claim("Again"),
    });
    lacks(&app.post(repo::PUT_RECORD, &put).await, "action=update");
    let batch = json!({ "repo": alice.did, "writes": [
        { "$type": "com.atproto.repo.applyWrites#delete", "collection": ACTIVITY, "rkey": rkey },
        { "$type": "com.atproto.repo.applyWrites#delete", "collection": EVALUATION, "rkey": rkey },
    ] });
    lacks(&app.post(repo::APPLY_WRITES, &batch).await, EVALUATION);
    assert_eq!(pds.read(&alice, &rkey).await.status(), 200, "a batch is all or nothing");
    let delete = json!({ "repo": alice.did, "collection": ACTIVITY, "rkey": rkey });
    app.post(repo::DELETE_RECORD, &delete).await.json();
}

#[tokio::test]
async fn a_permission_set_stands_for_what_it_lists() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let app = connect(&pds, &alice, "atproto include:org.hypercerts.authWrite").await;
    app.create(ACTIVITY).await.json();
    app.create(EVALUATION).await.json();
    lacks(&app.create("app.certified.location").await, "repo:app.certified.location");
    lacks(&app.upload("image/png").await, "blob:image/png");
}

#[tokio::test]
async fn an_unknown_permission_set_is_refused_before_anybody_is_asked() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let app = App::local("atproto include:org.example.authNothing");
    let address = app.page(&pds, &[]).await;
    let mut browser = Browser::default();
    let page = browser.follow(&pds, address.as_str()).await;
    let next = browser.sign_in(&pds, &page, "alice.test").await.location.unwrap();
    let back = browser.follow(&pds, &next).await;
    assert_eq!(back.told()["error"], "invalid_scope");
}

#[tokio::test]
async fn what_was_agreed_is_said_in_words() {
    let pds = TestPds::start().await;
    pds.account("alice").await;
    let scope = format!("atproto repo:{ACTIVITY} transition:email identity:*");
    let app = App::local(&scope);
    let address = app.page(&pds, &[]).await;
    let mut browser = Browser::default();
    let page = browser.follow(&pds, address.as_str()).await;
    let next = browser.sign_in(&pds, &page, "alice.test").await.location.unwrap();
    let consent = browser.follow(&pds, &next).await.html;
    for words in [
        "Write, change and delete hypercert claims",
        "See your e-mail address",
        "Change your identity",
        "think twice",
    ] {
        assert!(consent.contains(words), "{words}");
    }
}

#[tokio::test]
async fn more_is_allowed_as_more_is_agreed_to_but_never_what_is_the_owners_alone() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let app =
        connect(&pds, &alice, "atproto transition:generic transition:email identity:handle").await;
    app.create(ACTIVITY).await.json();
    app.upload("image/png").await.json();
    let session = app.app.get(&pds, &app.access, server::GET_SESSION).await.json();
    assert_eq!(session["email"], "alice@mail.test");
    app.post(identity::UPDATE_HANDLE, &json!({ "handle": "alicia.test" })).await;
    let made = app.post(server::CREATE_APP_PASSWORD, &json!({ "name": "mine" })).await;
    made.is_error(403, "ScopeMissingError");
    let listed = app.app.get(&pds, &app.access, server::LIST_APP_PASSWORDS).await;
    listed.is_error(403, "ScopeMissingError");
}

#[tokio::test]
async fn a_file_is_what_it_begins_like_whatever_is_said_of_it() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let app = connect(&pds, &alice, "atproto blob:image/*").await;
    app.upload_bytes("image/png", "\u{89}PNG picture").await.json();
    let page = "<!DOCTYPE html><script>alert(1)</script>";
    lacks(&app.upload_bytes("image/png", page).await, "blob:text/html");
    lacks(&app.upload_bytes("text/html", page).await, "blob:text/html");
}

#[tokio::test]
async fn a_word_for_uploading_is_given_to_whom_every_file_is_allowed() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let call = format!("atproto rpc:{}?aud=*", repo::UPLOAD_BLOB);
    let app = connect(&pds, &alice, &call).await;
    lacks(&app.service_token(repo::UPLOAD_BLOB).await, "blob:*/*");
    let app = connect(&pds, &alice, &format!("{call} blob:image/*")).await;
    lacks(&app.service_token(repo::UPLOAD_BLOB).await, "blob:*/*");
    let app = connect(&pds, &alice, &format!("{call} blob:*/*")).await;
    let token = app.service_token(repo::UPLOAD_BLOB).await.json();
    let request = Request::post(pds.method(repo::UPLOAD_BLOB, &[]));
    let request = request.bearer(token["token"].as_str().unwrap()).body("text/plain", "words");
    let kept = pds.send(request).await;
    assert_eq!(kept.json()["blob"]["mimeType"], "text/plain");
    assert_eq!(kept.header("ratelimit-limit"), "1000", "counted like any other");
}

#[tokio::test]
async fn who_looks_after_a_group_is_decided_by_the_owner_or_an_app_that_says_so() {
    let pds = TestPds::start().await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let made = register(&pds, &alice, "nursery").await.json();
    let add = json!({ "repo": made["groupDid"], "memberDid": bob.did, "role": "admin" });
    let missing = format!("rpc:{}", group::ADD_MEMBER);
    let app = connect(&pds, &alice, "atproto transition:generic").await;
    lacks(&app.post(group::ADD_MEMBER, &add).await, &missing);
    lacks(&app.service_token(group::ADD_MEMBER).await, &missing);
    let propose = json!({ "repo": made["groupDid"], "newOwner": bob.did });
    lacks(&app.post(group::PROPOSE_TRANSFER, &propose).await, "ownershipTransfer.propose");
    let body = json!({ "repo": made["groupDid"], "collection": ACTIVITY, "record": claim("Oaks") });
    app.post(group::CREATE_RECORD, &body).await.json();

    let program = json!({ "name": "program" });
    let program = pds.post(&alice.access, server::CREATE_APP_PASSWORD, &program).await.json();
    let program = pds.login("alice.test", program["password"].as_str().unwrap()).await.json();
    let program = program["accessJwt"].as_str().unwrap();
    pds.post(program, group::ADD_MEMBER, &add).await.is_error(400, "InvalidToken");
    let named = connect(&pds, &alice, &format!("atproto {missing}?aud=*")).await;
    named.post(group::ADD_MEMBER, &add).await.json();
}

#[tokio::test]
async fn an_app_that_deactivates_an_account_leaves_it_to_no_other_program() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let program = json!({ "name": "program" });
    let program = pds.post(&alice.access, server::CREATE_APP_PASSWORD, &program).await.json();
    let program = program["password"].as_str().unwrap();
    let session = pds.login("alice.test", program).await.json();
    let app = connect(&pds, &alice, "atproto account:status?action=manage").await;
    app.post(server::DEACTIVATE_ACCOUNT, &json!({})).await.done();
    pds.login("alice.test", program).await.is_error(401, "AuthenticationRequired");
    let ended = pds.get_as(session["accessJwt"].as_str().unwrap(), server::GET_SESSION).await;
    ended.is_error(400, "ExpiredToken");
    pds.post_empty(&alice.access, server::ACTIVATE_ACCOUNT).await.done();
}

#[tokio::test]
async fn in_a_group_an_app_does_for_a_member_what_was_agreed_for_this_server() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let made = register(&pds, &alice, "nursery").await.json();
    let here = pds.get(server::DESCRIBE_SERVER, &[]).await.json()["did"].clone();
    // The DID of a server with a port has a percent sign of its own.
    let here = here.as_str().unwrap().replace('%', "%25");
    let call = |method: &str, aud: &str| format!("rpc:{method}?aud={aud}%23{}", group::SERVICE);
    let scope = |aud: &str| format!("atproto {}", call(group::CREATE_RECORD, aud));
    let body = json!({ "repo": made["groupDid"], "collection": ACTIVITY, "rkey": "one",
        "record": claim("By an app") });

    let app = connect(&pds, &alice, &scope(&here)).await;
    app.post(group::CREATE_RECORD, &body).await.json();
    lacks(&app.post(group::PUT_RECORD, &body).await, &call(group::PUT_RECORD, &here));
    lacks(&app.create(ACTIVITY).await, &format!("repo:{ACTIVITY}?action=create"));
    let import = json!({ "groupDid": alice.did, "ownerDid": made["groupDid"] });
    lacks(&app.post(group::IMPORT, &import).await, "account:repo?action=manage");

    let elsewhere = connect(&pds, &alice, &scope("did:web:elsewhere.example")).await;
    let missing = call(group::CREATE_RECORD, &here);
    lacks(&elsewhere.post(group::CREATE_RECORD, &body).await, &missing);
}

#[tokio::test]
async fn other_services_are_called_as_it_was_agreed() {
    let (pds, service) = (TestPds::start().await, Service::start().await);
    let alice = pds.account("alice").await;
    let name = service.name().replace('%', "%25").replace('#', "%23");
    let app = connect(&pds, &alice, &format!("atproto rpc:{LOOK}?aud={name}")).await;
    let call = async |method: &str, to: &str| {
        let url = pds.method(method, &[]);
        let request = Request::get(url.clone()).header("atproto-proxy".parse().unwrap(), to);
        app.app.call(&pds, &app.access, request, &url).await
    };
    call(LOOK, &service.name()).await.json();
    lacks(&call(PUT, &service.name()).await, &format!("rpc:{PUT}"));
    let other = Service::start().await;
    lacks(&call(LOOK, &other.name()).await, "aud=");
    let nothing = connect(&pds, &alice, "atproto").await;
    let url = pds.method(LOOK, &[]);
    let request = Request::get(url.clone());
    let request = request.header("atproto-proxy".parse().unwrap(), &service.name());
    lacks(&nothing.app.call(&pds, &nothing.access, request, &url).await, LOOK);
}
