//! References from one record to another.
//!
//! A *strong reference* names a record and the version of it that was meant; a *record subject* names the
//! record alone. Both are objects with a `uri`, and wherever a record holds such an object, it is a link. So
//! is a text that is a record's address and nothing else: that is how earlier editions wrote references.

use hypercerts_lexicon::{AtUri, Cid, CidText, Map, Value};
use serde::{Deserialize, Serialize};

/// Characters of a field name that a path shows, and bytes after which a path goes no deeper. Without them a
/// record with a very long name and thousands of links below it would take gigabytes to describe.
const MAX_NAME: usize = 64;
const MAX_PATH: usize = 256;

/// A record, and the version of it that was meant (`com.atproto.repo.strongRef`).
///
/// The two fields are all it keeps: a `$type` where the schema needs none is not written again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StrongRef {
    uri: AtUri,
    cid: CidText,
}

impl StrongRef {
    #[must_use]
    pub fn new(uri: AtUri, cid: Cid) -> Self {
        let cid = CidText::parse(&cid.to_string())
            .expect("invariant: every CID fits the wider format that schemas check");
        Self { uri, cid }
    }

    #[must_use]
    pub fn uri(&self) -> &AtUri {
        &self.uri
    }

    /// The version meant. `None` for a CID that schemas let through but that no record can have: another
    /// base, another hash.
    #[must_use]
    pub fn cid(&self) -> Option<Cid> {
        Cid::parse(self.cid.as_str()).ok()
    }
}

/// A reference found in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where in the record, such as `contributors[1].contributorIdentity`.
    pub path: String,
    pub uri: AtUri,
    /// The version meant; `None` if the reference names none, or none that a record can have.
    pub cid: Option<Cid>,
}

/// Every reference to a record anywhere in `record`, in the order of its fields.
///
/// References to accounts and to whole collections are not among them, nor are web addresses.
#[must_use]
pub fn links(record: &Value) -> Vec<Link> {
    let mut found = Vec::new();
    let mut path = String::new();
    visit_children(record, &mut path, &mut found);
    found
}

fn visit(value: &Value, path: &mut String, found: &mut Vec<Link>) {
    let link = match value {
        Value::Map(map) => read_link(map, path),
        Value::Text(text) => read_address(text, path),
        _ => None,
    };
    match link {
        // What stands beside the address in the same object may hold further references.
        Some(link) => {
            found.push(link);
            visit_all_but(Some("uri"), value, path, found);
        }
        None => visit_children(value, path, found),
    }
}

fn visit_children(value: &Value, path: &mut String, found: &mut Vec<Link>) {
    visit_all_but(None, value, path, found);
}

fn visit_all_but(but: Option<&str>, value: &Value, path: &mut String, found: &mut Vec<Link>) {
    let length = path.len();
    match value {
        Value::Map(map) => {
            for (name, child) in map.iter().filter(|(name, _)| Some(*name) != but) {
                push_name(path, name);
                visit(child, path, found);
                path.truncate(length);
            }
        }
        Value::List(items) => {
            for (index, child) in items.iter().enumerate() {
                push_step(path, &format!("[{index}]"));
                visit(child, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

pub(crate) fn push_name(path: &mut String, name: &str) {
    let dot = if path.is_empty() { "" } else { "." };
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => push_step(path, &format!("{dot}{}…", &name[..end])),
        None => push_step(path, &format!("{dot}{name}")),
    }
}

pub(crate) fn push_step(path: &mut String, step: &str) {
    if path.len() < MAX_PATH {
        path.push_str(step);
    } else if !path.ends_with('…') {
        path.push('…');
    }
}

fn read_link(map: &Map, path: &str) -> Option<Link> {
    let uri = AtUri::parse(map.get("uri")?.as_str()?).ok()?;
    uri.rkey()?;
    let cid = map.get("cid").and_then(Value::as_str).and_then(|text| Cid::parse(text).ok());
    Some(Link { path: path.to_owned(), uri, cid })
}

/// A record's address, written where an earlier edition had no object around it.
fn read_address(text: &str, path: &str) -> Option<Link> {
    if !text.starts_with("at://") {
        return None;
    }
    let uri = AtUri::parse(text).ok()?;
    uri.rkey()?;
    Some(Link { path: path.to_owned(), uri, cid: None })
}
