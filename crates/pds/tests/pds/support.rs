//! A server with its directory in this process, and a client that shows answers as they are.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use bytes::Bytes;
use hypercerts_identity::net::{Request, Response};
use hypercerts_identity::{Directory, HttpClient, NetPolicy, Resolver, ResolverConfig};
use hypercerts_lexicon::{Did, Nsid, RecordKey};
use hypercerts_pds::{Pds, PdsConfig};
use hypercerts_repo::{PublicKey, RepoPath};
use hypercerts_xrpc::nsid::{repo, server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

pub const ACTIVITY: &str = "org.hypercerts.claim.activity";
pub const PASSWORD: &str = "correct horse battery";

/// By which a proxy on this machine says for whom it asks.
pub const FORWARDED_FOR: &str = "x-forwarded-for";

/// A record that its lexicon likes.
pub fn claim(title: &str) -> Value {
    json!({
        "$type": ACTIVITY,
        "title": title,
        "shortDescription": "Fifty hectares of mangrove along the coast",
        "workScope": {
            "$type": "org.hypercerts.claim.activity#workScopeString",
            "scope": "mangrove-restoration"
        },
        "startDate": "2025-01-01T00:00:00Z",
        "createdAt": "2025-12-31T12:00:00.000Z",
    })
}

pub fn path(collection: &str, rkey: &str) -> RepoPath {
    RepoPath::new(&Nsid::parse(collection).unwrap(), &RecordKey::parse(rkey).unwrap())
}

/// The last part of an AT-URI.
pub fn rkey_of(written: &Value) -> String {
    written["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// Changes the usual configuration.
type Adjust = Arc<dyn Fn(&mut PdsConfig) + Send + Sync>;

/// A running server. Keeps its directory, its data and its address when it is restarted.
pub struct TestPds {
    pub http: HttpClient,
    pub base: Url,
    pub resolver: Resolver,
    pub dir: TempDir,
    adjust: Adjust,
    pds: Pds,
    serving: JoinHandle<()>,
    plc: Url,
    directory: Directory,
    directory_serving: JoinHandle<()>,
}

impl TestPds {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With another configuration than the usual.
    pub async fn start_with(adjust: impl Fn(&mut PdsConfig) + Send + Sync + 'static) -> Self {
        let adjust: Adjust = Arc::new(adjust);
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(&dir.path().join("plc.sqlite")).unwrap();
        let (plc, listener) = listen().await;
        let directory_serving = tokio::spawn(serve(listener, directory.router()));
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        let (base, listener) = listen().await;
        let config =
            ResolverConfig::new(plc.clone(), http.clone()).with_handle_host(".test", base.clone());
        let resolver = Resolver::new(config).unwrap();
        let pds = open(&dir, &base, &resolver, &adjust);
        let serving = tokio::spawn(serve(listener, pds.router()));
        Self { http, base, resolver, dir, adjust, pds, serving, plc, directory, directory_serving }
    }

    /// A second server, for handles under `.second.test`, that uses the same directory.
    pub async fn second(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (http, plc, directory) = (self.http.clone(), self.plc.clone(), self.directory.clone());
        let (base, listener) = listen().await;
        let config = ResolverConfig::new(plc.clone(), http.clone())
            .with_handle_host(".second.test", base.clone())
            .with_handle_host(".test", self.base.clone());
        let resolver = Resolver::new(config).unwrap();
        let adjust: Adjust =
            Arc::new(|config| config.handle_domains = vec![".second.test".to_owned()]);
        let pds = open(&dir, &base, &resolver, &adjust);
        let serving = tokio::spawn(serve(listener, pds.router()));
        let directory_serving = tokio::spawn(async {});
        Self { http, base, resolver, dir, adjust, pds, serving, plc, directory, directory_serving }
    }

    /// Makes the directory unreachable.
    pub async fn lose_directory(&mut self) {
        self.directory_serving.abort();
        let _ = (&mut self.directory_serving).await;
    }

    /// Brings the directory back.
    pub async fn find_directory(&mut self) {
        let address = self.plc.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind(address).await.unwrap();
        self.directory_serving = tokio::spawn(serve(listener, self.directory.router()));
    }

    /// Stops the server and starts another one on the same data and address.
    pub async fn restart(self) -> Self {
        self.restart_after(async |_| {}).await
    }

    /// Loses the server's data and starts another one, at the same address, from a backup.
    pub async fn replace_data(self, folder: &Path) -> Self {
        self.restart_after(async |dir: &Path| {
            std::fs::remove_dir_all(dir.join("pds")).unwrap();
            hypercerts_pds::backup::restore(folder, &dir.join("pds")).await.unwrap();
        })
        .await
    }

    /// The same, with something done to its folder while it stands still.
    pub async fn restart_after(self, meanwhile: impl AsyncFnOnce(&Path)) -> Self {
        self.serving.abort();
        let _ = self.serving.await;
        self.pds.shutdown().await;
        meanwhile(self.dir.path()).await;
        let address = self.base.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind(address).await.unwrap();
        let pds = open(&self.dir, &self.base, &self.resolver, &self.adjust);
        let serving = tokio::spawn(serve(listener, pds.router()));
        Self { pds, serving, ..self }
    }

    /// Stops the server and lets go of its data.
    pub async fn stop(self) -> TempDir {
        self.pds.shutdown().await;
        self.serving.abort();
        self.dir
    }

    pub async fn get(&self, method: &str, params: &[(&str, &str)]) -> Answer {
        self.send(Request::get(self.method(method, params))).await
    }

    pub async fn get_as(&self, token: &str, method: &str) -> Answer {
        self.send(Request::get(self.method(method, &[])).bearer(token)).await
    }

    pub async fn post(&self, token: &str, method: &str, body: &Value) -> Answer {
        self.send(Request::post(self.method(method, &[])).bearer(token).json(body)).await
    }

    pub async fn post_anonymous(&self, method: &str, body: &Value) -> Answer {
        self.send(Request::post(self.method(method, &[])).json(body)).await
    }

    /// The same as somebody whom a proxy on this machine names.
    pub async fn post_from(&self, address: &str, method: &str, body: &Value) -> Answer {
        let request = Request::post(self.method(method, &[])).json(body);
        self.send(request.header(FORWARDED_FOR.parse().unwrap(), address)).await
    }

    /// A procedure that takes nothing but a token.
    pub async fn post_empty(&self, token: &str, method: &str) -> Answer {
        self.send(Request::post(self.method(method, &[])).bearer(token)).await
    }

    pub async fn send(&self, request: Request) -> Answer {
        Answer(self.http.send(request.max_body(256 << 20)).await.unwrap())
    }

    pub fn method(&self, method: &str, params: &[(&str, &str)]) -> Url {
        let mut url = self.base.join(&format!("/xrpc/{method}")).unwrap();
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        url
    }

    /// The server's own DID.
    pub async fn did(&self) -> String {
        let described = self.get(server::DESCRIBE_SERVER, &[]).await.json();
        described["did"].as_str().unwrap().to_owned()
    }

    /// A new account `<name>.test`.
    pub async fn account(&self, name: &str) -> Account {
        let handle = format!("{name}.test");
        let email = format!("{name}@mail.test");
        let body = json!({ "handle": handle, "email": email, "password": PASSWORD });
        let made = self.post_anonymous(server::CREATE_ACCOUNT, &body).await.json();
        Account {
            did: Did::parse(made["did"].as_str().unwrap()).unwrap(),
            access: made["accessJwt"].as_str().unwrap().to_owned(),
            refresh: made["refreshJwt"].as_str().unwrap().to_owned(),
        }
    }

    pub async fn login(&self, identifier: &str, password: &str) -> Answer {
        let body = json!({ "identifier": identifier, "password": password });
        self.post_anonymous(server::CREATE_SESSION, &body).await
    }

    pub async fn create(&self, who: &Account, record: Value) -> Answer {
        let body = json!({ "repo": who.did, "collection": ACTIVITY, "record": record });
        self.post(&who.access, repo::CREATE_RECORD, &body).await
    }

    pub async fn read(&self, who: &Account, rkey: &str) -> Answer {
        let did = who.did.as_str();
        let params = [("repo", did), ("collection", ACTIVITY), ("rkey", rkey)];
        self.get(repo::GET_RECORD, &params).await
    }

    pub async fn upload(&self, who: &Account, mime_type: &str, bytes: impl Into<Bytes>) -> Answer {
        let request = Request::post(self.method(repo::UPLOAD_BLOB, &[]));
        self.send(request.bearer(&who.access).body(mime_type, bytes)).await
    }

    /// The key the account's DID document names.
    pub async fn key(&self, did: &Did) -> PublicKey {
        self.resolver.resolve_did(did).await.unwrap().key.clone()
    }
}

fn open(dir: &TempDir, base: &Url, resolver: &Resolver, adjust: &Adjust) -> Pds {
    let mut config = PdsConfig::new(dir.path().join("pds"), base.clone(), resolver.clone());
    adjust(&mut config);
    Pds::open(config).unwrap()
}

async fn listen() -> (Url, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    (url, listener)
}

async fn serve(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.unwrap();
}

/// An account and its first session.
#[derive(Clone)]
pub struct Account {
    pub did: Did,
    pub access: String,
    pub refresh: String,
}

/// An answer, whatever its status.
pub struct Answer(Response);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0.status()
    }

    pub fn header(&self, name: &str) -> &str {
        self.0.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn bytes(&self) -> Bytes {
        self.0.body().clone()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(self.0.body()).unwrap()
    }

    /// The body of an answer that must be a success.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.status(), 200, "{}", self.text());
        self.0.json().unwrap()
    }

    /// An answer that must be a success without a body.
    #[track_caller]
    pub fn done(&self) {
        assert_eq!(self.status(), 200, "{}", self.text());
    }

    /// Status and name of an answer that must be an error, with a sentence for people.
    #[track_caller]
    pub fn error(&self) -> (u16, String) {
        assert!(self.status() >= 400, "succeeded: {}", self.text());
        let body: Value = self.0.json().unwrap();
        assert!(body["message"].as_str().is_some_and(|text| text.len() > 10), "{body}");
        (self.status(), body["error"].as_str().unwrap().to_owned())
    }

    #[track_caller]
    pub fn is_error(&self, status: u16, name: &str) {
        assert_eq!(self.error(), (status, name.to_owned()), "{}", self.text());
    }
}
