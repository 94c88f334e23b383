//! The records in `fixtures/`: true-to-life examples, one of each type, a few claims more, and records of other
//! editions.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use hypercerts_lexicon::{AtUri, Cid, Nsid, RecordKey, Validity, Value, json, map};
use hypercerts_records::{Edition, Record, catalogue, nsid};
use proptest::prelude::*;

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

/// A record of another edition than today's.
pub struct Written {
    /// Below `fixtures/editions`.
    pub file: String,
    pub collection: Nsid,
    pub edition: Edition,
    pub record: Value,
    /// The record in today's form.
    pub today: Value,
}

impl Written {
    pub fn is_in_todays_collection(&self) -> bool {
        self.today.type_name() == Some(self.collection.as_str())
    }

    pub fn read(&self) -> Record {
        Record::read(&self.collection, &self.record)
            .unwrap_or_else(|e| panic!("{}: {e}", self.file))
    }
}

/// All records of other editions.
pub fn editions() -> &'static [Written] {
    static ALL: LazyLock<Vec<Written>> = LazyLock::new(|| {
        let types = fs::read_dir(folder("editions")).expect("the folder is there");
        let files = types.flat_map(|kind| fs::read_dir(kind.unwrap().path()).unwrap());
        files.map(|entry| load_edition(&entry.unwrap().path())).collect()
    });
    &ALL
}

/// The record of one edition of one type.
pub fn edition(kind: &str, edition: &str) -> &'static Written {
    let file = format!("{kind}/{edition}.json");
    editions().iter().find(|written| written.file == file).unwrap_or_else(|| panic!("no {file}"))
}

fn load_edition(path: &PathBuf) -> Written {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let content = json::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let part = |name: &str| content.get(name).unwrap_or_else(|| panic!("{}", path.display()));
    let name = part("edition").as_str().unwrap();
    let file = path.strip_prefix(folder("editions")).unwrap().display().to_string();
    assert!(file.ends_with(&format!("/{name}.json")), "{file} holds {name}");
    Written {
        collection: Nsid::parse(part("collection").as_str().unwrap()).unwrap(),
        edition: Edition::named(name).unwrap_or_else(|| panic!("{file}: no edition {name}")),
        record: part("record").clone(),
        today: part("today").clone(),
        file,
    }
}

/// Values that turn up in records, and some that do not belong there.
pub fn any_value() -> impl Strategy<Value = Value> {
    let claim = record(nsid::ACTIVITY);
    let strong_ref = map! { "uri" => claim.uri.as_str(), "cid" => claim.cid.to_string() };
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        "[a-z0-9.:/#-]{0,12}".prop_map(Value::from),
        Just(Value::from("2025-01-01T00:00:00Z")),
        Just(Value::from("did:web:forest.example")),
        Just(Value::from(Cid::of_raw(b"leaf"))),
        Just(Value::from(strong_ref.clone())),
        Just(Value::from(Vec::<Value>::new())),
        Just(Value::from(vec![Value::from(strong_ref)])),
        Just(Value::from(map! { "$type" => "org.example.thing" })),
        Just(Value::from(map! {})),
    ]
}

/// Puts `new` in the place of the `nth` value below `value`, counted depth first.
pub fn replace_nth(value: &mut Value, nth: &mut usize, new: &Value) {
    let children: Vec<&mut Value> = match value {
        Value::List(items) => items.iter_mut().collect(),
        Value::Map(map) => {
            let names: Vec<String> = map.keys().map(str::to_owned).collect();
            for name in names {
                replace_child(map.get_mut(&name).expect("the key is there"), nth, new);
            }
            return;
        }
        _ => return,
    };
    children.into_iter().for_each(|child| replace_child(child, nth, new));
}

fn replace_child(child: &mut Value, nth: &mut usize, new: &Value) {
    if *nth == 0 {
        *child = new.clone();
    }
    *nth = nth.wrapping_sub(1);
    replace_nth(child, nth, new);
}
