//! A stream that the reference PDS spoke, followed from its first event.

use std::path::PathBuf;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use bytes::Bytes;
use data_encoding::BASE64;
use hypercerts_identity::{HttpClient, NetPolicy, Resolver, ResolverConfig};
use hypercerts_index::{IndexConfig, SourceConfig};
use hypercerts_lexicon::{AtIdentifier, Did};

use crate::host::Host;
use crate::world::{Running, eventually, serve};

fn data() -> PathBuf {
    let root = std::env::var_os("HYPERCERTS_TEST_DATA").expect("HYPERCERTS_TEST_DATA is set");
    PathBuf::from(root).join("recorded")
}

/// A directory that knows the recorded DID documents, as if their PDS were `host`.
async fn directory(host: &Host) -> url::Url {
    let pds = host.url.as_str().trim_end_matches('/').to_owned();
    let documents: Vec<(String, String)> = ["alice", "bob"]
        .map(|name| {
            let text = std::fs::read_to_string(data().join(format!("{name}.did.json")));
            let mut document: serde_json::Value =
                serde_json::from_str(&text.expect("a document")).expect("JSON");
            document["service"][0]["serviceEndpoint"] = pds.clone().into();
            (document["id"].as_str().expect("an id").to_owned(), document.to_string())
        })
        .to_vec();
    let answer = move |Path(did): Path<String>| async move {
        let found = documents.iter().find(|(id, _)| *id == did);
        found.map(|(_, text)| text.clone()).ok_or(StatusCode::NOT_FOUND)
    };
    serve(Router::new().route("/{did}", get(answer))).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
async fn the_recorded_stream_is_followed_without_a_refusal() {
    let host = Host::new().await;
    let frames = std::fs::read_to_string(data().join("firehose.jsonl")).expect("the frames");
    for line in frames.lines() {
        let text: String = serde_json::from_str(line).expect("a string");
        let bytes = BASE64.decode(text.as_bytes()).expect("base64");
        host.say(|_| Bytes::from(bytes));
    }
    let http = HttpClient::new(NetPolicy::allow_private()).expect("a client");
    let resolver = Resolver::new(ResolverConfig::new(directory(&host).await, http.clone()));
    let dir = tempfile::tempdir().expect("a directory");
    let sources = vec![SourceConfig::pds(host.url.clone())];
    let config = IndexConfig::new(dir.path(), sources, resolver.expect("a resolver"), http);
    let index = Running::start(config).expect("the index opens");

    let document = std::fs::read_to_string(data().join("alice.did.json")).expect("a document");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let did = Did::parse(document["id"].as_str().expect("an id")).expect("a DID");
    let car = std::fs::read(data().join("alice.car")).expect("a CAR");
    let (roots, _) = hypercerts_repo::car::read_all(&car, Default::default()).expect("a CAR");
    let status = async || index.reader.status().await.expect("an answer");
    eventually("everything was read", || async { status().await.sources[0].cursor >= Some(64) })
        .await;
    eventually("nothing is left to be repaired", || async {
        status().await.accounts_desynchronized.is_empty()
    })
    .await;
    assert!(status().await.refusals.is_empty(), "{:?}", status().await.refusals);
    let actor = index.reader.actor(&AtIdentifier::Did(did)).await.expect("an answer");
    let rev = actor.expect("alice").rev.expect("a revision");
    let root = hypercerts_repo::car::read_all(&car, Default::default()).expect("a CAR").1;
    let commit = root.iter().find(|(cid, _)| *cid == roots[0]).expect("the commit");
    let commit = hypercerts_repo::Commit::decode(&commit.1).expect("a commit");
    assert_eq!(rev, commit.rev(), "the stream ends where the exported repository stands");
    index.stop().await;
}
