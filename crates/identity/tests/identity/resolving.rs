//! From names to identities, against a directory, hosts and a name server of one's own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hypercerts_identity::{
    Directory, HttpClient, NetPolicy, ResolveError, Resolver, ResolverConfig,
};
use hypercerts_lexicon::{AtIdentifier, Did};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::UdpSocket;
use url::Url;

use crate::support::{
    client, genesis_at, handle, impatient, impatient_client, key, serve, tombstone, update,
};

/// A directory, and a host that knows which handle belongs to whom.
struct World {
    _folder: TempDir,
    directory: Directory,
    plc_url: Url,
    host: Url,
    names: Arc<Mutex<Vec<(String, Did)>>>,
    asked: Arc<AtomicUsize>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(&folder.path().join("plc.sqlite")).unwrap();
        let plc_url = serve(directory.router()).await;
        let names = Arc::new(Mutex::new(Vec::<(String, Did)>::new()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (known, count) = (Arc::clone(&names), Arc::clone(&asked));
        let answer = move |headers: HeaderMap| async move {
            count.fetch_add(1, Ordering::SeqCst);
            let host = headers["host"].to_str().unwrap_or_default().to_owned();
            let known = known.lock().unwrap();
            let found = known.iter().find(|(name, _)| *name == host);
            found.map(|(_, did)| format!("{did}\n")).ok_or(StatusCode::NOT_FOUND)
        };
        let host = serve(Router::new().route("/.well-known/atproto-did", get(answer))).await;
        Self { _folder: folder, directory, plc_url, host, names, asked }
    }

    fn config(&self) -> ResolverConfig {
        ResolverConfig::new(self.plc_url.clone(), client())
            .with_handle_host(".test", self.host.clone())
    }

    fn resolver(&self) -> Resolver {
        Resolver::new(self.config()).unwrap()
    }

    /// Registers an account and its handle.
    async fn account(&self, name: &str) -> Did {
        let (did, first) = genesis_at(name, &[1], &self.host);
        self.directory.submit(did.clone(), first).await.unwrap();
        self.points(name, &did);
        did
    }

    fn points(&self, name: &str, did: &Did) {
        let mut names = self.names.lock().unwrap();
        names.retain(|(known, _)| known != name);
        names.push((name.to_owned(), did.clone()));
    }
}

fn identifier(text: &str) -> AtIdentifier {
    AtIdentifier::parse(text).unwrap()
}

#[tokio::test]
async fn a_did_and_its_handle_lead_to_the_same_identity() {
    let world = World::new().await;
    let did = world.account("alice.test").await;
    let resolver = world.resolver();
    for name in [did.as_str(), "alice.test", "ALICE.test"] {
        let identity = resolver.resolve(&identifier(name)).await.unwrap();
        assert_eq!(identity.did, did);
        assert_eq!(identity.handle_text(), "alice.test");
        assert_eq!(identity.key, key(9).public());
        assert_eq!(identity.pds, world.host);
    }
    assert_eq!(resolver.resolve_handle(&handle("alice.test")).await.unwrap(), did);
}

#[tokio::test]
async fn a_handle_counts_only_if_both_sides_agree() {
    let world = World::new().await;
    let alice = world.account("alice.test").await;
    let mallory = world.account("mallory.test").await;

    // Mallory's host says that bob.test is Alice, who never claimed it.
    world.points("bob.test", &alice);
    let error = world.resolver().resolve(&identifier("bob.test")).await.unwrap_err();
    assert!(matches!(error, ResolveError::HandleMismatch { .. }), "{error}");

    // Mallory's document claims a handle that points at Alice.
    world.points("mallory.test", &alice);
    let identity = world.resolver().resolve_did(&mallory).await.unwrap();
    assert_eq!(identity.handle, None);
    assert_eq!(identity.handle_text(), "handle.invalid");
}

#[tokio::test]
async fn unknown_names_are_not_found() {
    let world = World::new().await;
    let resolver = world.resolver();
    let error = resolver.resolve(&identifier("nobody.test")).await.unwrap_err();
    assert!(error.is_not_found() && !error.is_transient(), "{error}");
    for name in ["someone.local", "handle.invalid"] {
        assert!(resolver.resolve(&identifier(name)).await.unwrap_err().is_not_found());
    }
    let error =
        resolver.resolve(&identifier("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    for did in ["did:plc:short", "did:key:zQ3shuHpdAHXB49apkHfTieazFkXkyNyfwZvHdHqqqXEwSvNs"] {
        let error = resolver.resolve(&identifier(did)).await.unwrap_err();
        assert!(!error.is_not_found() && !error.is_transient(), "{error}");
    }
}

#[tokio::test]
async fn an_answer_is_remembered_until_it_is_refreshed() {
    let world = World::new().await;
    let did = world.account("alice.test").await;
    let resolver = world.resolver();
    let before = resolver.resolve_did(&did).await.unwrap();

    let log = resolver.plc().verified_log(&did).await.unwrap();
    world
        .directory
        .submit(did.clone(), update("alice.new.test", &[1], log.head().cid, 1))
        .await
        .unwrap();
    world.points("alice.new.test", &did);

    assert!(Arc::ptr_eq(&before, &resolver.resolve_did(&did).await.unwrap()));
    let after = resolver.refresh(&did).await.unwrap();
    assert_eq!(after.handle_text(), "alice.new.test");
    assert!(Arc::ptr_eq(&after, &resolver.resolve_did(&did).await.unwrap()));
}

#[tokio::test]
async fn a_failure_is_remembered_only_briefly() {
    let world = World::new().await;
    let resolver = Resolver::new(ResolverConfig {
        negative_ttl: Duration::from_millis(200),
        ..world.config()
    })
    .unwrap();
    let (did, first) = genesis_at("alice.test", &[1], &world.host);
    assert!(resolver.resolve_did(&did).await.is_err());

    world.directory.submit(did.clone(), first).await.unwrap();
    assert!(resolver.resolve_did(&did).await.is_err(), "still remembered");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        resolver.resolve_did(&did).await.unwrap().handle,
        None,
        "the handle does not point back yet"
    );

    world.points("alice.test", &did);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(resolver.resolve_did(&did).await.unwrap().handle.is_some());
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_lookup() {
    let world = World::new().await;
    let did = world.account("alice.test").await;
    let resolver = world.resolver();
    let lookups: Vec<_> = (0..50)
        .map(|_| {
            let (resolver, did) = (resolver.clone(), did.clone());
            tokio::spawn(async move { resolver.resolve_did(&did).await.unwrap() })
        })
        .collect();
    for lookup in lookups {
        assert_eq!(lookup.await.unwrap().did, did);
    }
    assert_eq!(world.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_identity_can_be_had_without_trusting_the_directory() {
    let world = World::new().await;
    let did = world.account("alice.test").await;
    let (identity, log) = world.resolver().resolve_verified(&did).await.unwrap();
    assert_eq!(identity.handle_text(), "alice.test");
    assert_eq!((identity.key, log.entries().len()), (key(9).public(), 1));

    world.directory.submit(did.clone(), tombstone(log.head().cid, 1)).await.unwrap();
    let error = world.resolver().resolve_verified(&did).await.unwrap_err();
    assert!(matches!(error, ResolveError::GivenUp(_)), "{error}");
}

/// A directory that answers every question with this.
async fn lying_directory(answer: serde_json::Value) -> Resolver {
    let body = answer.to_string();
    let answer = move || async move { body };
    let router =
        Router::new().route("/{did}", get(answer.clone())).route("/{did}/log/audit", get(answer));
    Resolver::new(ResolverConfig::new(serve(router).await, impatient_client())).unwrap()
}

#[tokio::test]
async fn a_directory_that_lies_is_found_out() {
    let world = World::new().await;
    let (alice, mallory) = (world.account("alice.test").await, world.account("mallory.test").await);
    let honest = world.resolver();
    let mallorys_document =
        serde_json::to_value(&honest.resolve_did(&mallory).await.unwrap().document).unwrap();
    let mallorys_log =
        serde_json::to_value(honest.plc().audit_log(&mallory).await.unwrap()).unwrap();

    let error =
        lying_directory(mallorys_document.clone()).await.resolve_did(&alice).await.unwrap_err();
    assert!(error.to_string().contains("instead of"), "{error}");

    let forged = mallorys_document.to_string().replace(mallory.as_str(), alice.as_str());
    let forged = serde_json::from_str(&forged).unwrap();
    let resolver = lying_directory(forged).await;
    assert!(resolver.resolve_did(&alice).await.is_ok(), "a document alone shows nothing");

    let error =
        lying_directory(mallorys_log.clone()).await.resolve_verified(&alice).await.unwrap_err();
    assert!(error.to_string().contains("does not hold"), "{error}");
    let mut forged = mallorys_log;
    forged[0]["did"] = alice.as_str().into();
    let error = lying_directory(forged).await.resolve_verified(&alice).await.unwrap_err();
    assert!(error.to_string().contains("makes the DID"), "{error}");

    for nonsense in [json!([]), json!({}), json!("x"), json!([[[]]])] {
        let resolver = lying_directory(nonsense).await;
        assert!(resolver.resolve_did(&alice).await.is_err());
        assert!(resolver.resolve_verified(&alice).await.is_err());
    }
}

#[tokio::test]
async fn a_directory_out_of_reach_is_a_passing_failure() {
    let resolver = Resolver::new(ResolverConfig::new(
        Url::parse("http://127.0.0.1:9").unwrap(),
        impatient_client(),
    ))
    .unwrap();
    let error =
        resolver.resolve(&identifier("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")).await.unwrap_err();
    assert!(error.is_transient() && !error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_did_web_on_this_machine_resolves_on_a_private_network_only() {
    let world = World::new().await;
    let known = Arc::new(Mutex::new(json!({})));
    let document = Arc::clone(&known);
    let serve_document = move || async move { axum::Json(document.lock().unwrap().clone()) };
    let port = serve(Router::new().route("/.well-known/did.json", get(serve_document)))
        .await
        .port()
        .unwrap();
    let did = Did::parse(&format!("did:web:localhost%3A{port}")).unwrap();
    *known.lock().unwrap() = json!({
        "id": did,
        "alsoKnownAs": ["at://web.test"],
        "verificationMethod": [{
            "id": format!("{did}#atproto"),
            "type": "Multikey",
            "publicKeyMultibase": key(2).public().to_multibase(),
        }],
        "service": [{ "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": world.host.as_str() }],
    });
    world.points("web.test", &did);

    let identity = world.resolver().resolve(&identifier("web.test")).await.unwrap();
    assert_eq!((&identity.did, &identity.key), (&did, &key(2).public()));

    let public =
        HttpClient::new(NetPolicy { reach: NetPolicy::public().reach, ..impatient() }).unwrap();
    let resolver = Resolver::new(ResolverConfig::new(world.plc_url.clone(), public)).unwrap();
    let error = resolver.resolve_did(&did).await.unwrap_err();
    assert!(matches!(error, ResolveError::BadDid { .. }), "{error}");
}

/// A name server that knows TXT records of one name, and nothing else.
async fn name_server(name: &'static str, records: Vec<String>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let _ = socket.send_to(&dns_answer(&packet[..length], name, &records), from).await;
        }
    });
    address
}

/// The answer to a DNS question, byte by byte (RFC 1035, section 4).
fn dns_answer(question: &[u8], name: &str, records: &[String]) -> Vec<u8> {
    let asked_end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
    let labels: Vec<u8> = name
        .split('.')
        .flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat())
        .collect();
    let is_txt = question[asked_end - 4..asked_end - 2] == [0, 16];
    let known = is_txt && question[12..asked_end - 5].eq_ignore_ascii_case(&labels);
    let (code, count) = if known { (0x80, records.len() as u8) } else { (0x83, 0) };

    let mut answer = [&question[..2], &[0x81, code, 0, 1, 0, count, 0, 0, 0, 0]].concat();
    answer.extend_from_slice(&question[12..asked_end]);
    for record in records.iter().take(count.into()) {
        let length = record.len() as u8;
        answer.extend_from_slice(&[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, length + 1, length]);
        answer.extend_from_slice(record.as_bytes());
    }
    answer
}

#[tokio::test]
async fn a_handle_of_the_internet_is_found_through_dns() {
    let world = World::new().await;
    let did = world.account("alice.somewhere.test").await;
    let resolve = async |records: Vec<String>| {
        let server = name_server("_atproto.alice.somewhere.test", records).await;
        let config = ResolverConfig {
            name_servers: vec![server],
            handle_hosts: Vec::new(),
            ..world.config()
        };
        Resolver::new(config).unwrap().resolve(&identifier("alice.somewhere.test")).await
    };
    let record = format!("did={did}");
    let identity = resolve(vec!["v=spf1 -all".into(), record.clone()]).await.unwrap();
    assert_eq!(
        (identity.did.clone(), identity.handle_text()),
        (did.clone(), "alice.somewhere.test")
    );
    assert!(
        resolve(vec![record.clone(), "did=did:web:mallory.example".into()]).await.is_err(),
        "which one is it?"
    );
    assert!(resolve(vec!["did=nonsense".into()]).await.is_err());
    let error = resolve(Vec::new()).await.unwrap_err();
    assert!(error.is_not_found() && !error.is_transient(), "{error}");
}
