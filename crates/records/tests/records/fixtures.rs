//! The records in `fixtures/`: true-to-life examples, one of each type and a few claims more.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use hypercerts_lexicon::{AtUri, Cid, Nsid, RecordKey, Validity, Value, json};
use hypercerts_records::{Record, catalogue};

/// A record as `com.atproto.repo.getRecord` answers it.
#[derive(Clone)]
pub struct Fixture {
    pub uri: AtUri,
    pub cid: Cid,
    pub value: Value,
}

impl Fixture {
    pub fn collection(&self) -> Nsid {
        self.uri.collection().expect("the example is of a record")
    }

    pub fn rkey(&self) -> RecordKey {
        self.uri.rkey().expect("the example is of a record")
    }

    pub fn validate(&self) -> Validity {
        catalogue().validate_record(&self.collection(), &self.rkey(), &self.value)
    }

    pub fn read(&self) -> Record {
        Record::read(&self.collection(), &self.value)
            .unwrap_or_else(|e| panic!("{}: {e}", self.uri))
    }

    /// The same example with one field set to something else; `path` is the names on the way.
    pub fn with(&self, path: &[&str], value: impl Into<Value>) -> Self {
        let mut changed = self.clone();
        let (last, parents) = path.split_last().expect("a path has a name");
        let mut map = as_map(&mut changed.value);
        for name in parents {
            map = as_map(map.get_mut(name).unwrap_or_else(|| panic!("no field {name}")));
        }
        map.insert(*last, value);
        changed
    }

    /// The same example without one field.
    pub fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        as_map(&mut changed.value).remove(name).unwrap_or_else(|| panic!("no field {name}"));
        changed
    }
}

fn as_map(value: &mut Value) -> &mut hypercerts_lexicon::Map {
    match value {
        Value::Map(map) => map,
        other => panic!("{other:?} has no fields"),
    }
}

/// The example of a record type.
pub fn record(nsid: &str) -> Fixture {
    load(&folder("records").join(format!("{nsid}.json")))
}

/// A further claim.
pub fn claim(name: &str) -> Fixture {
    load(&folder("claims").join(format!("{name}.json")))
}

/// Every example.
pub fn all() -> &'static [Fixture] {
    static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
        let files = |name| fs::read_dir(folder(name)).expect("the folder is there");
        let files = ["records", "claims"].into_iter().flat_map(files);
        files.map(|entry| load(&entry.unwrap().path())).collect()
    });
    &ALL
}

pub fn repository_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder(name: &str) -> PathBuf {
    repository_root().join("fixtures").join(name)
}

fn load(file: &PathBuf) -> Fixture {
    let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let answer = json::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let text = |name: &str| answer.get(name).and_then(Value::as_str).expect("uri and cid are text");
    Fixture {
        uri: AtUri::parse(text("uri")).unwrap(),
        cid: Cid::parse(text("cid")).unwrap(),
        value: answer.get("value").expect("the example has a value").clone(),
    }
}
