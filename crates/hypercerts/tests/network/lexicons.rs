//! Record types that the program was not built with, learnt of from a name server and a repository.

use hypercerts_lexicon::{Nsid, RecordKey};
use hypercerts_testkit::{NameServer, Person, TestNetwork, eventually};
use hypercerts_xrpc::client::{ClientError, Written};
use hypercerts_xrpc::nsid::repo;
use serde_json::{Value, json};

const PLOT: &str = "org.hypercerts.plots.plot";
const AUTHORITY: &str = "_lexicon.plots.hypercerts.org";

/// A network that asks a name server for lexicons, and somebody who publishes one.
async fn world() -> (TestNetwork, NameServer, Person) {
    let names = NameServer::start().await;
    let address = names.address();
    let network = TestNetwork::start_with(|config| {
        config.dns = vec![address];
        config.resolve_lexicons = Some(true);
    })
    .await;
    let surveyor = network.person("surveyor").await;
    (network, names, surveyor)
}

async fn publish(names: &NameServer, publisher: &Person) {
    let lexicon = json!({
        "$type": hypercerts_schemas::nsid::SCHEMA,
        "lexicon": 1,
        "id": PLOT,
        "defs": { "main": { "type": "record", "key": "tid", "record": {
            "type": "object",
            "required": ["hectares"],
            "properties": { "hectares": { "type": "integer", "minimum": 1 } },
        } } },
    });
    let collection = Nsid::parse(hypercerts_schemas::nsid::SCHEMA).unwrap();
    let rkey = RecordKey::parse(PLOT).unwrap();
    publisher.session().put_record(&collection, &rkey, &lexicon).await.unwrap();
    names.set(AUTHORITY, &format!("did={}", publisher.did()));
}

/// Writes a record and demands that it is checked.
async fn write_checked(person: &Person, nsid: &str, record: Value) -> Result<Value, ClientError> {
    let input =
        json!({ "repo": person.did(), "collection": nsid, "record": record, "validate": true });
    person.session().procedure(repo::CREATE_RECORD, &input).await
}

async fn index_says(network: &TestNetwork, written: &Written, state: &str) {
    let params = [("uri", written.uri.to_string())];
    eventually(&format!("the index says {state}"), async || {
        let method = hypercerts_records::nsid::GET_RECORD;
        let answer: Result<Value, _> = network.app().query(method, &params).await;
        let validity = answer.ok()?["record"]["validity"].to_string();
        validity.contains(state).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_demanded_waits_for_the_lexicon() {
    let (network, names, surveyor) = world().await;
    publish(&names, &surveyor).await;
    let forester = network.person("forester").await;

    let written = write_checked(&forester, PLOT, json!({ "hectares": 3 })).await.unwrap();
    assert_eq!(written["validationStatus"], "valid");
    let error = write_checked(&forester, PLOT, json!({ "hectares": 0 })).await.unwrap_err();
    assert!(error.to_string().contains("hectares"), "{error}");
    let error = forester.writes(PLOT, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("hectares"), "a known type is always checked: {error}");

    let nobody = write_checked(&forester, "org.hypercerts.nobody.plot", json!({})).await;
    let error = nobody.unwrap_err().to_string();
    assert!(error.contains("_lexicon.nobody.hypercerts.org"), "it says what was tried: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_unchecked_is_judged_once_its_lexicon_is_found() {
    let (network, names, surveyor) = world().await;
    publish(&names, &surveyor).await;
    let good = surveyor.writes(PLOT, json!({ "hectares": 3 })).await.unwrap();
    index_says(&network, &good, "\"valid\"").await;

    let claimed =
        json!({ "repo": surveyor.did(), "collection": PLOT, "validate": false, "record": {} });
    let bad: Written = surveyor.session().procedure(repo::CREATE_RECORD, &claimed).await.unwrap();
    index_says(&network, &bad, "hectares").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_network_looks_nothing_up_unless_told_to() {
    let names = NameServer::start().await;
    let address = names.address();
    let network = TestNetwork::start_with(|config| config.dns = vec![address]).await;
    let forester = network.person("forester").await;
    let error = write_checked(&forester, PLOT, json!({})).await.unwrap_err();
    assert!(error.to_string().contains("not looked up"), "{error}");
    forester.writes(PLOT, json!({})).await.unwrap();
    assert_eq!(names.questions(AUTHORITY), 0);
}
