//! Keys, servers and data that the stories share.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use hypercerts_identity::net::{HttpClient, NetPolicy};
use hypercerts_identity::plc::{Operation, PlcData, SignedOperation};
use hypercerts_lexicon::{Cid, Did, Handle};
use hypercerts_repo::keys::{Curve, PublicKey, SecretKey};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A policy under which everything that hangs is over in a moment.
pub fn impatient() -> NetPolicy {
    NetPolicy {
        connect_timeout: Duration::from_secs(1),
        total_timeout: Duration::from_secs(3),
        idle_timeout: Duration::from_millis(500),
        min_bytes_per_second: 1_000,
        max_body: 64 * 1024,
        max_message: 64 * 1024,
        ..NetPolicy::allow_private()
    }
}

pub fn impatient_client() -> HttpClient {
    HttpClient::new(impatient()).unwrap()
}

pub fn client() -> HttpClient {
    HttpClient::new(NetPolicy::allow_private()).unwrap()
}

/// Serves a router on a free port until the test's runtime ends.
pub async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url_of("http", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Serves bare connections, for servers that do what no library would.
pub async fn serve_raw<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> Url
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url_of("http", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(socket));
        }
    });
    url
}

pub fn url_of(scheme: &str, address: SocketAddr) -> Url {
    Url::parse(&format!("{scheme}://{address}/")).unwrap()
}

pub fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

/// The key with this number; odd ones are K-256, even ones P-256.
pub fn key(number: u8) -> SecretKey {
    let curve = if number % 2 == 1 { Curve::K256 } else { Curve::P256 };
    SecretKey::from_bytes(curve, &[number; 32]).unwrap()
}

/// An account that signs with key 9 and can be changed by these keys, the strongest first.
pub fn account(name: &str, rotation: &[u8], pds: &Url) -> PlcData {
    let rotation: Vec<PublicKey> = rotation.iter().map(|number| key(*number).public()).collect();
    PlcData::account(&key(9).public(), &rotation, &handle(name), pds)
}

pub fn somewhere() -> Url {
    Url::parse("https://pds.example.org").unwrap()
}

/// The first operation of an account, signed by its strongest key.
pub fn genesis(name: &str, rotation: &[u8]) -> (Did, SignedOperation) {
    genesis_at(name, rotation, &somewhere())
}

pub fn genesis_at(name: &str, rotation: &[u8], pds: &Url) -> (Did, SignedOperation) {
    let operation =
        Operation::Set { data: account(name, rotation, pds), prev: None }.sign(&key(rotation[0]));
    (operation.did().unwrap(), operation)
}

/// An operation that builds on another one.
pub fn update(name: &str, rotation: &[u8], prev: Cid, signer: u8) -> SignedOperation {
    Operation::Set { data: account(name, rotation, &somewhere()), prev: Some(prev) }
        .sign(&key(signer))
}

pub fn tombstone(prev: Cid, signer: u8) -> SignedOperation {
    Operation::Tombstone { prev }.sign(&key(signer))
}

/// A file of the project's own fixtures.
pub fn fixtures(path: &str) -> PathBuf {
    root().join("fixtures").join(path)
}

/// A file of the test data outside the project; a relative folder counts from the project's root.
pub fn test_data(path: &str) -> PathBuf {
    let folder =
        std::env::var_os("HYPERCERTS_TEST_DATA").expect("HYPERCERTS_TEST_DATA names the test data");
    root().join(folder).join(path)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
