//! Frames as bytes. Keys are put in order by the data model's map.

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Map, Value, drisl, map};
use hypercerts_repo::RepoOp;

use super::{AccountEvent, CommitEvent, Event, IdentityEvent, Info, StreamError, SyncEvent};

pub(super) fn event(event: &Event, seq: i64) -> Bytes {
    let (kind, mut body) = match event {
        Event::Commit(event) => ("#commit", commit(event)),
        Event::Sync(event) => ("#sync", sync(event)),
        Event::Identity(event) => ("#identity", identity(event)),
        Event::Account(event) => ("#account", account(event)),
    };
    body.insert("seq", Value::Int(seq));
    message(kind, body)
}

pub(super) fn info(info: &Info) -> Bytes {
    message("#info", notice("name", &info.name, info.message.as_deref()))
}

pub(super) fn error(error: &StreamError) -> Bytes {
    let body = notice("error", &error.name, error.message.as_deref());
    frame(map! { "op" => Value::Int(-1) }, body)
}

fn message(kind: &str, body: Map) -> Bytes {
    frame(map! { "op" => Value::Int(1), "t" => Value::from(kind) }, body)
}

fn frame(header: Map, body: Map) -> Bytes {
    let mut bytes = drisl::encode(&Value::Map(header));
    bytes.extend_from_slice(&drisl::encode(&Value::Map(body)));
    bytes.into()
}

fn notice(key: &str, name: &str, text: Option<&str>) -> Map {
    let mut body = Map::new();
    body.insert(key, Value::from(name));
    if let Some(text) = text {
        body.insert("message", Value::from(text));
    }
    body
}

/// `blobs`, `rebase` and `tooBig` belong to an older edition of the protocol; its schema still
/// requires them.
fn commit(event: &CommitEvent) -> Map {
    let mut body = map! {
        "repo" => Value::from(event.repo.as_str()),
        "commit" => Value::Link(event.commit),
        "rev" => Value::from(event.rev.to_string()),
        "since" => event.since.map_or(Value::Null, |rev| Value::from(rev.to_string())),
        "blocks" => Value::Bytes(event.blocks.to_vec()),
        "ops" => Value::List(event.ops.iter().map(op).collect()),
        "blobs" => Value::List(Vec::new()),
        "rebase" => Value::Bool(false),
        "tooBig" => Value::Bool(false),
        "time" => Value::from(event.time.as_str()),
    };
    if let Some(root) = event.prev_data {
        body.insert("prevData", Value::Link(root));
    }
    body
}

fn op(op: &RepoOp) -> Value {
    let mut entry = map! {
        "action" => Value::from(op.action().as_str()),
        "path" => Value::from(op.path().as_str()),
        "cid" => link_or_null(op.cid()),
    };
    if let Some(prev) = op.prev() {
        entry.insert("prev", Value::Link(prev));
    }
    Value::Map(entry)
}

fn link_or_null(cid: Option<Cid>) -> Value {
    cid.map_or(Value::Null, Value::Link)
}

fn sync(event: &SyncEvent) -> Map {
    map! {
        "did" => Value::from(event.did.as_str()),
        "rev" => Value::from(event.rev.to_string()),
        "blocks" => Value::Bytes(event.blocks.to_vec()),
        "time" => Value::from(event.time.as_str()),
    }
}

fn identity(event: &IdentityEvent) -> Map {
    let mut body = account_fact(event.did.as_str(), event.time.as_str());
    if let Some(handle) = &event.handle {
        body.insert("handle", Value::from(handle.as_str()));
    }
    body
}

fn account(event: &AccountEvent) -> Map {
    let mut body = account_fact(event.did.as_str(), event.time.as_str());
    body.insert("active", Value::Bool(event.active));
    if let Some(status) = &event.status {
        body.insert("status", Value::from(status.as_str()));
    }
    body
}

fn account_fact(did: &str, time: &str) -> Map {
    map! { "did" => Value::from(did), "time" => Value::from(time) }
}
