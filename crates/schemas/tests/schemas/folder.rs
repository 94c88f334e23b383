//! Lexicons in a folder that changes while they are in force.

use std::fs;
use std::path::Path;
use std::time::Duration;

use hypercerts_lexicon::Validity;
use hypercerts_schemas::{MAX_DOCUMENT_BYTES, Schemas, SchemasConfig};
use serde_json::{Value, json};

use crate::support::{eventually, judged, lexicon, named, nsid, referring};

const PLOT: &str = "test.example.forest.plot";
const TREE: &str = "test.example.forest.tree";
const ACTIVITY: &str = "org.hypercerts.claim.activity";

fn open(folder: &Path) -> Schemas {
    Schemas::open(SchemasConfig {
        folder: Some(folder.to_owned()),
        folder_rounds: Duration::from_millis(20),
        network: None,
    })
    .unwrap()
}

fn write(folder: &Path, name: &str, lexicon: &Value) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, lexicon.to_string()).unwrap();
}

#[tokio::test]
async fn a_file_takes_effect_when_it_comes_changes_breaks_and_goes() {
    let dir = tempfile::tempdir().unwrap();
    let schemas = open(dir.path());
    let mut changes = schemas.changes();
    assert_eq!(named(&schemas, PLOT, 1), Validity::UnknownType);

    write(dir.path(), "forest/plots/plot.json", &lexicon(PLOT, 10));
    tokio::time::timeout(Duration::from_secs(10), changes.changed()).await.unwrap().unwrap();
    assert_eq!(named(&schemas, PLOT, 10), Validity::Valid);
    assert!(matches!(named(&schemas, PLOT, 11), Validity::Invalid(_)));

    write(dir.path(), "forest/plots/plot.json", &lexicon(PLOT, 1000));
    eventually("the change", async || named(&schemas, PLOT, 11).is_valid()).await;

    fs::write(dir.path().join("forest/plots/plot.json"), "{ half a").unwrap();
    write(dir.path(), "tree.json", &lexicon(TREE, 5));
    eventually("the file beside", async || named(&schemas, TREE, 5).is_valid()).await;
    assert!(named(&schemas, PLOT, 11).is_valid(), "its last good version stays in force");

    fs::remove_dir_all(dir.path().join("forest")).unwrap();
    let unknown = async || named(&schemas, PLOT, 11) == Validity::UnknownType;
    eventually("its end", unknown).await;
    assert!(named(&schemas, TREE, 5).is_valid());
}

#[tokio::test]
async fn files_that_cannot_be_used_stop_neither_the_start_nor_the_others() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a-plot.json", &lexicon(PLOT, 10));
    write(dir.path(), "second-plot.json", &lexicon(PLOT, 99));
    write(dir.path(), "wrong.json", &json!({ "lexicon": 1, "id": TREE, "defs": { "main": {} } }));
    write(dir.path(), "version.json", &json!({ "lexicon": 2, "id": TREE, "defs": {} }));
    write(dir.path(), "dangling.json", &referring(TREE, "#nowhere"));
    fs::write(dir.path().join("huge.json"), " ".repeat(MAX_DOCUMENT_BYTES + 1)).unwrap();
    fs::write(dir.path().join("binary.json"), [0xff, 0xfe]).unwrap();
    fs::write(dir.path().join("README.md"), "no lexicon").unwrap();
    let schemas = open(dir.path());
    assert!(named(&schemas, PLOT, 10).is_valid());
    assert!(!named(&schemas, PLOT, 11).is_valid(), "the first file of a name is the one in force");
    assert_eq!(named(&schemas, TREE, 1), Validity::UnknownType);
}

#[tokio::test]
async fn what_is_built_in_wins() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "activity.json", &lexicon(ACTIVITY, 10));
    write(dir.path(), "earlier.json", &lexicon("org.hypercerts.claim.evaluation", 10));
    let schemas = open(dir.path());
    assert!(!named(&schemas, ACTIVITY, 5).is_valid(), "a claim needs a title, as before");
    assert!(!named(&schemas, "org.hypercerts.claim.evaluation", 5).is_valid());
    assert_eq!(schemas.snapshot().generation(), 0, "nothing changed");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let config =
        SchemasConfig { folder: Some(dir.path().join("nowhere")), ..SchemasConfig::default() };
    let error = Schemas::open(config).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[tokio::test]
async fn a_fingerprint_changes_with_everything_a_verdict_depends_on_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let schemas = open(dir.path());
    let of = |collection: &str| schemas.snapshot().fingerprint(&nsid(collection));
    let (unknown, activity) = (of(PLOT), of(ACTIVITY));

    write(dir.path(), "plot.json", &referring(PLOT, &format!("{TREE}#main")));
    eventually("the plot", async || of(PLOT) != unknown).await;
    let incomplete = of(PLOT);
    assert!(!judged(&schemas, PLOT, json!({ "part": { "name": "oak" } })).is_valid());

    write(dir.path(), "tree.json", &lexicon(TREE, 10));
    eventually("the tree", async || of(PLOT) != incomplete).await;
    let complete = (of(PLOT), of(TREE));
    assert!(judged(&schemas, PLOT, json!({ "part": { "name": "oak" } })).is_valid());

    write(dir.path(), "tree.json", &lexicon(TREE, 2));
    eventually("the other tree", async || of(TREE) != complete.1).await;
    assert_ne!(of(PLOT), complete.0, "the plot is judged by the tree too");
    assert!(!judged(&schemas, PLOT, json!({ "part": { "name": "oak" } })).is_valid());
    assert_eq!(of(ACTIVITY), activity);

    write(dir.path(), "tree.json", &lexicon(TREE, 10));
    eventually("the first tree again", async || of(TREE) == complete.1).await;
    assert_eq!(of(PLOT), complete.0, "the same schemas, the same fingerprint");
}
