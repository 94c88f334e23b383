//! Nobody logs in to a group, whoever could before; and whoever owns one stays.

use hypercerts_xrpc::nsid::{admin, group, repo, server};
use serde_json::json;

use crate::groups::{Nursery, register};
use crate::lifecycle::{code, mails, start};
use crate::operator::with_operator;
use crate::support::{Account, PASSWORD, TestPds, claim};

#[tokio::test]
async fn who_registers_a_group_gets_no_key_to_it() {
    let pds = start().await;
    let olive = pds.account("olive").await;
    let body =
        json!({ "handle": "nursery.test", "ownerDid": olive.did, "email": "nursery@mail.test" });
    pds.post(&olive.access, group::REGISTER, &body).await.json();
    let body = json!({ "email": "nursery@mail.test" });
    pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &body).await.done();
    assert!(mails(&pds).await.is_empty());
    pds.login("nursery.test", "").await.is_error(401, "AuthenticationRequired");
}

#[tokio::test]
async fn who_gives_an_account_away_keeps_no_way_in() {
    let pds = start().await;
    let (garden, olive) = (pds.account("garden").await, pds.account("olive").await);
    let body = json!({ "name": "program" });
    let made = pds.post(&garden.access, server::CREATE_APP_PASSWORD, &body).await.json();
    let program = made["password"].as_str().unwrap();
    let email = json!({ "email": "garden@mail.test" });
    pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &email).await.done();
    let reset = code(&pds, "garden@mail.test").await;
    let body = json!({ "groupDid": garden.did, "ownerDid": olive.did });
    pds.post(&garden.access, group::IMPORT, &body).await.json();

    for password in [PASSWORD, program, ""] {
        pds.login("garden.test", password).await.is_error(401, "AuthenticationRequired");
    }
    pds.get_as(&garden.access, server::GET_SESSION).await.is_error(400, "ExpiredToken");
    pds.post_empty(&garden.refresh, server::REFRESH_SESSION).await.is_error(400, "ExpiredToken");
    let body = json!({ "token": reset, "password": "a new password" });
    pds.post_anonymous(server::RESET_PASSWORD, &body).await.is_error(400, "InvalidToken");
    let before = mails(&pds).await.len();
    pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &email).await.done();
    assert_eq!(mails(&pds).await.len(), before);
}

/// What a group needs its own session for takes the operator, and ends when it changes hands.
#[tokio::test]
async fn the_operator_lets_the_owner_of_a_group_in_until_another_takes_over() {
    let pds = TestPds::start_with(with_operator).await;
    let (olive, ada) = (pds.account("olive").await, pds.account("ada").await);
    let made = register(&pds, &olive, "nursery").await.json();
    let body = json!({ "did": made["groupDid"], "password": "for the move" });
    pds.tell_as_operator(admin::UPDATE_ACCOUNT_PASSWORD, &body).await.done();
    let session = pds.login("nursery.test", "for the move").await.json();
    let own = Account {
        did: made["groupDid"].as_str().unwrap().parse().unwrap(),
        access: session["accessJwt"].as_str().unwrap().to_owned(),
        refresh: session["refreshJwt"].as_str().unwrap().to_owned(),
    };
    let body = json!({ "email": "nursery@mail.test" });
    pds.post(&own.access, server::UPDATE_EMAIL, &body).await.done();
    pds.post_empty(&own.access, server::REQUEST_ACCOUNT_DELETE).await.done();
    code(&pds, "nursery@mail.test").await;
    // Records are its members' all the same.
    let late = pds.create(&own, claim("In its own name")).await;
    late.is_error(403, "Forbidden");
    assert!(late.text().contains("app.certified.group"), "{}", late.text());

    let named = |did: &str| json!({ "repo": own.did, "memberDid": did, "role": "admin" });
    pds.post(&olive.access, group::ADD_MEMBER, &named(ada.did.as_str())).await.json();
    let propose = json!({ "repo": own.did, "newOwner": ada.did });
    pds.post(&olive.access, group::PROPOSE_TRANSFER, &propose).await.json();
    let accept = json!({ "repo": own.did });
    pds.post(&ada.access, group::ACCEPT_TRANSFER, &accept).await.json();
    pds.get_as(&own.access, server::GET_SESSION).await.is_error(400, "ExpiredToken");
    pds.login("nursery.test", "for the move").await.is_error(401, "AuthenticationRequired");
}

#[tokio::test]
async fn the_groups_of_an_older_server_lose_their_keys_too() {
    let pds = start().await;
    let (olive, max) = (pds.account("olive").await, pds.account("max").await);
    let made = register(&pds, &olive, "nursery").await.json();
    let pds = pds
        .restart_after(async |dir| {
            let database = rusqlite::Connection::open(dir.join("pds/pds.sqlite")).unwrap();
            let before = "UPDATE account SET email = 'nursery@mail.test', password =
                              (SELECT password FROM account WHERE handle = 'max.test')
                          WHERE handle = 'nursery.test';
                          ALTER TABLE account DROP COLUMN ended_at;";
            database.execute_batch(before).unwrap();
            // The step that locks groups, and the one after it, which makes its table anew.
            database.pragma_update(None, "user_version", 9).unwrap();
        })
        .await;
    pds.login("nursery.test", PASSWORD).await.is_error(401, "AuthenticationRequired");
    pds.login("max.test", PASSWORD).await.json();
    let body = json!({ "email": "nursery@mail.test" });
    pds.post_anonymous(server::REQUEST_PASSWORD_RESET, &body).await.done();
    assert!(mails(&pds).await.is_empty());
    let described = [("repo", made["groupDid"].as_str().unwrap())];
    pds.get(repo::DESCRIBE_REPO, &described).await.json();
    pds.get_as(&max.access, server::GET_SESSION).await.json();
}

#[tokio::test]
async fn an_owner_goes_only_when_somebody_has_taken_over() {
    let mut nursery = Nursery::start_with(|config| config.shows_outbox = true).await;
    let delete = async |nursery: &Nursery| {
        let Nursery { pds, olive, .. } = nursery;
        pds.post_empty(&olive.access, server::REQUEST_ACCOUNT_DELETE).await.done();
        let token = code(pds, "olive@mail.test").await;
        let body = json!({ "did": olive.did, "password": PASSWORD, "token": token });
        pds.post_anonymous(server::DELETE_ACCOUNT, &body).await
    };
    let refused = delete(&nursery).await;
    refused.is_error(400, "InvalidRequest");
    assert!(refused.text().contains("nursery.test"), "{}", refused.text());
    nursery.propose(&nursery.olive, "ada.test").await.json();
    nursery.post(&nursery.ada, group::ACCEPT_TRANSFER, json!({})).await.json();
    delete(&nursery).await.done();
    nursery.pds = nursery.pds.restart().await;
    nursery.create(&nursery.ada, "After her").await.json();
}
