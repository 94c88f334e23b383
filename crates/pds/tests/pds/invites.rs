//! Accounts for those only who have an invitation.

use hypercerts_xrpc::nsid::{admin, group, server};
use serde_json::{Value, json};

use crate::oauth::browser::Browser;
use crate::operator::with_operator;
use crate::support::{Account, Answer, PASSWORD, TestPds};

async fn start() -> TestPds {
    TestPds::start_with(|config| {
        with_operator(config);
        config.invites_required = true;
    })
    .await
}

async fn code(pds: &TestPds, uses: u32) -> String {
    let body = json!({ "useCount": uses });
    let made = pds.tell_as_operator(server::CREATE_INVITE_CODE, &body).await.json();
    made["code"].as_str().unwrap().to_owned()
}

async fn sign_up(pds: &TestPds, name: &str, code: Option<&str>) -> Answer {
    let handle = format!("{name}.test");
    let body = json!({ "handle": handle, "password": PASSWORD, "inviteCode": code });
    pds.post_anonymous(server::CREATE_ACCOUNT, &body).await
}

fn account(made: &Value) -> Account {
    Account {
        did: made["did"].as_str().unwrap().parse().unwrap(),
        access: made["accessJwt"].as_str().unwrap().to_owned(),
        refresh: made["refreshJwt"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn an_invitation_lets_so_many_in_and_tells_whom() {
    let pds = start().await;
    let described = pds.get(server::DESCRIBE_SERVER, &[]).await.json();
    assert_eq!(described["inviteCodeRequired"], true);
    sign_up(&pds, "alice", None).await.is_error(400, "InvalidInviteCode");
    sign_up(&pds, "alice", Some("")).await.is_error(400, "InvalidInviteCode");
    sign_up(&pds, "alice", Some("127-0-0-1-aaaaa-aaaaa")).await.is_error(400, "InvalidInviteCode");

    let code = code(&pds, 2).await;
    let groups: Vec<&str> = code.rsplitn(3, '-').collect();
    assert_eq!((groups[0].len(), groups[1].len(), groups[2]), (5, 5, "127-0-0-1"));
    let typed = format!(" {} ", code.to_uppercase());
    let alice = account(&sign_up(&pds, "alice", Some(&typed)).await.json());
    // A sign-up that is refused for something else uses nothing up.
    assert_eq!(sign_up(&pds, "alice", Some(&code)).await.error().0, 400);
    let bob = account(&sign_up(&pds, "bob", Some(&code)).await.json());
    sign_up(&pds, "carol", Some(&code)).await.is_error(400, "InvalidInviteCode");

    let did = [("did", alice.did.as_str())];
    let seen = pds.ask_as_operator(admin::GET_ACCOUNT_INFO, &did).await.json();
    assert_eq!(seen["invitedBy"]["code"], code.as_str());
    let listed = pds.ask_as_operator(admin::GET_INVITE_CODES, &[]).await.json();
    let told = &listed["codes"][0];
    assert_eq!((&told["available"], &told["forAccount"]), (&json!(2), &json!("admin")));
    let users: Vec<&Value> =
        told["uses"].as_array().unwrap().iter().map(|one| &one["usedBy"]).collect();
    assert_eq!(users, [&json!(bob.did), &json!(alice.did)]);

    // A use is not given back when the account goes.
    let gone = json!({ "did": bob.did });
    pds.tell_as_operator(admin::DELETE_ACCOUNT, &gone).await.done();
    sign_up(&pds, "carol", Some(&code)).await.is_error(400, "InvalidInviteCode");
}

#[tokio::test]
async fn of_many_who_come_at_once_with_one_use_left_one_gets_in() {
    let pds = start().await;
    let code = code(&pds, 1).await;
    let names = ["alice", "bob", "carol", "dave"];
    let tries = names.map(|name| sign_up(&pds, name, Some(&code)));
    let answers = futures_util::future::join_all(tries).await;
    let inside = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(inside, 1);
    for answer in answers.iter().filter(|answer| answer.status() != 200) {
        answer.is_error(400, "InvalidInviteCode");
    }
    // Whoever lost goes on where it stopped, with another invitation.
    let lost = answers.iter().position(|answer| answer.status() != 200).unwrap();
    let another = self::code(&pds, 1).await;
    assert_eq!(sign_up(&pds, names[lost], Some(&another)).await.status(), 200);
}

#[tokio::test]
async fn where_none_is_needed_one_that_is_given_has_to_be_good() {
    let pds = TestPds::start_with(with_operator).await;
    sign_up(&pds, "alice", Some("127-0-0-1-aaaaa-aaaaa")).await.is_error(400, "InvalidInviteCode");
    let code = code(&pds, 1).await;
    assert_eq!(sign_up(&pds, "alice", Some(&code)).await.status(), 200);
    sign_up(&pds, "bob", Some(&code)).await.is_error(400, "InvalidInviteCode");
    assert_eq!(sign_up(&pds, "bob", None).await.status(), 200);
}

#[tokio::test]
async fn invitations_are_made_for_accounts_listed_and_made_worthless() {
    let pds = start().await;
    let first = code(&pds, 5).await;
    let alice = account(&sign_up(&pds, "alice", Some(&first)).await.json());
    let many = async |count: u32, accounts: &[&str]| {
        let body = json!({ "codeCount": count, "useCount": 1, "forAccounts": accounts });
        pds.tell_as_operator(server::CREATE_INVITE_CODES, &body).await
    };
    let made = many(2, &[alice.did.as_str()]).await.json();
    let codes: Vec<String> = serde_json::from_value(made["codes"][0]["codes"].clone()).unwrap();
    assert_eq!((&made["codes"][0]["account"], codes.len()), (&json!(alice.did), 2));
    let own = async |params: &str| {
        let method = format!("{}{params}", server::GET_ACCOUNT_INVITE_CODES);
        let url = pds.base.join(&format!("/xrpc/{method}")).unwrap();
        let request = hypercerts_identity::net::Request::get(url).bearer(&alice.access);
        pds.send(request).await.json()["codes"].as_array().unwrap().len()
    };
    assert_eq!(own("").await, 2);
    assert_eq!(sign_up(&pds, "bob", Some(&codes[0])).await.status(), 200);
    assert_eq!((own("").await, own("?includeUsed=false").await), (2, 1));

    let page = pds.ask_as_operator(admin::GET_INVITE_CODES, &[("limit", "2")]).await.json();
    assert_eq!(page["codes"][0]["code"], codes[1].as_str());
    let rest = [("limit", "2"), ("cursor", page["cursor"].as_str().unwrap())];
    let rest = pds.ask_as_operator(admin::GET_INVITE_CODES, &rest).await.json();
    assert_eq!(rest["codes"][0]["code"], first.as_str());
    let by_usage = [("sort", "usage"), ("limit", "2")];
    let used = pds.ask_as_operator(admin::GET_INVITE_CODES, &by_usage).await.json();
    assert_eq!(used["codes"][0]["uses"].as_array().unwrap().len(), 1);
    assert_eq!(used["codes"][1]["uses"].as_array().unwrap().len(), 1);

    let mistyped = json!({ "codes": [codes[1], "no-such-code"] });
    let refused = pds.tell_as_operator(admin::DISABLE_INVITE_CODES, &mistyped).await;
    refused.is_error(400, "InvalidRequest");
    let untouched = pds.ask_as_operator(admin::GET_INVITE_CODES, &[("limit", "1")]).await.json();
    assert_eq!(untouched["codes"][0]["disabled"], false);
    let worthless = json!({ "codes": [first], "accounts": [alice.did] });
    pds.tell_as_operator(admin::DISABLE_INVITE_CODES, &worthless).await.done();
    for code in [&first, &codes[1]] {
        sign_up(&pds, "carol", Some(code)).await.is_error(400, "InvalidInviteCode");
    }
    let all = json!({ "accounts": ["admin"] });
    let refused = pds.tell_as_operator(admin::DISABLE_INVITE_CODES, &all).await;
    refused.is_error(400, "InvalidRequest");

    let who = json!({ "account": alice.did });
    pds.tell_as_operator(admin::DISABLE_ACCOUNT_INVITES, &who).await.done();
    many(1, &[alice.did.as_str()]).await.is_error(400, "InvalidRequest");
    pds.tell_as_operator(admin::ENABLE_ACCOUNT_INVITES, &who).await.done();
    assert_eq!(many(1, &[alice.did.as_str()]).await.status(), 200);
    many(1_001, &[]).await.is_error(400, "InvalidRequest");
    many(1, &["did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"]).await.is_error(400, "NotFound");
}

#[tokio::test]
async fn a_group_and_an_account_on_the_page_need_one_too() {
    let pds = start().await;
    let code = code(&pds, 3).await;
    let alice = account(&sign_up(&pds, "alice", Some(&code)).await.json());
    let register = async |code: Option<&str>| {
        let body = json!({ "handle": "rangers", "ownerDid": alice.did, "inviteCode": code });
        pds.post(&alice.access, group::REGISTER, &body).await
    };
    register(None).await.is_error(400, "InvalidInviteCode");
    assert_eq!(register(Some(&code)).await.status(), 200);

    let mut browser = Browser::default();
    let page = browser.open(&pds, "/account/create").await;
    let filled = |code: &str| {
        let fields = [("name", "bob"), ("email", ""), ("password", PASSWORD)];
        let fields = fields.into_iter().chain([("invite_code", code)]);
        fields.map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>()
    };
    let send = async |browser: &mut Browser, code: &str| {
        let fields = filled(code);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.submit(&pds, &page, "/account/create", &fields).await
    };
    let refused = send(&mut browser, "127-0-0-1-aaaaa-aaaaa").await;
    assert!(refused.html.contains("The invitation is not good"), "{}", refused.html);
    assert!(refused.html.contains("127-0-0-1-aaaaa-aaaaa"), "{}", refused.html);
    let made = send(&mut browser, &code).await;
    assert_eq!(made.location.as_deref(), Some("/account"));
}
