//! The life of DIDs in the embedded directory, over HTTP.

use std::path::Path;

use hypercerts_identity::plc::{Client, ClientError, LogEntry, Operation, SignedOperation};
use hypercerts_identity::{Directory, HttpClient, NetError};
use hypercerts_lexicon::Did;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::support::{account, client, genesis, key, serve, somewhere, tombstone, update};

/// A directory with a client.
struct Running {
    url: Url,
    plc: Client,
    http: HttpClient,
}

async fn open(path: &Path) -> Running {
    let url = serve(Directory::open(&path.join("plc.sqlite")).unwrap().router()).await;
    Running { plc: Client::new(client(), url.clone()), url, http: client() }
}

async fn fresh() -> (TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(folder.path()).await;
    (folder, directory)
}

impl Running {
    async fn get(&self, path: &str) -> Result<String, NetError> {
        Ok(self.http.get(&self.url.join(path).unwrap()).await?.text()?.to_owned())
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await.unwrap()).unwrap()
    }

    async fn takes(&self, did: &Did, operation: &SignedOperation) {
        self.plc.submit(did, operation).await.unwrap();
    }

    async fn refuses(&self, did: &Did, operation: &SignedOperation) -> String {
        match self.plc.submit(did, operation).await {
            Err(ClientError::Refused(reason)) => reason,
            other => panic!("refused with a reason, not {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_did_is_created_changed_and_given_up() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1, 2]);
    assert!(matches!(directory.plc.document(&did).await, Err(ClientError::NotFound { .. })));

    directory.takes(&did, &first).await;
    let document = directory.plc.document(&did).await.unwrap();
    assert_eq!(document.claimed_handle().unwrap().as_str(), "alice.test");
    assert_eq!(document.signing_key().unwrap(), key(9).public());

    let second = update("alice.example.test", &[1, 2], first.cid(), 2);
    directory.takes(&did, &second).await;
    assert_eq!(
        directory.json(&format!("/{did}/data")).await["alsoKnownAs"],
        json!(["at://alice.example.test"])
    );
    assert_eq!(directory.json(&format!("/{did}/data")).await["did"], did.as_str());
    let last: SignedOperation =
        serde_json::from_value(directory.json(&format!("/{did}/log/last")).await).unwrap();
    assert_eq!(last, second);
    let log: Vec<SignedOperation> =
        serde_json::from_value(directory.json(&format!("/{did}/log")).await).unwrap();
    assert_eq!(log, [first, second.clone()]);

    directory.takes(&did, &tombstone(second.cid(), 1)).await;
    assert!(matches!(directory.plc.document(&did).await, Err(ClientError::NotFound { .. })));
    assert!(directory.get(&format!("/{did}/data")).await.unwrap_err().is_not_found());
    let log = directory.plc.verified_log(&did).await.unwrap();
    assert_eq!((log.entries().len(), log.data()), (3, None));
}

#[tokio::test]
async fn a_stolen_account_is_recovered_and_the_log_shows_it() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1, 2]);
    directory.takes(&did, &first).await;
    let theft = update("mallory.test", &[2], first.cid(), 2);
    directory.takes(&did, &theft).await;
    let grave = tombstone(theft.cid(), 2);
    directory.takes(&did, &grave).await;

    let weak = update("alice.test", &[1], first.cid(), 2);
    assert!(directory.refuses(&did, &weak).await.contains("stronger key"));
    directory.takes(&did, &update("alice.test", &[1], first.cid(), 1)).await;

    let log = directory.plc.verified_log(&did).await.unwrap();
    let nullified: Vec<bool> = log.entries().iter().map(|entry| entry.nullified).collect();
    assert_eq!(nullified, [false, true, true, false]);
    assert_eq!(
        directory.plc.document(&did).await.unwrap().claimed_handle().unwrap().as_str(),
        "alice.test"
    );
    assert_eq!(directory.json(&format!("/{did}/log")).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn operations_that_break_a_rule_are_refused_with_the_reason() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1]);
    let other = genesis("bob.test", &[1]).0;
    assert!(directory.refuses(&other, &first).await.contains(did.as_str()));
    assert!(
        directory
            .refuses(&did, &update("alice.test", &[1], first.cid(), 1))
            .await
            .contains("no operations yet")
    );
    directory.takes(&did, &first).await;
    let stranger = update("alice.test", &[3], first.cid(), 3);
    assert!(directory.refuses(&did, &stranger).await.contains("rotation keys"));
    assert!(
        directory.refuses(&did, &genesis("bob.test", &[1]).1).await.contains("first operation")
    );
    let web = Did::parse("did:web:example.org").unwrap();
    assert!(directory.refuses(&web, &first).await.contains("not a did:plc"));
}

#[tokio::test]
async fn operations_over_a_limit_are_refused() {
    let (_folder, directory) = fresh().await;
    let refused = async |change: &dyn Fn(&mut hypercerts_identity::plc::PlcData)| {
        let mut data = account("alice.test", &[1], &somewhere());
        change(&mut data);
        let operation = Operation::Set { data, prev: None }.sign(&key(1));
        directory.refuses(&operation.did().unwrap(), &operation).await
    };
    let long = "x".repeat(300);
    assert!(
        refused(&|data| data.rotation_keys = vec![key(1).public().to_did_key(); 11])
            .await
            .contains("at most 10")
    );
    assert!(
        refused(&|data| data.rotation_keys.push("did:key:zNothing".to_owned()))
            .await
            .contains("rotation key")
    );
    assert!(
        refused(&|data| data.also_known_as.push(format!("at://{long}")))
            .await
            .contains("at most 258")
    );
    assert!(
        refused(&|data| data.also_known_as.push("at://alice.test".to_owned()))
            .await
            .contains("twice")
    );
    assert!(
        refused(&|data| drop(data.verification_methods.insert(long.clone(), "did:key:z1".into())))
            .await
            .contains("at most 32")
    );
    assert!(
        refused(&|data| drop(data.verification_methods.insert("x".into(), "key".into())))
            .await
            .contains("base58btc")
    );
    let many = |data: &mut hypercerts_identity::plc::PlcData| {
        let keys = (0..10).map(|n| (format!("key{n}"), format!("did:key:z{}", "1".repeat(240))));
        data.verification_methods = keys.collect();
        let service = |n| (format!("service{n}"), service(&format!("https://{}", "x".repeat(250))));
        data.services = (0..10).map(service).collect();
    };
    assert!(refused(&many).await.contains("at most 4000"));
}

fn service(endpoint: &str) -> hypercerts_identity::plc::PlcService {
    hypercerts_identity::plc::PlcService { kind: "Some".to_owned(), endpoint: endpoint.to_owned() }
}

#[tokio::test]
async fn a_key_of_another_kind_may_stand_beside_the_signing_key() {
    let (_folder, directory) = fresh().await;
    let mut data = account("alice.test", &[1], &somewhere());
    let ed25519 = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    data.verification_methods.insert("other".to_owned(), ed25519.to_owned());
    let operation = Operation::Set { data, prev: None }.sign(&key(1));
    let did = operation.did().unwrap();
    directory.takes(&did, &operation).await;
    assert!(directory.plc.document(&did).await.unwrap().signing_key().is_ok());
}

#[tokio::test]
async fn errors_have_the_shape_of_the_public_directory() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1]);
    let message = |error: NetError| match error {
        NetError::Status { status, error: None, message: Some(message), .. } => (status, message),
        other => panic!("an error with a message, not {other:?}"),
    };
    let unknown = directory.get(&format!("/{did}")).await.unwrap_err();
    assert_eq!(message(unknown), (404, format!("DID not registered: {did}")));
    assert_eq!(message(directory.get("/a/b/c/d").await.unwrap_err()).0, 404);
    let post = async |path: &str, body: String| {
        let request = hypercerts_identity::net::Request::post(directory.url.join(path).unwrap());
        message(
            directory
                .http
                .send(request.body("application/json", body))
                .await
                .unwrap()
                .ok()
                .unwrap_err(),
        )
    };
    assert_eq!(post("/not-a-did", "{}".into()).await.0, 400);
    assert_eq!(post(&format!("/{did}"), "not json".into()).await.0, 400);
    assert_eq!(post(&format!("/{did}"), "[".repeat(20_000)).await.0, 400);
    assert_eq!(post(&format!("/{did}"), "x".repeat(100_000)).await.0, 413);

    directory.takes(&did, &first).await;
    directory.takes(&did, &tombstone(first.cid(), 1)).await;
    let given_up = directory.get(&format!("/{did}")).await.unwrap_err();
    assert_eq!(message(given_up), (404, format!("DID not available: {did}")));
}

#[tokio::test]
async fn a_did_may_be_percent_encoded_as_clients_do() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1]);
    let encoded = did.as_str().replace(':', "%3A");
    let url = directory.url.join(&format!("/{encoded}")).unwrap();
    directory.http.post_json(&url, &first).await.unwrap();
    let answer = directory.http.get(&url).await.unwrap();
    assert!(
        answer.headers()["content-type"].to_str().unwrap().starts_with("application/did+ld+json")
    );
    assert_eq!(
        directory.json(&format!("/{encoded}/log/audit")).await[0]["cid"],
        first.cid().to_string()
    );
}

#[tokio::test]
async fn handing_in_the_newest_operation_again_changes_nothing() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1]);
    directory.takes(&did, &first).await;
    directory.takes(&did, &first).await;
    let second = update("bob.test", &[1], first.cid(), 1);
    directory.takes(&did, &second).await;
    directory.takes(&did, &second).await;
    assert_eq!(directory.plc.audit_log(&did).await.unwrap().len(), 2);
    assert!(directory.refuses(&did, &first).await.contains("first operation"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_wins_and_the_log_holds() {
    let (_folder, directory) = fresh().await;
    let (did, first) = genesis("alice.test", &[1]);
    directory.takes(&did, &first).await;
    let rivals = (0..16).map(|number| {
        let (plc, did, prev) = (directory.plc.clone(), did.clone(), first.cid());
        tokio::spawn(async move {
            plc.submit(&did, &update(&format!("name{number}.test"), &[1], prev, 1)).await.is_ok()
        })
    });
    let newcomers = (0..16).map(|number| {
        let (plc, (did, operation)) =
            (directory.plc.clone(), genesis(&format!("new{number}.test"), &[1]));
        tokio::spawn(async move { plc.submit(&did, &operation).await.is_ok() })
    });
    let (rivals, newcomers): (Vec<_>, Vec<_>) = (rivals.collect(), newcomers.collect());
    let mut winners = 0;
    for rival in rivals {
        winners += usize::from(rival.await.unwrap());
    }
    for newcomer in newcomers {
        assert!(newcomer.await.unwrap());
    }
    assert_eq!(winners, 1);
    assert_eq!(directory.plc.verified_log(&did).await.unwrap().entries().len(), 2);
}

#[tokio::test]
async fn what_was_taken_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let (did, first) = genesis("alice.test", &[1, 2]);
    {
        let directory = Directory::open(&folder.path().join("plc.sqlite")).unwrap();
        directory.submit(did.clone(), first.clone()).await.unwrap();
        directory.submit(did.clone(), update("mallory.test", &[2], first.cid(), 2)).await.unwrap();
    }
    let directory = open(folder.path()).await;
    assert_eq!(directory.plc.audit_log(&did).await.unwrap().len(), 2);
    directory.takes(&did, &update("alice.test", &[1], first.cid(), 1)).await;
    assert!(directory.plc.verified_log(&did).await.unwrap().entries()[1].nullified);
}

#[tokio::test]
async fn a_database_of_another_kind_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plc.sqlite");
    std::fs::write(&path, "not a database, but somebody's only copy of something").unwrap();
    assert!(Directory::open(&path).is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a database"));
}

#[tokio::test]
async fn everything_can_be_exported_page_by_page() {
    let (_folder, directory) = fresh().await;
    let mut expected = Vec::new();
    for number in 0..7 {
        let (did, operation) = genesis(&format!("name{number}.test"), &[1]);
        directory.takes(&did, &operation).await;
        expected.push(operation.cid());
    }

    let mut by_time = Vec::new();
    let mut after = String::new();
    loop {
        let text = directory.get(&format!("/export?count=3{after}")).await.unwrap();
        let page: Vec<LogEntry> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let Some(last) = page.last() else { break };
        after = format!(
            "&after={}",
            serde_json::to_value(last).unwrap()["createdAt"].as_str().unwrap()
        );
        by_time.extend(page.iter().map(|entry| entry.cid));
    }
    assert_eq!(by_time, expected);
    assert_eq!(after.len(), "&after=2026-11-20T12:00:00.000Z".len(), "to the millisecond: {after}");

    let text = directory.get("/export?count=3&after=2").await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|line| line["seq"].as_i64().unwrap()).collect::<Vec<_>>(),
        [3, 4, 5]
    );
    assert_eq!(lines[0]["type"], "sequenced_op");
    assert_eq!(lines[0]["cid"], expected[2].to_string());
    assert_eq!(directory.get("/export?after=2026").await.unwrap(), "");
    assert!(directory.get("/export?after=yesterday").await.is_err());
    assert!(directory.get("/export?count=0").await.is_err());
}

#[tokio::test]
async fn its_health_can_be_asked() {
    let (_folder, directory) = fresh().await;
    assert!(directory.json("/_health").await["version"].is_string());
}
