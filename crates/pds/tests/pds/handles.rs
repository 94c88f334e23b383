//! Handles under domains of the owners' own.

use std::time::Duration;

use hypercerts_lexicon::Did;
use hypercerts_xrpc::client::Subscription;
use hypercerts_xrpc::frames::{Event, Frame};
use hypercerts_xrpc::nsid::{identity, repo};
use serde_json::json;

use crate::site::{Site, ask_for_handles};
use crate::support::{Account, Answer, TestPds};

const DOMAIN: &str = "nursery.org";

async fn at_home(site: &Site) -> TestPds {
    let url = site.url.clone();
    TestPds::start_with(move |config| ask_for_handles(config, DOMAIN, &url)).await
}

async fn rename(pds: &TestPds, who: &Account, handle: &str) -> Answer {
    pds.post(&who.access, identity::UPDATE_HANDLE, &json!({ "handle": handle })).await
}

/// What the did:plc directory says.
async fn registered(pds: &TestPds, did: &Did) -> Vec<String> {
    pds.resolver.plc().verified_log(did).await.unwrap().data().unwrap().also_known_as.clone()
}

/// The handle in the next `#identity`.
async fn announced(stream: &mut Subscription) -> String {
    loop {
        let frame = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap();
        if let Some(Frame::Event { event: Event::Identity(event), .. }) = frame.unwrap() {
            return event.handle.unwrap().to_string();
        }
    }
}

#[tokio::test]
async fn a_domain_of_ones_own_is_a_handle_once_it_says_so() {
    let site = Site::start().await;
    let pds = at_home(&site).await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);

    let refused = rename(&pds, &alice, DOMAIN).await;
    refused.is_error(400, "InvalidHandle");
    for hint in [
        "_atproto.nursery.org".to_owned(),
        format!("did={}", alice.did),
        "https://nursery.org/.well-known/atproto-did".to_owned(),
    ] {
        assert!(refused.text().contains(&hint), "{} says {hint}", refused.text());
    }
    assert_eq!(registered(&pds, &alice.did).await, ["at://alice.test"]);

    site.name(&alice.did);
    rename(&pds, &bob, DOMAIN).await.is_error(400, "InvalidHandle");
    let mut stream = Subscription::open(&pds.http, &pds.base, None).await.unwrap();
    rename(&pds, &alice, "Nursery.org").await.done();
    assert_eq!(announced(&mut stream).await, DOMAIN);
    assert_eq!(registered(&pds, &alice.did).await, ["at://nursery.org"]);
    let found = pds.get(identity::RESOLVE_HANDLE, &[("handle", DOMAIN)]).await.json();
    assert_eq!(found["did"], json!(alice.did));
    let described = pds.get(repo::DESCRIBE_REPO, &[("repo", DOMAIN)]).await.json();
    assert_eq!(described["handle"], DOMAIN);
    assert_eq!(described["handleIsCorrect"], true, "{described}");

    rename(&pds, &alice, "alice.test").await.done();
    assert_eq!(registered(&pds, &alice.did).await, ["at://alice.test"]);
    pds.get(repo::DESCRIBE_REPO, &[("repo", DOMAIN)]).await.is_error(400, "RepoNotFound");
}

#[tokio::test]
async fn a_domain_that_passed_on_belongs_to_whom_it_names_now() {
    let site = Site::start().await;
    let pds = at_home(&site).await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    site.name(&alice.did);
    rename(&pds, &alice, DOMAIN).await.done();
    site.name(&bob.did);
    // The account that has it has to let go of it first.
    rename(&pds, &bob, DOMAIN).await.is_error(400, "HandleNotAvailable");
    rename(&pds, &alice, "alice.test").await.done();
    rename(&pds, &bob, DOMAIN).await.done();
    rename(&pds, &alice, DOMAIN).await.is_error(400, "InvalidHandle");
}

#[tokio::test]
async fn domains_that_nobody_can_have_are_not_asked() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    for handle in ["alice.invalid", "alice.localhost", "alice.onion", "alice"] {
        rename(&pds, &alice, handle).await.is_error(400, "InvalidHandle");
    }
}

#[tokio::test]
async fn identities_are_told_as_the_network_has_them() {
    let site = Site::start().await;
    let pds = at_home(&site).await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let told = async |who: &str| {
        let answer = pds.get(identity::RESOLVE_IDENTITY, &[("identifier", who)]).await.json();
        (answer["did"].clone(), answer["handle"].clone(), answer["didDoc"]["alsoKnownAs"].clone())
    };
    let document = pds.get(identity::RESOLVE_DID, &[("did", bob.did.as_str())]).await.json();
    assert_eq!(document["didDoc"]["id"], json!(bob.did));
    let of_bob = (json!(bob.did), json!("bob.test"), json!(["at://bob.test"]));
    assert_eq!(told("bob.test").await, of_bob);
    assert_eq!(told(bob.did.as_str()).await, of_bob);

    site.name(&alice.did);
    rename(&pds, &alice, DOMAIN).await.done();
    let renamed = json!(["at://nursery.org"]);
    assert_eq!(told(alice.did.as_str()).await, (json!(alice.did), json!(DOMAIN), renamed.clone()));
    // The domain passes on, and only who asks anew is told so.
    site.name(&bob.did);
    let anew = json!({ "identifier": alice.did });
    let anew = pds.post_anonymous(identity::REFRESH_IDENTITY, &anew).await.json();
    assert_eq!(anew["handle"], "handle.invalid", "{anew}");
    assert_eq!(
        told(alice.did.as_str()).await,
        (json!(alice.did), json!("handle.invalid"), renamed)
    );
    assert_eq!(told(DOMAIN).await, of_bob, "the handle leads to somebody who is called otherwise");

    let nobody = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    pds.get(identity::RESOLVE_DID, &[("did", nobody)]).await.is_error(400, "DidNotFound");
    let nobody = [("identifier", "nobody.test")];
    pds.get(identity::RESOLVE_IDENTITY, &nobody).await.is_error(400, "HandleNotFound");
}
