//! What only so many can have at the same time: nobody has all of it, and nobody keeps the others from
//! it by being slow.

use std::time::Duration;

use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Account, TestPds};

const EVE: &str = "203.0.113.5";
const BOB: &str = "203.0.113.6";

/// Sends the beginning of a request and says no more.
async fn begin(pds: &TestPds, beginning: &str) -> TcpStream {
    let address = pds.base.socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    stream
}

/// The status of the answer, as soon as there is one.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.unwrap();
    let line = std::str::from_utf8(&line).unwrap();
    line.strip_prefix("HTTP/1.1 ").unwrap().parse().unwrap()
}

async fn is_silent(stream: &mut TcpStream) -> bool {
    tokio::time::timeout(Duration::from_millis(300), stream.readable()).await.is_err()
}

async fn follow(pds: &TestPds, from: &str) -> TcpStream {
    let request = format!(
        "GET /xrpc/{} HTTP/1.1\r\nhost: pds\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         x-forwarded-for: {from}\r\n\r\n",
        sync::SUBSCRIBE_REPOS
    );
    begin(pds, &request).await
}

#[tokio::test]
async fn one_network_does_not_take_every_stream() {
    let pds = TestPds::start().await;
    let mut streams = Vec::new();
    for _ in 0..32 {
        let mut stream = follow(&pds, EVE).await;
        assert_eq!(status(&mut stream).await, 101);
        streams.push(stream);
    }
    assert_eq!(status(&mut follow(&pds, EVE).await).await, 503);
    assert_eq!(status(&mut follow(&pds, BOB).await).await, 101);
    streams.pop();
    // The server notices in its own time.
    for _ in 0..200 {
        if status(&mut follow(&pds, EVE).await).await == 101 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place of a stream that ended is not free again");
}

/// More than fits into what lies between the server and somebody who does not read.
async fn large_repository(pds: &TestPds) -> Account {
    let alice = pds.account("alice").await;
    for n in 0..24 {
        let record = json!({ "$type": "org.example.note", "text": "x".repeat(900_000) });
        let body = json!({
            "repo": alice.did, "collection": "org.example.note", "rkey": format!("note-{n}"), "record": record,
        });
        pds.post(&alice.access, repo::CREATE_RECORD, &body).await.json();
    }
    alice
}

#[tokio::test]
async fn whoever_does_not_read_keeps_no_other_network_waiting() {
    let pds = TestPds::start().await;
    let alice = large_repository(&pds).await;
    let fetch = async |from: &str| {
        let request = format!(
            "GET /xrpc/{}?did={} HTTP/1.1\r\nhost: pds\r\nx-forwarded-for: {from}\r\n\r\n",
            sync::GET_REPO,
            alice.did
        );
        begin(&pds, &request).await
    };
    let mut stalled = Vec::new();
    for _ in 0..4 {
        let mut stream = fetch(EVE).await;
        assert_eq!(status(&mut stream).await, 200);
        stalled.push(stream);
    }
    let mut fifth = fetch(EVE).await;
    assert!(is_silent(&mut fifth).await, "it waits for its turn");
    assert_eq!(status(&mut fetch(BOB).await).await, 200);
    drop(stalled);
    assert_eq!(status(&mut fifth).await, 200);
}

#[tokio::test]
async fn whoever_sends_a_repository_slowly_keeps_nobody_else_waiting() {
    let pds = TestPds::start().await;
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let (eve, mallory) = (pds.account("eve").await, pds.account("mallory").await);
    let send = async |who: &Account| {
        let request = format!(
            "POST /xrpc/{} HTTP/1.1\r\nhost: pds\r\nauthorization: Bearer {}\r\n\
             content-type: application/vnd.ipld.car\r\ncontent-length: 1000000\r\n\r\nx",
            repo::IMPORT_REPO,
            who.access
        );
        begin(&pds, &request).await
    };
    let mut slow = [send(&alice).await, send(&eve).await, send(&mallory).await];
    for stream in &mut slow {
        assert!(is_silent(stream).await);
    }
    assert_eq!(status(&mut send(&eve).await).await, 503, "one at a time");
    let params = [("did", bob.did.as_str())];
    let car = pds.get(sync::GET_REPO, &params).await.bytes();
    let request = hypercerts_identity::net::Request::post(pds.method(repo::IMPORT_REPO, &[]));
    let request = request.bearer(&bob.access).body("application/vnd.ipld.car", car);
    pds.send(request).await.done();
}
