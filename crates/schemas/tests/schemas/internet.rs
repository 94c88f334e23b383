//! A small internet: a did:plc directory, a name server, hosts that are honest and hosts that are not.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hypercerts_identity::plc::{Operation, PlcData};
use hypercerts_identity::{Directory, HttpClient, NetPolicy, Resolver, ResolverConfig};
use hypercerts_lexicon::{Cid, Did, Handle, Nsid, RecordKey, Tid, drisl, json};
use hypercerts_pds::{Pds, PdsConfig};
use hypercerts_repo::{Curve, MemoryBlocks, RepoPath, SecretKey, Write, apply_writes, create_repo};
use hypercerts_schemas::{NetworkConfig, NetworkLimits, Schemas, SchemasConfig, nsid::SCHEMA};
use hypercerts_xrpc::client::{NewAccount, Session, XrpcClient};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::name_server::NameServer;
use crate::support::nsid;

pub struct Internet {
    pub names: NameServer,
    directory: Directory,
    plc: Url,
    http: HttpClient,
    dir: TempDir,
}

/// A PDS with one account that publishes.
pub struct Publisher {
    session: Session,
    _pds: Pds,
    serving: JoinHandle<()>,
}

impl Internet {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(&dir.path().join("plc.sqlite")).unwrap();
        let (plc, _) = serve(directory.router()).await;
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        Self { names: NameServer::start().await, directory, plc, http, dir }
    }

    fn resolver(&self) -> Resolver {
        let mut config = ResolverConfig::new(self.plc.clone(), self.http.clone());
        config.name_servers = vec![self.names.address()];
        Resolver::new(config).unwrap()
    }

    /// Schemas that are found here.
    pub fn schemas(&self) -> Schemas {
        self.schemas_within(NetworkLimits::default())
    }

    pub fn schemas_within(&self, limits: NetworkLimits) -> Schemas {
        let network =
            NetworkConfig { limits, ..NetworkConfig::new(self.resolver(), self.http.clone()) };
        let config = SchemasConfig { network: Some(network), ..SchemasConfig::default() };
        Schemas::open(config).unwrap()
    }

    /// A new account on a PDS of its own.
    pub async fn publisher(&self, name: &str) -> Publisher {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = origin(listener.local_addr().unwrap());
        let config = PdsConfig::new(self.dir.path().join(name), url.clone(), self.resolver());
        let pds = Pds::open(config).unwrap();
        let router = pds.router();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let new = NewAccount {
            handle: &Handle::parse(&format!("{name}.test")).unwrap(),
            password: "correct horse battery",
            email: None,
            invite_code: None,
        };
        let client = XrpcClient::new(self.http.clone(), url);
        let session = Session::create_account(client, &new).await.unwrap();
        Publisher { session, _pds: pds, serving }
    }

    /// Makes an account the publisher for an authority, such as `forest.example.test`.
    pub fn delegate(&self, authority: &str, did: &Did) {
        self.names.set(&format!("_lexicon.{authority}"), &format!("did={did}"));
    }

    /// An account whose host answers every request with a proof of this one record, put under `id` and
    /// signed as told.
    pub async fn host_of_one(&self, id: &str, record: &Value, signed: Signed) -> Did {
        let (key, rotation) = (new_key(), new_key());
        let (url, answer) = serve_later().await;
        let data = PlcData::account(
            &key.public(),
            &[rotation.public()],
            &Handle::parse("one.test").unwrap(),
            &url,
        );
        let genesis = Operation::Set { data, prev: None }.sign(&rotation);
        let did = genesis.did().unwrap();
        self.directory.submit(did.clone(), genesis).await.unwrap();
        let car = match signed {
            Signed::Rightly => proof(&did, &key, id, record),
            Signed::BySomebodyElse => proof(&did, &new_key(), id, record),
            Signed::ForSomebodyElse => {
                proof(&Did::parse("did:web:mallory.example").unwrap(), &key, id, record)
            }
            Signed::AndAltered => {
                let mut car = proof(&did, &key, id, record);
                let last = car.len() - 1;
                car[last] ^= 1;
                car
            }
        };
        answer.send(car).unwrap();
        did
    }
}

/// How a host makes its proof.
#[derive(Debug, Clone, Copy)]
pub enum Signed {
    Rightly,
    BySomebodyElse,
    ForSomebodyElse,
    AndAltered,
}

impl Publisher {
    pub fn did(&self) -> &Did {
        self.session.did()
    }

    /// Publishes a lexicon under its own id.
    pub async fn publishes(&self, lexicon: &Value) {
        let id = lexicon["id"].as_str().unwrap().to_owned();
        self.publishes_as(&id, lexicon).await;
    }

    pub async fn publishes_as(&self, rkey: &str, lexicon: &Value) {
        let mut record = lexicon.clone();
        record["$type"] = SCHEMA.into();
        let rkey = RecordKey::parse(rkey).unwrap();
        self.session.put_record(&nsid(SCHEMA), &rkey, &record).await.unwrap();
    }

    /// Its host goes away.
    pub fn leaves(&self) {
        self.serving.abort();
    }
}

/// A repository with one record, as `getRecord` proves it.
fn proof(did: &Did, key: &SecretKey, id: &str, record: &Value) -> Vec<u8> {
    let mut blocks = MemoryBlocks::new();
    let first = create_repo(did.clone(), Tid::new(1_700_000_000_000_000, 0), key);
    for (cid, bytes) in first.new_blocks() {
        blocks.insert(cid, bytes);
    }
    let record = drisl::encode(&json::from_json(record).unwrap());
    let path = RepoPath::new(&Nsid::parse(SCHEMA).unwrap(), &RecordKey::parse(id).unwrap());
    let cid = Cid::of_drisl(&record);
    let writes = [Write::Create { path, record: record.into(), cid }];
    let rev = Tid::new(1_700_000_000_000_001, 0);
    let made = apply_writes(&blocks, Some(&first.head), did, rev, key, &writes).unwrap();
    made.event_car()
}

/// A server whose one answer is told to it later: its address has to be known before.
async fn serve_later() -> (Url, tokio::sync::oneshot::Sender<Vec<u8>>) {
    let (answer, told) = tokio::sync::oneshot::channel::<Vec<u8>>();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = origin(listener.local_addr().unwrap());
    tokio::spawn(async move {
        let car = told.await.unwrap();
        let answer = get(move || async move { car });
        axum::serve(listener, Router::new().fallback(answer)).await.unwrap();
    });
    (url, answer)
}

async fn serve(router: Router) -> (Url, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = origin(listener.local_addr().unwrap());
    (url, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}

fn origin(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}")).unwrap()
}

fn new_key() -> SecretKey {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    SecretKey::from_bytes(Curve::K256, &[NEXT.fetch_add(1, Ordering::Relaxed); 32]).unwrap()
}

/// Limits under which everything happens in a moment.
pub fn impatient() -> NetworkLimits {
    NetworkLimits {
        ttl: Duration::from_millis(200),
        negative_ttl: Duration::from_millis(400),
        ..NetworkLimits::default()
    }
}
