//! A small network for tests: a real did:plc directory, accounts that sign for themselves, and hosts that
//! say exactly what a test tells them to, lies included.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use hypercerts_identity::plc::{Operation, PlcData, SignedOperation};
use hypercerts_identity::{Directory, HttpClient, NetPolicy, Resolver, ResolverConfig};
use hypercerts_index::{Index, IndexConfig, IndexError, Limits, Reader, SourceConfig};
use hypercerts_lexicon::{Did, Handle};
use hypercerts_repo::{Curve, SecretKey};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::author::Author;
use crate::host::Host;

/// The directory, the names, and the way to reach both.
pub struct World {
    pub dir: TempDir,
    pub directory: Directory,
    pub http: HttpClient,
    names: Names,
    /// Where the directory and the names are.
    pub url: Url,
}

/// Which DID each handle points at.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<HashMap<String, Did>>>);

impl World {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let directory =
            Directory::open(&dir.path().join("plc.sqlite")).expect("a did:plc directory");
        let names = Names::default();
        let well_known = Router::new()
            .route("/.well-known/atproto-did", get(tell_did))
            .with_state(names.clone());
        let url = serve(directory.router().merge(well_known)).await;
        let policy =
            NetPolicy { idle_timeout: Duration::from_secs(2), ..NetPolicy::allow_private() };
        let http = HttpClient::new(policy).expect("a client");
        Self { dir, directory, http, names, url }
    }

    pub fn resolver(&self) -> Resolver {
        self.resolver_at(&self.url)
    }

    /// A resolver that asks a server for the handles of this world.
    pub fn resolver_at(&self, names: &Url) -> Resolver {
        let config = ResolverConfig::new(self.url.clone(), self.http.clone())
            .with_handle_host(".test", names.clone());
        Resolver::new(config).expect("a resolver")
    }

    /// A new account on a host, without a repository yet.
    pub async fn author(&self, name: &str, host: &Host) -> Author {
        let handle = Handle::parse(&format!("{name}.test")).expect("a handle");
        let (signing, rotation) = (new_key(), new_key());
        let data = PlcData::account(&signing.public(), &[rotation.public()], &handle, &host.url);
        let genesis = Operation::Set { data, prev: None }.sign(&rotation);
        let did = genesis.did().expect("a genesis operation names its DID");
        self.directory.submit(did.clone(), genesis.clone()).await.expect("the directory takes it");
        self.names.0.lock().expect("no panic").insert(handle.to_string(), did.clone());
        Author::new(did, handle, signing, rotation, genesis, host.clone())
    }

    /// Gives an account another signing key.
    pub async fn rotate_key(&self, author: &mut Author) {
        let key = new_key();
        let data = PlcData::account(
            &key.public(),
            &[author.rotation.public()],
            &author.handle,
            &author.host.url,
        );
        let prev = author.operation.cid();
        let update: SignedOperation =
            Operation::Set { data, prev: Some(prev) }.sign(&author.rotation);
        self.directory
            .submit(author.did.clone(), update.clone())
            .await
            .expect("the directory takes it");
        author.key = key;
        author.operation = update;
    }

    /// Moves an account to another host, whose stream tells of it from now on.
    pub async fn move_to(&self, author: &mut Author, host: &Host) {
        let rotation = [author.rotation.public()];
        let data = PlcData::account(&author.key.public(), &rotation, &author.handle, &host.url);
        let prev = Some(author.operation.cid());
        let update = Operation::Set { data, prev }.sign(&author.rotation);
        self.directory
            .submit(author.did.clone(), update.clone())
            .await
            .expect("the directory takes it");
        author.operation = update;
        author.host = host.clone();
    }

    /// The configuration of an index in this world, impatient enough for tests.
    pub fn config(&self, name: &str, sources: Vec<SourceConfig>) -> IndexConfig {
        let limits = Limits {
            retry_first: Duration::from_millis(100),
            repo_time: Duration::from_secs(3),
            ..Limits::default()
        };
        let dir = self.dir.path().join(name);
        IndexConfig { limits, ..IndexConfig::new(dir, sources, self.resolver(), self.http.clone()) }
    }

    /// Two authors on one host, who have begun, and an index that follows it.
    pub async fn alice_and_eve(&self) -> (Author, Author, Running) {
        let host = Host::new().await;
        let mut alice = self.author("alice", &host).await;
        let mut eve = self.author("eve", &host).await;
        let index = self.index(&[&host]).await;
        alice.begin();
        eve.begin();
        (alice, eve, index)
    }

    /// An index that follows some hosts as PDSs, and has asked each for its accounts: those that begin
    /// afterwards are met in the stream.
    pub async fn index(&self, hosts: &[&Host]) -> Running {
        let sources = hosts.iter().map(|host| SourceConfig::pds(host.url.clone())).collect();
        let index = Running::start(self.config("index", sources)).expect("the index opens");
        for host in hosts {
            eventually("the host is asked for its accounts", || async { host.was_listed() }).await;
        }
        index
    }
}

async fn tell_did(State(names): State<Names>, headers: HeaderMap) -> Result<String, StatusCode> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let names = names.0.lock().expect("no panic");
    names.get(name).map(ToString::to_string).ok_or(StatusCode::NOT_FOUND)
}

/// A key nobody else has.
pub fn new_key() -> SecretKey {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let curve = if number.is_multiple_of(2) { Curve::K256 } else { Curve::P256 };
    SecretKey::from_bytes(curve, &[number; 32]).expect("a key")
}

/// Serves a router on a free port of this machine.
pub async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}")).expect("a URL")
}

/// An index that follows its sources until it is stopped.
pub struct Running {
    pub index: Arc<Index>,
    pub reader: Reader,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub fn start(config: IndexConfig) -> Result<Self, IndexError> {
        let index = Arc::new(Index::open(config)?);
        let (stop, stopped) = oneshot::channel();
        let running = index.clone();
        let task = tokio::spawn(async move {
            running
                .run(async {
                    let _ = stopped.await;
                })
                .await;
        });
        Ok(Self { reader: index.reader(), index, stop, task })
    }

    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.expect("the index ends in peace");
    }
}

/// Waits until something is so; panics with `what` when it does not become so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let end = tokio::time::Instant::now() + Duration::from_secs(20);
    while !check().await {
        assert!(tokio::time::Instant::now() < end, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
