//! Members of a group whose accounts are elsewhere, or whose apps call with service tokens.

use hypercerts_identity::net::Request;
use hypercerts_identity::plc::{Operation, PlcData};
use hypercerts_lexicon::{Did, Handle, Nsid};
use hypercerts_repo::{Curve, SecretKey};
use hypercerts_xrpc::nsid::{group, server};
use hypercerts_xrpc::service_auth::{ServiceClaims, sign};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::groups::Nursery;
use crate::support::{ACTIVITY, Account, Answer, TestPds, claim, rkey_of};

/// Somebody whose account is on another server, and the key that this one signs tokens with.
struct Neighbour {
    did: Did,
    key: SecretKey,
}

impl Neighbour {
    async fn move_in_next_door(pds: &TestPds) -> Self {
        let key = SecretKey::from_bytes(Curve::P256, &[7; 32]).unwrap();
        let handle = Handle::parse("neighbour.example.org").unwrap();
        let elsewhere = "https://pds.example.org".parse().unwrap();
        let data = PlcData::account(&key.public(), &[key.public()], &handle, &elsewhere);
        let genesis = Operation::Set { data, prev: None }.sign(&key);
        let did = genesis.did().unwrap();
        pds.resolver.plc().submit(&did, &genesis).await.unwrap();
        Self { did, key }
    }

    /// What a good token for the server `aud` says.
    fn claims(&self, aud: &str, method: &str) -> ServiceClaims {
        let iat = Timestamp::now().as_second();
        ServiceClaims {
            iss: self.did.to_string(),
            aud: format!("{aud}#{}", group::SERVICE),
            lxm: Some(Nsid::parse(method).unwrap()),
            iat,
            exp: iat + 60,
            jti: Some(format!("{:?}", std::time::Instant::now())),
        }
    }

    async fn token(&self, pds: &TestPds, method: &str) -> String {
        sign(&self.claims(&pds.did().await, method), &self.key)
    }
}

fn new_claim(nursery: &Nursery, title: &str) -> Value {
    json!({ "repo": nursery.did, "collection": ACTIVITY, "record": claim(title) })
}

#[tokio::test]
async fn a_neighbour_looks_after_the_group_like_everybody_else() {
    let nursery = Nursery::start().await;
    let Nursery { pds, ada, mia, .. } = &nursery;
    let neighbour = Neighbour::move_in_next_door(pds).await;
    let create = async |title: &str| {
        let token = neighbour.token(pds, group::CREATE_RECORD).await;
        pds.post(&token, group::CREATE_RECORD, &new_claim(&nursery, title)).await
    };
    create("Too early").await.is_error(403, "Forbidden");
    let body = json!({ "memberDid": neighbour.did, "role": "member" });
    nursery.post(ada, group::ADD_MEMBER, body.clone()).await.json();
    let rkey = rkey_of(&create("From next door").await.json());
    nursery.delete(mia, &rkey).await.is_error(403, "Forbidden");

    let list = Request::get(pds.method(group::LIST_MEMBERSHIPS, &[]));
    let list = list.bearer(&neighbour.token(pds, group::LIST_MEMBERSHIPS).await);
    assert_eq!(pds.send(list).await.json()["groups"][0]["groupDid"], json!(nursery.did));
    let found = [("actorDid", neighbour.did.as_str())];
    let log = nursery.get(ada, group::QUERY_AUDIT, &found).await.json();
    assert_eq!(log["entries"][0]["rkey"], json!(rkey));

    nursery.post(ada, group::REMOVE_MEMBER, body).await.json();
    create("Too late").await.is_error(403, "Forbidden");
}

#[tokio::test]
async fn a_token_is_for_this_server_this_method_this_moment_and_once() {
    let nursery = Nursery::start().await;
    let Nursery { pds, ada, .. } = &nursery;
    let neighbour = Neighbour::move_in_next_door(pds).await;
    let body = json!({ "memberDid": neighbour.did, "role": "member" });
    nursery.post(ada, group::ADD_MEMBER, body).await.json();
    let call = async |token: &str| {
        pds.post(token, group::CREATE_RECORD, &new_claim(&nursery, "One")).await
    };
    let here = pds.did().await;
    let good = || neighbour.claims(&here, group::CREATE_RECORD);
    let other = Nsid::parse(group::PUT_RECORD).unwrap();
    let now = good().iat;
    for (wrong, name) in [
        (ServiceClaims { aud: "did:web:elsewhere.example".into(), ..good() }, "BadJwtAudience"),
        (ServiceClaims { lxm: Some(other), ..good() }, "BadJwtLexiconMethod"),
        (ServiceClaims { lxm: None, ..good() }, "BadJwtLexiconMethod"),
        (ServiceClaims { exp: now - 300, ..good() }, "JwtExpired"),
        (ServiceClaims { exp: now + 3 * 60 * 60, ..good() }, "BadJwt"),
        (ServiceClaims { iss: nursery.olive.did.to_string(), ..good() }, "BadJwtSignature"),
    ] {
        call(&sign(&wrong, &neighbour.key)).await.is_error(401, name);
    }
    let token = sign(&good(), &neighbour.key);
    call(&token).await.json();
    call(&token).await.is_error(401, "AuthenticationRequired");
}

#[tokio::test]
async fn a_token_without_a_name_and_one_from_before_a_restart_are_for_once_too() {
    let mut nursery = Nursery::start().await;
    let neighbour = Neighbour::move_in_next_door(&nursery.pds).await;
    let body = json!({ "memberDid": neighbour.did, "role": "member" });
    nursery.post(&nursery.ada, group::ADD_MEMBER, body).await.json();
    let here = nursery.pds.did().await;
    let call = async |nursery: &Nursery, token: &str| {
        nursery.pds.post(token, group::CREATE_RECORD, &new_claim(nursery, "One")).await
    };
    let named = neighbour.claims(&here, group::CREATE_RECORD);
    let unnamed = ServiceClaims { jti: None, ..neighbour.claims(&here, group::CREATE_RECORD) };
    let tokens = [sign(&named, &neighbour.key), sign(&unnamed, &neighbour.key)];
    for token in &tokens {
        call(&nursery, token).await.json();
        call(&nursery, token).await.is_error(401, "AuthenticationRequired");
    }
    nursery.pds = nursery.pds.restart().await;
    for token in &tokens {
        call(&nursery, token).await.is_error(401, "AuthenticationRequired");
    }
}

async fn service_token(pds: &TestPds, access: &str, method: &str) -> Answer {
    let here = pds.did().await;
    let params = [("aud", here.as_str()), ("lxm", method)];
    let url = pds.method(server::GET_SERVICE_AUTH, &params);
    pds.send(Request::get(url).bearer(access)).await
}

async fn app_session(pds: &TestPds, who: &Account, name: &str) -> String {
    let body = json!({ "name": name });
    let made = pds.post(&who.access, server::CREATE_APP_PASSWORD, &body).await.json();
    let session = pds.login(who.did.as_str(), made["password"].as_str().unwrap()).await.json();
    session["accessJwt"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_app_acts_for_a_member_but_gives_no_account_away() {
    let nursery = Nursery::start().await;
    let Nursery { pds, max, .. } = &nursery;
    let app = app_session(pds, max, "an app").await;
    let token = service_token(pds, &app, group::CREATE_RECORD).await.json();
    let token = token["token"].as_str().unwrap();
    pds.post(token, group::CREATE_RECORD, &new_claim(&nursery, "By token")).await.json();
    pds.post(&app, group::CREATE_RECORD, &new_claim(&nursery, "By session")).await.json();

    service_token(pds, &app, group::IMPORT).await.is_error(400, "InvalidToken");
    let token = service_token(pds, &max.access, group::IMPORT).await.json();
    let body = json!({ "groupDid": max.did, "ownerDid": nursery.olive.did,
        "appPassword": "k3wq-7zde-4hyb-p2ma" });
    pds.post(token["token"].as_str().unwrap(), group::IMPORT, &body).await.json();
}

#[tokio::test]
async fn whose_account_is_switched_off_acts_nowhere() {
    let nursery = Nursery::start().await;
    let Nursery { pds, max, .. } = &nursery;
    let token = service_token(pds, &max.access, group::CREATE_RECORD).await.json();
    pds.post(&max.access, server::DEACTIVATE_ACCOUNT, &json!({})).await;
    let body = new_claim(&nursery, "From the off");
    for token in [&max.access, token["token"].as_str().unwrap()] {
        pds.post(token, group::CREATE_RECORD, &body).await.is_error(400, "RepoDeactivated");
    }
}

#[tokio::test]
async fn the_servers_document_says_that_groups_are_looked_after_here() {
    let pds = TestPds::start().await;
    let url = pds.base.join("/.well-known/did.json").unwrap();
    let document = pds.send(Request::get(url)).await.json();
    assert_eq!(document["id"], json!(pds.did().await));
    let service = json!({ "id": "#certified_group_service", "type": "CertifiedGroupService",
        "serviceEndpoint": pds.base.origin().ascii_serialization() });
    assert_eq!(document["service"], json!([service]));
}
