//! Accounts of the did:web method: their document is a file on a site of the owner's, which only the owner changes.

use hypercerts_identity::net::Request;
use hypercerts_lexicon::{Did, Nsid};
use hypercerts_repo::{Curve, PublicKey, RepoLimits, SecretKey, verify_repo};
use hypercerts_xrpc::nsid::{identity, repo, server, sync};
use hypercerts_xrpc::service_auth::{ServiceClaims, sign};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::site::Site;
use crate::support::{Account, Answer, PASSWORD, TestPds, claim, rkey_of};

/// Somebody with a site, and the key that its document names at first.
struct Owner {
    site: Site,
    key: SecretKey,
}

impl Owner {
    async fn new() -> Self {
        let owner = Self {
            site: Site::start().await,
            key: SecretKey::from_bytes(Curve::K256, &[9; 32]).unwrap(),
        };
        let nowhere = "https://pds.example.org".parse().unwrap();
        owner.site.describe("mia.test", &owner.key.public(), &nowhere);
        owner
    }

    fn did(&self) -> Did {
        self.site.did()
    }

    /// Her word that she wants an account at a server.
    async fn word(&self, pds: &TestPds) -> String {
        let iat = Timestamp::now().as_second();
        let claims = ServiceClaims {
            iss: self.did().to_string(),
            aud: server_did(pds).await,
            lxm: Some(Nsid::parse(server::CREATE_ACCOUNT).unwrap()),
            iat,
            exp: iat + 60,
            jti: Some(format!("{:?}", std::time::Instant::now())),
        };
        sign(&claims, &self.key)
    }
}

async fn server_did(pds: &TestPds) -> String {
    let described = pds.get(server::DESCRIBE_SERVER, &[]).await.json();
    described["did"].as_str().unwrap().to_owned()
}

async fn reserve(pds: &TestPds, body: Value) -> PublicKey {
    let reserved = pds.post_anonymous(server::RESERVE_SIGNING_KEY, &body).await.json();
    PublicKey::from_did_key(reserved["signingKey"].as_str().unwrap()).unwrap()
}

async fn arrive(pds: &TestPds, word: &str, did: &Did, handle: &str) -> Account {
    let body = json!({ "did": did, "handle": handle, "password": PASSWORD });
    let made = pds.post(word, server::CREATE_ACCOUNT, &body).await.json();
    assert_eq!((&made["active"], &made["did"]), (&json!(false), &json!(did)));
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    Account { did: did.clone(), access: text("accessJwt"), refresh: text("refreshJwt") }
}

async fn activate(pds: &TestPds, who: &Account) -> Answer {
    pds.post_empty(&who.access, server::ACTIVATE_ACCOUNT).await
}

/// The key that the server means to sign with.
async fn signing_key(pds: &TestPds, who: &Account) -> PublicKey {
    let recommended = pds.get_as(&who.access, identity::GET_RECOMMENDED_DID_CREDENTIALS).await;
    let key = recommended.json()["verificationMethods"]["atproto"].as_str().unwrap().to_owned();
    PublicKey::from_did_key(&key).unwrap()
}

/// How many records of the repository verify with the key that the document names.
async fn verified(pds: &TestPds, did: &Did, key: &PublicKey) -> usize {
    let car = pds.get(sync::GET_REPO, &[("did", did.as_str())]).await.bytes();
    verify_repo(&car[..], did, key, RepoLimits::default()).unwrap().map(Result::unwrap).count()
}

#[tokio::test]
async fn an_account_with_a_site_of_its_own_settles_moves_and_leaves() {
    let owner = Owner::new().await;
    let (first, did) = (TestPds::start().await, owner.did());
    let second = first.second().await;

    let key = reserve(&first, json!({ "did": did })).await;
    assert_eq!(
        reserve(&first, json!({ "did": did })).await,
        key,
        "it is the same until it is used"
    );
    let mia = arrive(&first, &owner.word(&first).await, &did, "mia.test").await;
    assert_eq!(signing_key(&first, &mia).await, key);

    activate(&first, &mia).await.is_error(400, "IncompatibleDidDoc");
    owner.site.describe("mia.test", &owner.key.public(), &first.base);
    activate(&first, &mia).await.is_error(400, "IncompatibleDidDoc");
    owner.site.describe("somebody.test", &key, &first.base);
    let unnamed = activate(&first, &mia).await;
    unnamed.is_error(400, "IncompatibleDidDoc");
    assert!(unnamed.text().contains("at://mia.test"), "{}", unnamed.text());
    owner.site.describe("mia.test", &key, &first.base);
    activate(&first, &mia).await.done();

    let rkey = rkey_of(&first.create(&mia, claim("Hers")).await.json());
    assert_eq!(first.key(&did).await, key);
    assert_eq!(verified(&first, &did, &key).await, 1);

    let key = reserve(&second, json!({ "did": did })).await;
    let aud = server_did(&second).await;
    let params = [("aud", aud.as_str()), ("lxm", server::CREATE_ACCOUNT)];
    let word = Request::get(first.method(server::GET_SERVICE_AUTH, &params)).bearer(&mia.access);
    let word = first.send(word).await.json()["token"].as_str().unwrap().to_owned();
    let there = arrive(&second, &word, &did, "mia.second.test").await;
    let car = first.get(sync::GET_REPO, &[("did", did.as_str())]).await.bytes();
    let import = async || {
        let request = Request::post(second.method(repo::IMPORT_REPO, &[])).bearer(&there.access);
        second.send(request.body("application/vnd.ipld.car", car.clone())).await.done();
    };
    import().await;
    owner.site.describe("mia.second.test", &key, &second.base);
    // Whoever goes on with a move that broke off brings the file again, signed as it was.
    import().await;
    activate(&second, &there).await.done();
    first.post(&mia.access, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();

    assert_eq!(second.read(&there, &rkey).await.json()["value"]["title"], "Hers");
    second.create(&there, claim("At home")).await.json();
    assert_eq!(verified(&second, &did, &key).await, 2);
    first.get(sync::GET_REPO, &[("did", did.as_str())]).await.is_error(400, "RepoDeactivated");
    second.post(&there.access, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();
    second.get(sync::GET_REPO, &[("did", did.as_str())]).await.is_error(400, "RepoDeactivated");
}

#[tokio::test]
async fn only_the_owner_changes_what_the_document_says() {
    let owner = Owner::new().await;
    let (pds, did) = (TestPds::start().await, owner.did());
    let key = reserve(&pds, json!({ "did": did })).await;
    let mia = arrive(&pds, &owner.word(&pds).await, &did, "mia.test").await;
    owner.site.describe("mia.test", &key, &pds.base);
    activate(&pds, &mia).await.done();

    let rename = async |handle: &str| {
        pds.post(&mia.access, identity::UPDATE_HANDLE, &json!({ "handle": handle })).await
    };
    let refused = rename("miranda.test").await;
    refused.is_error(400, "IncompatibleDidDoc");
    assert!(refused.text().contains("at://miranda.test"), "{}", refused.text());
    owner.site.describe("miranda.test", &key, &pds.base);
    rename("miranda.test").await.done();
    let found = pds.get(identity::RESOLVE_HANDLE, &[("handle", "miranda.test")]).await.json();
    assert_eq!(found["did"], json!(did));
    let verified = pds.resolver.resolve_did(&did).await.unwrap();
    assert_eq!(verified.handle_text(), "miranda.test");

    let signed =
        pds.post(&mia.access, identity::SIGN_PLC_OPERATION, &json!({ "token": "A" })).await;
    signed.is_error(400, "InvalidRequest");
    assert!(signed.text().contains("document"), "{}", signed.text());
}

#[tokio::test]
async fn a_key_waits_for_whom_it_was_asked_for() {
    let owner = Owner::new().await;
    let (pds, did) = (TestPds::start().await, owner.did());
    let anybodys = reserve(&pds, json!({})).await;
    assert_ne!(reserve(&pds, json!({})).await, anybodys);
    let somebodys = reserve(&pds, json!({ "did": "did:web:somebody.example" })).await;

    // Her word is checked by the document that the server remembers; which key she takes, by the one of this moment.
    let word = owner.word(&pds).await;
    pds.resolver.document(&did).await.unwrap();
    owner.site.describe("mia.test", &anybodys, &pds.base);
    let mia = arrive(&pds, &word, &did, "mia.test").await;
    assert_eq!(signing_key(&pds, &mia).await, anybodys);
    activate(&pds, &mia).await.done();
    let pds = pds.restart().await;
    pds.create(&mia, claim("After a night")).await.json();

    let body = json!({ "did": did });
    let late = pds.post_anonymous(server::RESERVE_SIGNING_KEY, &body).await;
    assert!(late.error().0 == 400 && late.text().contains("has an account here"));
    for bad in [
        json!({ "did": "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme" }),
        json!({ "did": 1 }),
    ] {
        let refused = pds.post_anonymous(server::RESERVE_SIGNING_KEY, &bad).await;
        refused.is_error(400, "InvalidRequest");
    }
    let body = json!({ "did": "did:web:somebody.example" });
    assert_eq!(reserve(&pds, body).await, somebodys);
}
