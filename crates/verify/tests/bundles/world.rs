//! A directory, a host with accounts, and claims and evaluations on it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use bytes::Bytes;
use hypercerts_identity::plc::{self, Operation, PlcData, SignedOperation};
use hypercerts_identity::{Directory, HttpClient, NetPolicy};
use hypercerts_lexicon::{AtUri, Cid, Did, Handle, Tid, Value, drisl, json};
use hypercerts_records::nsid;
use hypercerts_repo::car::encode_car;
use hypercerts_repo::{
    Curve, Head, MemoryBlocks, RepoPath, SecretKey, Write, apply_writes, proof_blocks,
};
use hypercerts_verify::Verifier;
use hypercerts_verify::bundle::{self, Bundle, Found, Limits, MakeError, Options, Report};
use url::Url;

const NOW: u64 = 1_770_000_000_000_000;

pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(Curve::K256, &[seed; 32]).unwrap()
}

/// A record as it was written.
#[derive(Debug, Clone)]
pub struct Written {
    pub uri: AtUri,
    pub cid: Cid,
}

impl Written {
    pub fn reference(&self) -> serde_json::Value {
        serde_json::json!({ "uri": self.uri, "cid": self.cid })
    }
}

struct Repo {
    key: SecretKey,
    blocks: MemoryBlocks,
    head: Option<Head>,
}

impl Repo {
    fn put(&mut self, did: &Did, path: RepoPath, value: &Value) -> Cid {
        let record = Bytes::from(drisl::encode(value));
        let cid = Cid::of_drisl(&record);
        let there =
            self.head.and_then(|head| proof_blocks(&self.blocks, head.data, &path).unwrap().0);
        let write = match there {
            None => Write::Create { path, record, cid },
            Some(_) => Write::Update { path, record, cid },
        };
        let rev = Tid::next_after(self.head.map(|head| head.rev), NOW, 0);
        let commit =
            apply_writes(&self.blocks, self.head.as_ref(), did, rev, &self.key, &[write]).unwrap();
        self.blocks.extend(commit.new_blocks());
        self.head = Some(commit.head);
        cid
    }

    fn proof(&self, path: &RepoPath) -> Vec<u8> {
        let head = self.head.unwrap();
        let (record, mut blocks) = proof_blocks(&self.blocks, head.data, path).unwrap();
        for cid in [Some(head.commit), record].into_iter().flatten() {
            blocks.push((cid, self.blocks.block(&cid).unwrap().clone()));
        }
        encode_car(&head.commit, &blocks)
    }
}

/// What happens at the host before a proof is handed out.
type Meanwhile = Box<dyn FnOnce(&mut Host) + Send>;

#[derive(Default)]
pub struct Host {
    repos: BTreeMap<Did, Repo>,
    blobs: HashMap<String, Bytes>,
    meanwhile: Option<Meanwhile>,
    document: Option<String>,
}

impl Host {
    /// Lets something happen just before the next proof is handed out.
    pub fn next(&mut self, change: impl FnOnce(&mut Self) + Send + 'static) {
        self.meanwhile = Some(Box::new(change));
    }

    pub fn put(&mut self, did: &Did, collection: &str, rkey: &str, value: &Value) -> Written {
        let path = RepoPath::parse(&format!("{collection}/{rkey}")).unwrap();
        let cid = self.repos.get_mut(did).unwrap().put(did, path.clone(), value);
        Written { uri: AtUri::record(did, &path.collection(), &path.rkey()), cid }
    }
}

type Shared = Arc<Mutex<Host>>;
type Parameters = Query<HashMap<String, String>>;

async fn record(State(host): State<Shared>, Query(asked): Parameters) -> (StatusCode, Vec<u8>) {
    let mut host = host.lock().unwrap();
    let meanwhile = host.meanwhile.take();
    if let Some(meanwhile) = meanwhile {
        meanwhile(&mut host);
    }
    let path = RepoPath::parse(&format!("{}/{}", asked["collection"], asked["rkey"])).unwrap();
    match host.repos.get(&Did::parse(&asked["did"]).unwrap()) {
        Some(repo) if repo.head.is_some() => (StatusCode::OK, repo.proof(&path)),
        _ => (StatusCode::BAD_REQUEST, b"{\"error\":\"RepoNotFound\"}".to_vec()),
    }
}

async fn blob(State(host): State<Shared>, Query(asked): Parameters) -> (StatusCode, Bytes) {
    match host.lock().unwrap().blobs.get(&asked["cid"]) {
        Some(bytes) => (StatusCode::OK, bytes.clone()),
        None => (StatusCode::BAD_REQUEST, "{\"error\":\"BlobNotFound\"}".into()),
    }
}

async fn document(State(host): State<Shared>) -> String {
    host.lock().unwrap().document.clone().unwrap_or_default()
}

async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}")).unwrap()
}

pub struct World {
    pub verifier: Verifier,
    pub directory: plc::Client,
    host: Shared,
    pub host_url: Url,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(&folder.path().join("plc.sqlite")).unwrap();
        let plc_url = serve(directory.router()).await;
        let host = Shared::default();
        let router = Router::new()
            .route("/xrpc/com.atproto.sync.getRecord", get(record))
            .route("/xrpc/com.atproto.sync.getBlob", get(blob))
            .route("/.well-known/did.json", get(document))
            .with_state(host.clone());
        let host_url = serve(router).await;
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        let directory = plc::Client::new(http.clone(), plc_url.clone());
        let verifier = Verifier::with_directory(http, plc_url, host_url.clone()).unwrap();
        Self { verifier, directory, host, host_url, _folder: folder }
    }

    /// An account that signs with the key `seed`; `seed + 100` may change its identity.
    pub async fn account(&self, seed: u8) -> Did {
        let genesis = self.genesis(seed);
        let did = genesis.did().unwrap();
        self.directory.submit(&did, &genesis).await.unwrap();
        self.moves_in(&did, seed);
        did
    }

    /// The first operation of that account.
    pub fn genesis(&self, seed: u8) -> SignedOperation {
        Operation::Set { data: self.data(seed, seed), prev: None }.sign(&key(seed + 100))
    }

    /// What the identity of the account `who` says when it signs with the key `seed`.
    pub fn data(&self, who: u8, seed: u8) -> PlcData {
        let handle = Handle::parse(&format!("person{who}.test")).unwrap();
        PlcData::account(&key(seed).public(), &[key(who + 100).public()], &handle, &self.host_url)
    }

    /// Gives the account `did` a new signing key, from here on.
    pub async fn rotates(&self, did: &Did, who: u8, seed: u8) {
        let log = self.directory.verified_log(did).await.unwrap();
        let data = self.data(who, seed);
        let operation = Operation::Set { data, prev: Some(log.head().cid) };
        self.directory.submit(did, &operation.sign(&key(who + 100))).await.unwrap();
        self.on_host(|host| host.repos.get_mut(did).unwrap().key = key(seed));
    }

    fn moves_in(&self, did: &Did, seed: u8) {
        let repo = Repo { key: key(seed), blocks: MemoryBlocks::new(), head: None };
        self.on_host(|host| host.repos.insert(did.clone(), repo));
    }

    /// An account of its own web host, which signs with the key `seed`.
    pub fn web_account(&self, seed: u8) -> Did {
        let did = Did::parse(&format!("did:web:localhost%3A{}", self.host_url.port().unwrap()));
        let did = did.unwrap();
        let document = self.data(seed, seed).document(&did);
        let document = serde_json::to_string(&document).unwrap();
        self.on_host(|host| host.document = Some(document));
        self.moves_in(&did, seed);
        did
    }

    pub fn on_host<T>(&self, change: impl FnOnce(&mut Host) -> T) -> T {
        change(&mut self.host.lock().unwrap())
    }

    /// Lets something happen at the host just before the next proof is handed out.
    pub fn meanwhile(&self, change: impl FnOnce(&mut Host) + Send + 'static) {
        self.on_host(|host| host.next(change));
    }

    pub fn uploads(&self, bytes: &'static [u8]) -> Cid {
        let cid = Cid::of_raw(bytes);
        self.on_host(|host| host.blobs.insert(cid.to_string(), Bytes::from_static(bytes)));
        cid
    }

    pub fn writes(
        &self,
        did: &Did,
        collection: &str,
        rkey: &str,
        record: &serde_json::Value,
    ) -> Written {
        let value = json::from_json(record).unwrap();
        self.on_host(|host| host.put(did, collection, rkey, &value))
    }

    pub fn claims(&self, did: &Did) -> Written {
        self.writes(did, nsid::ACTIVITY, "3mhlv4n3abc2a", &claim("Oak wood replanted"))
    }

    /// Edits the claim.
    pub fn claims_again(&self, did: &Did) -> Written {
        self.writes(did, nsid::ACTIVITY, "3mhlv4n3abc2a", &claim("Oak wood replanted again"))
    }

    pub fn evaluates(&self, did: &Did, claim: &Written) -> Written {
        self.writes(did, nsid::EVALUATION, "3mhlv4n3abc2b", &evaluation(did, claim))
    }

    pub async fn gathers(
        &self,
        subject: &Written,
        around: &[&Written],
        options: Options,
    ) -> Result<Bundle, MakeError> {
        let uris = around.iter().map(|written| written.uri.clone()).collect();
        let found = Found { uris, more: false };
        bundle::gather(&self.verifier, &subject.uri, &found, &options, |_| {}).await
    }

    /// The file of a bundle about `subject` with what is `around` it.
    pub async fn bundles(&self, subject: &Written, around: &[&Written]) -> Vec<u8> {
        file_of(self.gathers(subject, around, Options::default()).await.unwrap())
    }
}

pub fn file_of(mut bundle: Bundle) -> Vec<u8> {
    let mut file = Vec::new();
    bundle.write(&mut file).unwrap();
    file
}

pub fn check(file: &[u8]) -> Report {
    bundle::check(file, &Limits::default())
}

pub fn claim(title: &str) -> serde_json::Value {
    serde_json::json!({
        "$type": nsid::ACTIVITY,
        "title": title,
        "shortDescription": "Three hectares.",
        "createdAt": "2026-02-01T00:00:00Z",
    })
}

pub fn evaluation(by: &Did, claim: &Written) -> serde_json::Value {
    serde_json::json!({
        "$type": nsid::EVALUATION,
        "subject": claim.reference(),
        "evaluators": [{ "did": by }],
        "summary": "Well mixed stand.",
        "createdAt": "2026-02-02T00:00:00Z",
    })
}
