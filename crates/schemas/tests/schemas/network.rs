//! Lexicons published on the network.

use std::time::Duration;

use hypercerts_lexicon::Validity;
use hypercerts_schemas::{LookupError, NetworkLimits};
use serde_json::json;

use crate::internet::{Internet, Signed, impatient};
use crate::support::{eventually, judged, lexicon, named, nsid, referring};

const PLOT: &str = "test.example.forest.plot";
const TREE: &str = "test.example.flora.tree";
const LEAF: &str = "test.example.flora.leaf";
const ACTIVITY: &str = "org.hypercerts.claim.activity";
const FOREST: &str = "forest.example.test";
const FLORA: &str = "flora.example.test";

/// A lexicon as a record.
fn published(mut lexicon: serde_json::Value) -> serde_json::Value {
    lexicon["$type"] = hypercerts_schemas::nsid::SCHEMA.into();
    lexicon
}

#[tokio::test]
async fn a_type_nobody_knew_is_learnt_with_all_it_refers_to() {
    let internet = Internet::new().await;
    let (forester, botanist) =
        (internet.publisher("forester").await, internet.publisher("botanist").await);
    internet.delegate(FOREST, forester.did());
    internet.delegate(FLORA, botanist.did());
    forester.publishes(&referring(PLOT, TREE)).await;
    botanist.publishes(&referring(TREE, LEAF)).await;
    botanist.publishes(&lexicon(LEAF, 10)).await;

    let schemas = internet.schemas();
    let record = |name: &str| json!({ "part": { "part": { "name": name } } });
    assert_eq!(judged(&schemas, PLOT, record("oak")), Validity::UnknownType);
    schemas.know(&nsid(PLOT)).await.unwrap();
    assert_eq!(judged(&schemas, PLOT, record("oak")), Validity::Valid);
    let Validity::Invalid(violations) = judged(&schemas, PLOT, record("a very long leaf")) else {
        panic!("the leaf's own rule holds");
    };
    assert_eq!(violations[0].path, "part.part.name");
    assert_eq!(schemas.failure(&nsid(PLOT)).map(|error| error.to_string()), None);
    assert_eq!(internet.names.questions(&format!("_lexicon.{FLORA}")), 1, "one answer serves both");
}

#[tokio::test]
async fn only_the_exact_authority_is_asked() {
    let internet = Internet::new().await;
    let publisher = internet.publisher("forester").await;
    internet.delegate("example.test", publisher.did());
    publisher.publishes(&lexicon(PLOT, 10)).await;
    let error = internet.schemas().know(&nsid(PLOT)).await.unwrap_err();
    assert!(matches!(error, LookupError::Authority(_)), "{error}");
    assert!(error.to_string().contains("_lexicon.forest.example.test"), "{error}");
    assert_eq!(internet.names.questions("_lexicon.example.test"), 0);
}

#[tokio::test]
async fn a_proof_that_does_not_hold_is_refused() {
    for signed in [Signed::BySomebodyElse, Signed::ForSomebodyElse, Signed::AndAltered] {
        let internet = Internet::new().await;
        let did = internet.host_of_one(PLOT, &published(lexicon(PLOT, 10)), signed).await;
        internet.delegate(FOREST, &did);
        let schemas = internet.schemas();
        let error = schemas.know(&nsid(PLOT)).await.unwrap_err();
        assert!(matches!(error, LookupError::Proof { .. }), "{signed:?}: {error}");
        assert_eq!(named(&schemas, PLOT, 1), Validity::UnknownType);
    }
    let internet = Internet::new().await;
    let did = internet.host_of_one(PLOT, &published(lexicon(PLOT, 10)), Signed::Rightly).await;
    internet.delegate(FOREST, &did);
    internet.schemas().know(&nsid(PLOT)).await.expect("the same record, signed as it should be");
}

#[tokio::test]
async fn a_record_that_is_not_the_lexicon_asked_for_is_refused() {
    let broken = json!({ "lexicon": 1, "id": PLOT, "defs": { "main": { "type": "record" } } });
    let another = json!({ "lexicon": 1, "id": ACTIVITY, "defs": {} });
    for (record, words) in [
        (published(lexicon(TREE, 10)), "describes test.example.flora.tree"),
        (published(another), "describes org.hypercerts.claim.activity"),
        (lexicon(PLOT, 10), "$type"),
        (published(broken), "main"),
        (published(referring(PLOT, "#nowhere")), "#nowhere"),
    ] {
        let internet = Internet::new().await;
        let did = internet.host_of_one(PLOT, &record, Signed::Rightly).await;
        internet.delegate(FOREST, &did);
        let schemas = internet.schemas();
        let error = schemas.know(&nsid(PLOT)).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(schemas.snapshot().generation(), 0);
    }
}

#[tokio::test]
async fn an_absent_lexicon_is_told_as_such_and_an_absent_reference_names_it() {
    let internet = Internet::new().await;
    let publisher = internet.publisher("forester").await;
    internet.delegate(FOREST, publisher.did());
    let error = internet.schemas().know(&nsid(PLOT)).await.unwrap_err();
    assert!(matches!(error, LookupError::Absent { .. }), "{error}");

    publisher.publishes(&referring(PLOT, TREE)).await;
    let schemas = internet.schemas();
    let error = schemas.know(&nsid(PLOT)).await.unwrap_err();
    assert!(error.to_string().contains(TREE), "{error}");
    assert_eq!(named(&schemas, PLOT, 1), Validity::UnknownType, "all of it or nothing");
}

#[tokio::test]
async fn what_is_built_in_is_not_looked_up_and_cannot_be_replaced() {
    let internet = Internet::new().await;
    let publisher = internet.publisher("mallory").await;
    internet.delegate("claim.hypercerts.org", publisher.did());
    publisher.publishes(&lexicon(ACTIVITY, 10)).await;
    let schemas = internet.schemas();
    schemas.know(&nsid(ACTIVITY)).await.unwrap();
    assert!(!schemas.ask(&nsid(ACTIVITY)));
    assert!(!named(&schemas, ACTIVITY, 5).is_valid());
    assert_eq!(internet.names.questions("_lexicon.claim.hypercerts.org"), 0);
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_lookup() {
    let internet = Internet::new().await;
    let publisher = internet.publisher("forester").await;
    internet.delegate(FOREST, publisher.did());
    publisher.publishes(&lexicon(PLOT, 10)).await;
    let schemas = internet.schemas();
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let schemas = schemas.clone();
            tokio::spawn(async move { schemas.know(&nsid(PLOT)).await })
        })
        .collect();
    for asker in asking {
        asker.await.unwrap().unwrap();
    }
    assert_eq!(internet.names.questions("_lexicon.forest.example.test"), 1);
}

#[tokio::test]
async fn a_failure_is_remembered_for_a_while_and_then_tried_again() {
    let internet = Internet::new().await;
    let schemas = internet.schemas_within(impatient());
    let question = "_lexicon.forest.example.test";
    for _ in 0..5 {
        schemas.know(&nsid(PLOT)).await.unwrap_err();
        assert!(!schemas.ask(&nsid(PLOT)));
    }
    assert_eq!(internet.names.questions(question), 1);
    assert!(matches!(schemas.failure(&nsid(PLOT)), Some(LookupError::Authority(_))));

    let publisher = internet.publisher("forester").await;
    internet.delegate(FOREST, publisher.did());
    publisher.publishes(&lexicon(PLOT, 10)).await;
    eventually("it is found", async || schemas.know(&nsid(PLOT)).await.is_ok()).await;
    assert!(named(&schemas, PLOT, 10).is_valid());
}

#[tokio::test]
async fn a_changed_lexicon_replaces_the_old_one_which_outlives_its_host() {
    let internet = Internet::new().await;
    let publisher = internet.publisher("forester").await;
    internet.delegate(FOREST, publisher.did());
    publisher.publishes(&lexicon(PLOT, 10)).await;
    let schemas = internet.schemas_within(impatient());
    schemas.know(&nsid(PLOT)).await.unwrap();
    assert!(!named(&schemas, PLOT, 11).is_valid());

    publisher.publishes(&lexicon(PLOT, 11)).await;
    eventually("the new version", async || named(&schemas, PLOT, 11).is_valid()).await;
    publisher.leaves();
    let asked = internet.names.questions("_lexicon.forest.example.test");
    eventually("it is asked for in vain", async || {
        internet.names.questions("_lexicon.forest.example.test") > asked + 1
    })
    .await;
    assert!(named(&schemas, PLOT, 11).is_valid());
}

#[tokio::test]
async fn what_one_lookup_can_bring_is_bounded() {
    let internet = Internet::new().await;
    let publisher = internet.publisher("forester").await;
    internet.delegate(FOREST, publisher.did());
    let name = |number: usize| format!("test.example.forest.link{number}");
    for number in 0..6 {
        publisher.publishes(&referring(&name(number), &name(number + 1))).await;
    }
    publisher.publishes(&lexicon(&name(6), 10)).await;
    let usual = NetworkLimits::default;
    for limits in [
        NetworkLimits { depth: 5, ..usual() },
        NetworkLimits { documents_per_lookup: 6, ..usual() },
        NetworkLimits { documents: 6, ..usual() },
        NetworkLimits { documents_per_publisher: 6, ..usual() },
        NetworkLimits { deadline: Duration::from_micros(1), ..usual() },
        NetworkLimits { remembered: 0, ..usual() },
    ] {
        let schemas = internet.schemas_within(limits.clone());
        schemas.know(&nsid(&name(0))).await.expect_err(&format!("{limits:?}"));
        assert_eq!(schemas.snapshot().generation(), 0);
    }
    internet.schemas().know(&nsid(&name(0))).await.unwrap();
}
