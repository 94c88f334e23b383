//! The same with a real PDS, written to by a client as anybody would.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use hypercerts_index::view::Validity;
use hypercerts_index::{ListQuery, SourceConfig};
use hypercerts_lexicon::{AtUri, Nsid};
use hypercerts_pds::{Pds, PdsConfig};
use hypercerts_records::nsid;
use hypercerts_xrpc::client::{NewAccount, Session, XrpcClient};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::author::{claim, now};
use crate::world::{Running, World, eventually};

/// A PDS on this machine. Its address stays the same when it starts again.
struct Home {
    url: Url,
    pds: Pds,
    server: JoinHandle<()>,
}

impl Home {
    async fn start(world: &World, dir: &Path, at: &str) -> Self {
        let listener = TcpListener::bind(at).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let url = Url::parse(&format!("http://{address}")).expect("a URL");
        let pds = Pds::open(PdsConfig::new(dir.to_owned(), url.clone(), world.resolver_at(&url)));
        let pds = pds.expect("the PDS opens");
        let router: Router = pds.router();
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the server runs");
        });
        Self { url, pds, server }
    }

    async fn stop(self) {
        self.server.abort();
        let _ = self.server.await;
        self.pds.shutdown().await;
    }

    async fn account(&self, world: &World, handle: &str) -> Session {
        let client = XrpcClient::new(world.http.clone(), self.url.clone());
        let account = NewAccount {
            handle: &hypercerts_lexicon::Handle::parse(handle).expect("a handle"),
            password: "correct horse battery staple",
            email: None,
            invite_code: None,
        };
        Session::create_account(client, &account).await.expect("the account is made")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_writes_is_seen_within_a_second_and_across_restarts() {
    let world = World::new().await;
    let dir = world.dir.path().join("pds");
    let home = Home::start(&world, &dir, "127.0.0.1:0").await;
    let mut config = world.config("index", vec![SourceConfig::pds(home.url.clone())]);
    config.resolver = world.resolver_at(&home.url);
    let index = Running::start(config).expect("the index opens");
    let alice = home.account(&world, "alice.test").await;
    let eve = home.account(&world, "eve.test").await;

    let activity = Nsid::parse(nsid::ACTIVITY).expect("an NSID");
    let made = alice.create_record(&activity, &claim("Mangroves")).await.expect("it is written");
    let written = Instant::now();
    let uri: AtUri = made.uri.clone();
    eventually("the claim is shown", || async {
        index.reader.hypercert(&uri).await.expect("an answer").is_some()
    })
    .await;
    assert!(written.elapsed() < Duration::from_secs(1), "{:?}", written.elapsed());

    let judged = json!({
        "subject": { "uri": uri.as_str(), "cid": made.cid.to_string() },
        "evaluators": [{ "did": eve.did().as_str() }],
        "summary": "It grows.",
        "createdAt": now().as_str(),
    });
    let evaluation = Nsid::parse(nsid::EVALUATION).expect("an NSID");
    eve.create_record(&evaluation, &judged).await.expect("it is written");
    eventually("the evaluation is shown", || async {
        let picture = index.reader.hypercert(&uri).await.expect("an answer").expect("the claim");
        picture.independent_evaluations == 1
    })
    .await;
    let picture = index.reader.hypercert(&uri).await.expect("an answer").expect("the claim");
    assert_eq!(picture.claim.validity, Validity::Valid);
    assert_eq!(
        picture.evaluations.items[0].author.handle.as_ref().map(AsRef::as_ref),
        Some("eve.test")
    );

    // The PDS goes away and comes back: the index notices both, and goes on.
    let at = home.url.socket_addrs(|| None).expect("an address")[0].to_string();
    home.stop().await;
    let home = Home::start(&world, &dir, &at).await;
    let client = XrpcClient::new(world.http.clone(), home.url.clone());
    let alice = Session::login(client, "alice.test", "correct horse battery staple").await;
    let alice = alice.expect("she logs in");
    alice.create_record(&activity, &claim("More mangroves")).await.expect("it is written");
    eventually("the second claim is shown", || async {
        index.reader.list(ListQuery::default()).await.expect("an answer").items.len() == 2
    })
    .await;
    assert!(index.reader.status().await.expect("an answer").refusals.is_empty());
    index.stop().await;
    home.stop().await;
}
