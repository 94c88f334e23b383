//! Schemas that come, change and go while records are stored.

use std::path::Path;
use std::time::{Duration, Instant};

use hypercerts_index::SourceConfig;
use hypercerts_index::view::Validity;
use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;
use hypercerts_schemas::{Schemas, SchemasConfig};
use serde_json::json;

use crate::author::{Made, claim};
use crate::host::Host;
use crate::world::{Running, World, eventually};

/// A type nobody knows, in a namespace that the index keeps.
const PLOT: &str = "org.hypercerts.trial.plot";

fn schemas(folder: &Path) -> Schemas {
    let folder_rounds = Duration::from_millis(20);
    let config = SchemasConfig { folder: Some(folder.to_owned()), folder_rounds, network: None };
    Schemas::open(config).expect("the folder is there")
}

/// Puts a lexicon into the folder under which names have at most so many letters.
fn allow_letters(folder: &Path, most: usize) {
    let lexicon = json!({
        "lexicon": 1,
        "id": PLOT,
        "defs": { "main": { "type": "record", "key": "any", "record": {
            "type": "object",
            "required": ["name"],
            "properties": { "name": { "type": "string", "maxLength": most } },
        } } },
    });
    std::fs::write(folder.join("plot.json"), lexicon.to_string()).expect("it is written");
}

fn plot(letters: usize) -> serde_json::Value {
    json!({ "$type": PLOT, "name": "a".repeat(letters) })
}

async fn validity(index: &Running, uri: &AtUri) -> Option<Validity> {
    let picture = index.reader.record(uri).await.expect("an answer");
    picture.map(|picture| picture.record.validity)
}

async fn becomes(index: &Running, made: &Made, what: &str, is: fn(&Validity) -> bool) {
    eventually(what, || async { validity(index, &made.uri).await.as_ref().is_some_and(is) }).await;
}

fn is_valid(validity: &Validity) -> bool {
    *validity == Validity::Valid
}

fn is_invalid(validity: &Validity) -> bool {
    matches!(validity, Validity::Invalid { .. })
}

fn is_unknown(validity: &Validity) -> bool {
    *validity == Validity::UnknownType
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_judged_by_the_schemas_of_the_moment() {
    let world = World::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = Host::new().await;
    let start = || {
        let mut config = world.config("index", vec![SourceConfig::pds(host.url.clone())]);
        config.schemas = schemas(folder.path());
        Running::start(config).expect("the index opens")
    };
    let index = start();
    eventually("the host is asked", || async { host.was_listed() }).await;
    let mut alice = world.author("alice", &host).await;
    alice.begin();
    let short = alice.create(PLOT, "short", &plot(5));
    let long = alice.create(PLOT, "long", &plot(50));
    becomes(&index, &long, "it is stored", is_unknown).await;

    allow_letters(folder.path(), 10);
    becomes(&index, &short, "it fits", is_valid).await;
    becomes(&index, &long, "it does not", is_invalid).await;
    let counts = index.reader.status().await.expect("an answer").counts;
    assert_eq!((counts.records, counts.invalid), (2, 1));

    allow_letters(folder.path(), 1000);
    becomes(&index, &long, "it fits the looser schema", is_valid).await;
    let new = alice.create(PLOT, "new", &plot(1001));
    becomes(&index, &new, "a new one is judged by it too", is_invalid).await;

    // What changes while nobody follows is caught up with at the next start.
    index.stop().await;
    allow_letters(folder.path(), 2);
    let index = start();
    becomes(&index, &short, "it is too long now", is_invalid).await;
    std::fs::remove_file(folder.path().join("plot.json")).expect("it is removed");
    becomes(&index, &short, "nobody knows the type any more", is_unknown).await;
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_does_not_wait_for_it() {
    let world = World::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let host = Host::new().await;
    let mut config = world.config("index", vec![SourceConfig::pds(host.url.clone())]);
    config.schemas = schemas(folder.path());
    let index = Running::start(config).expect("the index opens");
    eventually("the host is asked", || async { host.was_listed() }).await;
    let mut alice = world.author("alice", &host).await;
    alice.begin();
    let mut last = alice.create(PLOT, "plot-0", &plot(5));
    for number in 1..1500 {
        last = alice.create(PLOT, &format!("plot-{number}"), &plot(number % 20));
    }
    becomes(&index, &last, "all are stored", is_unknown).await;

    allow_letters(folder.path(), 10);
    let begun = Instant::now();
    let claim = alice.create(nsid::ACTIVITY, "claim", &claim("Written meanwhile"));
    becomes(&index, &claim, "a claim is stored", is_valid).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    becomes(&index, &last, "the last is judged", is_invalid).await;
    let status = index.reader.status().await.expect("an answer");
    assert_eq!(status.counts.invalid, (0..1500).filter(|number| number % 20 > 10).count() as u64);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_other_schemas_than_the_last_judges_again_and_one_with_the_same_does_not() {
    let world = World::new().await;
    let host = Host::new().await;
    let config = || world.config("index", vec![SourceConfig::pds(host.url.clone())]);
    let index = world.index(&[&host]).await;
    let mut alice = world.author("alice", &host).await;
    alice.begin();
    let claim = alice.create(nsid::ACTIVITY, "claim", &claim("Judged long ago"));
    becomes(&index, &claim, "it is stored", is_valid).await;
    index.stop().await;
    let alter = |sql: &str| {
        let file = world.dir.path().join("index/index.sqlite");
        let db = rusqlite::Connection::open(file).expect("the database");
        db.execute_batch(sql).expect("it is altered");
    };

    alter("UPDATE record SET validity = 2");
    let same = Running::start(config()).expect("the index opens");
    let new = alice.create(nsid::ACTIVITY, "new", &crate::author::claim("Judged now"));
    becomes(&same, &new, "it is followed", is_valid).await;
    assert!(validity(&same, &claim.uri).await.as_ref().is_some_and(is_unknown));
    same.stop().await;

    alter("UPDATE judged SET fingerprint = x'00'");
    let other = Running::start(config()).expect("the index opens");
    becomes(&other, &claim, "it is judged again", is_valid).await;
    other.stop().await;
}
