//! Verification against hosts that lie: a real directory, a real signed repository, and a server
//! that shows whatever the story wants.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use hypercerts_identity::plc::{self, Operation, PlcData};
use hypercerts_identity::{Directory, HttpClient, NetPolicy};
use hypercerts_lexicon::{AtUri, Cid, Did, Handle, Nsid, RecordKey, Tid, Value, drisl, json};
use hypercerts_repo::{
    Curve, MemoryBlocks, RepoPath, SecretKey, Write, apply_writes, car::encode_car,
};
use hypercerts_verify::{self as verify, Check, Checked, Outcome, Verdict, Verifier};
use url::Url;

const NOW: u64 = 1_770_000_000_000_000;

/// What the host answers to whoever asks for a proof.
type Shown = Arc<Mutex<Bytes>>;

/// An account whose host is under the story's control.
struct Scene {
    verifier: Verifier,
    did: Did,
    shown: Shown,
    _folder: tempfile::TempDir,
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(Curve::K256, &[seed; 32]).unwrap()
}

async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}")).unwrap()
}

impl Scene {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(&folder.path().join("plc.sqlite")).unwrap();
        let plc_url = serve(directory.router()).await;
        let shown = Shown::default();
        let host = serve(host(shown.clone())).await;
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        let did = sign_up(&plc::Client::new(http.clone(), plc_url.clone()), &host).await;
        let verifier = Verifier::with_directory(http, plc_url, host).unwrap();
        Self { verifier, did, shown, _folder: folder }
    }

    fn uri(&self) -> AtUri {
        AtUri::record(&self.did, &collection(), &rkey())
    }

    /// The proof of a repository with one record, signed with `key`.
    fn proof_of(&self, record: &Value, key: &SecretKey) -> Vec<u8> {
        let bytes = drisl::encode(record);
        let cid = Cid::of_drisl(&bytes);
        let path = RepoPath::new(&collection(), &rkey());
        let write = Write::Create { path, record: bytes.into(), cid };
        let rev = Tid::new(NOW, 0);
        let commit = apply_writes(&MemoryBlocks::default(), None, &self.did, rev, key, &[write]);
        commit.unwrap().event_car()
    }

    async fn host_shows(&self, bytes: impl Into<Bytes>) -> Checked {
        *self.shown.lock().unwrap() = bytes.into();
        verify::run(&self.verifier, &self.uri(), |_| {}).await
    }
}

fn host(shown: Shown) -> Router {
    let proof = move || async move { shown.lock().unwrap().clone() };
    Router::new().route("/xrpc/com.atproto.sync.getRecord", get(proof))
}

async fn sign_up(directory: &plc::Client, host: &Url) -> Did {
    let handle = Handle::parse("forester.test").unwrap();
    let data = PlcData::account(&key(1).public(), &[key(2).public()], &handle, host);
    let genesis = Operation::Set { data, prev: None }.sign(&key(2));
    let did = genesis.did().unwrap();
    directory.submit(&did, &genesis).await.unwrap();
    did
}

fn collection() -> Nsid {
    Nsid::parse(hypercerts_records::nsid::ACTIVITY).unwrap()
}

fn rkey() -> RecordKey {
    RecordKey::parse("3mhlv4n3abc2a").unwrap()
}

fn claim() -> Value {
    json::parse(
        br#"{
            "$type": "org.hypercerts.claim.activity",
            "title": "Oak wood replanted",
            "shortDescription": "Three hectares.",
            "createdAt": "2026-02-01T00:00:00Z"
        }"#,
    )
    .unwrap()
}

#[track_caller]
fn ends_with(checked: &Checked, check: Check, outcome: Outcome, verdict: Verdict) {
    let last = checked.report.steps.last().unwrap();
    assert_eq!((last.check, last.outcome), (check, outcome), "{last}");
    assert_eq!(checked.report.verdict, verdict);
}

#[tokio::test]
async fn an_honest_host_is_borne_out() {
    let scene = Scene::open().await;
    let checked = scene.host_shows(scene.proof_of(&claim(), &key(1))).await;
    ends_with(&checked, Check::Schema, Outcome::Passed, Verdict::Verified);
    assert_eq!(checked.report.record, Some(claim()));
    assert_eq!(checked.record.unwrap().cid(), Cid::of_drisl(&drisl::encode(&claim())));
}

#[tokio::test]
async fn a_name_that_does_not_lead_back_is_noted_and_proves_nothing() {
    let scene = Scene::open().await;
    let checked = scene.host_shows(scene.proof_of(&claim(), &key(1))).await;
    let handle = checked.report.steps.iter().find(|step| step.check == Check::Handle).unwrap();
    assert_eq!(handle.outcome, Outcome::Noted, "the host does not answer for handles");
}

#[tokio::test]
async fn a_repository_signed_with_another_key_is_not_the_accounts() {
    let scene = Scene::open().await;
    let checked = scene.host_shows(scene.proof_of(&claim(), &key(3))).await;
    ends_with(&checked, Check::Signature, Outcome::Failed, Verdict::NotVerified);
    assert!(checked.record.is_none());
}

#[tokio::test]
async fn another_record_slipped_in_is_found_out() {
    let scene = Scene::open().await;
    let honest = scene.proof_of(&claim(), &key(1));
    let (roots, blocks) =
        hypercerts_repo::car::read_all(&honest, hypercerts_repo::car::CarLimits::default())
            .unwrap();
    let mut better = drisl::encode(&claim());
    let place = better.windows(5).position(|bytes| bytes == b"Three").unwrap();
    better[place..place + 5].copy_from_slice(b"Seven");
    let record = Cid::of_drisl(&drisl::encode(&claim()));
    let swap = |(cid, bytes): (Cid, Bytes)| {
        if cid == record { (cid, Bytes::from(better.clone())) } else { (cid, bytes) }
    };
    let forged: Vec<_> = blocks.iter().cloned().map(swap).collect();
    let checked = scene.host_shows(encode_car(&roots[0], &forged)).await;
    ends_with(&checked, Check::Proof, Outcome::Failed, Verdict::NotVerified);

    let withheld: Vec<_> = blocks.into_iter().filter(|(cid, _)| *cid != record).collect();
    let checked = scene.host_shows(encode_car(&roots[0], &withheld)).await;
    ends_with(&checked, Check::Path, Outcome::Failed, Verdict::NotVerified);
}

#[tokio::test]
async fn bytes_that_are_no_proof_are_called_so() {
    let scene = Scene::open().await;
    let honest = scene.proof_of(&claim(), &key(1));
    for bytes in [Vec::new(), b"not a CAR".to_vec(), honest[..honest.len() / 2].to_vec()] {
        let checked = scene.host_shows(bytes).await;
        ends_with(&checked, Check::Proof, Outcome::Failed, Verdict::NotVerified);
    }
}

#[tokio::test]
async fn a_host_that_sends_without_end_is_given_up() {
    let scene = Scene::open().await;
    let checked = scene.host_shows(vec![0; 8 * 1024 * 1024]).await;
    ends_with(&checked, Check::Proof, Outcome::Unchecked, Verdict::NotChecked);
}

#[tokio::test]
async fn a_signed_record_that_breaks_its_schema_is_not_passed_off_as_good() {
    let scene = Scene::open().await;
    let mut untitled = claim();
    if let Value::Map(map) = &mut untitled {
        map.remove("title");
    }
    let checked = scene.host_shows(scene.proof_of(&untitled, &key(1))).await;
    ends_with(&checked, Check::Schema, Outcome::Failed, Verdict::NotVerified);
    assert!(checked.report.steps.last().unwrap().found.contains("title"));
    assert!(checked.record.is_some(), "the signature holds all the same");
}

#[tokio::test]
async fn an_account_nobody_knows_cannot_be_checked() {
    let scene = Scene::open().await;
    let stranger = Did::parse("did:plc:w4xlwcl2fyp5jmbdfrm5h3ub").unwrap();
    let uri = AtUri::record(&stranger, &collection(), &rkey());
    let checked = verify::run(&scene.verifier, &uri, |_| {}).await;
    ends_with(&checked, Check::Identity, Outcome::Unchecked, Verdict::NotChecked);
}
