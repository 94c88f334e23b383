//! A whole network in a test process, and the people on it.
//!
//! ```no_run
//! # async fn story() {
//! use hypercerts_testkit::TestNetwork;
//!
//! let network = TestNetwork::start().await;
//! let forester = network.person("forester").await;
//! let ecologist = network.person("ecologist").await;
//! let claim = forester.claims("Oak wood replanted").await;
//! ecologist.evaluates(&claim, "Well mixed stand.").await;
//! network.page_shows(&claim, "Well mixed stand.").await;
//! # }
//! ```
//!
//! Everything is real: the directory, the PDS, the index and the pages, over loopback, with their data in a
//! folder that is removed at the end. What fails, panics: that is what tests want.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

mod name_server;
mod person;

use std::time::{Duration, Instant};

use hypercerts::network::{Network, NetworkConfig, PdsOptions};
use hypercerts_identity::{HttpClient, NetPolicy};
use hypercerts_lexicon::{AtUri, Handle};
use hypercerts_xrpc::client::{NewAccount, Session, Written, XrpcClient};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

pub use name_server::NameServer;
pub use person::{Person, claim};

/// How soon what was written must be seen by readers.
pub const SOON: Duration = Duration::from_secs(5);

/// A network on free ports of this machine.
pub struct TestNetwork {
    network: Option<Network>,
    config: NetworkConfig,
    _folder: TempDir,
    http: HttpClient,
}

impl TestNetwork {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With another configuration than the usual.
    pub async fn start_with(adjust: impl FnOnce(&mut NetworkConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        let mut config = usual(&folder);
        adjust(&mut config);
        let network = Some(Network::start(config.clone()).await.unwrap());
        Self { network, config, _folder: folder, http }
    }

    /// Ends the network and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.network.take().unwrap().stop().await;
        self.network = Some(Network::start(self.config.clone()).await.unwrap());
    }

    /// A new account called `name`.test, logged in.
    pub async fn person(&self, name: &str) -> Person {
        let handle = Handle::parse(&format!("{name}.test")).unwrap();
        let password = format!("correct horse {name}");
        let new =
            NewAccount { handle: &handle, password: &password, email: None, invite_code: None };
        Person::new(handle.clone(), Session::create_account(self.pds(), &new).await.unwrap())
    }

    /// A client of the PDS.
    pub fn pds(&self) -> XrpcClient {
        self.network().pds_client().unwrap()
    }

    /// A client of the index.
    pub fn app(&self) -> XrpcClient {
        XrpcClient::new(self.http.clone(), self.app_url())
    }

    /// The address of the directory.
    pub fn plc_url(&self) -> Url {
        Url::parse(self.network().addresses().plc.as_deref().unwrap()).unwrap()
    }

    /// The full picture of a claim as soon as `enough` says it is complete.
    pub async fn hypercert(&self, uri: &AtUri, enough: impl Fn(&Value) -> bool) -> Value {
        let app = self.app();
        let params = [("uri", uri.to_string())];
        eventually("the index shows the hypercert", || async {
            let answer: Result<Value, _> =
                app.query(hypercerts_records::nsid::GET_HYPERCERT, &params).await;
            answer.ok().filter(&enough)
        })
        .await
    }

    /// Waits until the claim's page contains `words`; answers the page.
    pub async fn page_shows(&self, claim: &Written, words: &str) -> String {
        let path = format!("/hypercert/{}", claim.uri.as_str().trim_start_matches("at://"));
        eventually(&format!("the page shows {words:?}"), || async {
            let (_, html) = self.page(&path).await;
            html.contains(words).then_some(html)
        })
        .await
    }

    /// The code in the newest mail of the PDS.
    pub async fn mailed_code(&self) -> String {
        let url = self.pds().base().join("/dev/outbox").unwrap();
        let request = hypercerts_identity::net::Request::get(url);
        let request = request.header("accept".parse().unwrap(), "application/json");
        let mails: Value = self.http.send(request).await.unwrap().json().unwrap();
        let newest = mails["mails"].as_array().unwrap().last().unwrap();
        let lines = newest["text"].as_str().unwrap().lines();
        lines.filter_map(|line| line.strip_prefix("    ")).next().unwrap().to_owned()
    }

    /// A page's status and source.
    pub async fn page(&self, path: &str) -> (u16, String) {
        let url = self.app_url().join(path).unwrap();
        let request = hypercerts_identity::net::Request::get(url);
        let answer = self.http.send(request).await.unwrap();
        (answer.status(), String::from_utf8(answer.body().to_vec()).unwrap())
    }

    fn app_url(&self) -> Url {
        Url::parse(self.network().addresses().app.as_deref().unwrap()).unwrap()
    }

    fn network(&self) -> &Network {
        self.network.as_ref().unwrap()
    }
}

fn usual(folder: &TempDir) -> NetworkConfig {
    let anywhere = Some("127.0.0.1:0".parse().unwrap());
    NetworkConfig {
        app: anywhere,
        pds: anywhere,
        plc: anywhere,
        data: folder.path().to_path_buf(),
        plc_url: None,
        hostname: None,
        follow: Vec::new(),
        relay: Vec::new(),
        lexicons: None,
        resolve_lexicons: None,
        pds_options: PdsOptions::default(),
        dns: Vec::new(),
        private_addresses: None,
    }
}

/// Asks until there is an answer; fails after [`SOON`].
pub async fn eventually<T>(what: &str, mut question: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = question().await {
            return answer;
        }
        assert!(begun.elapsed() < SOON, "not within {SOON:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
