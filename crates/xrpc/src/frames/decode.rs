//! Frames from bytes: every field looked at once, and only what the types can hold let through.
//! Fields this code does not know are ignored, as the protocol's evolution rules ask.

use std::fmt::Display;

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Map, Value, drisl};
use hypercerts_repo::{Action, RepoOp, RepoPath};

use super::{
    AccountEvent, AccountStatus, CommitEvent, Event, Frame, FrameError, IdentityEvent, Info,
    MAX_COMMIT_BLOCKS_BYTES, MAX_COMMIT_OPS, MAX_FRAME_BYTES, MAX_SYNC_BLOCKS_BYTES, StreamError,
    SyncEvent,
};

pub(super) fn frame(bytes: &[u8]) -> Result<Frame, FrameError> {
    if bytes.len() > MAX_FRAME_BYTES {
        return Err(FrameError::TooLong { bytes: bytes.len() });
    }
    let (header, header_len) = drisl::decode_prefix(bytes)?;
    let (body, body_len) = drisl::decode_prefix(&bytes[header_len..])?;
    match bytes.len() - header_len - body_len {
        0 => message(&header, body),
        bytes => Err(FrameError::TrailingBytes { bytes }),
    }
}

fn message(header: &Value, body: Value) -> Result<Frame, FrameError> {
    let op = header.get("op").and_then(Value::as_int);
    let kind = header.get("t").and_then(Value::as_str);
    let Value::Map(body) = body else { return Err(FrameError::BadHeader) };
    match (op, kind) {
        (Some(-1), _) => error(&Fields { kind: "error", body }).map(Frame::Error),
        (Some(1), Some("#commit")) => event(Fields { kind: "#commit", body }, commit),
        (Some(1), Some("#sync")) => event(Fields { kind: "#sync", body }, sync),
        (Some(1), Some("#identity")) => event(Fields { kind: "#identity", body }, identity),
        (Some(1), Some("#account")) => event(Fields { kind: "#account", body }, account),
        (Some(1), Some("#info")) => info(&Fields { kind: "#info", body }).map(Frame::Info),
        (Some(1), Some(kind)) => Ok(Frame::Unknown {
            kind: kind.to_owned(),
            seq: body.get("seq").and_then(Value::as_int).filter(|seq| *seq >= 0),
        }),
        _ => Err(FrameError::BadHeader),
    }
}

fn event(
    mut fields: Fields,
    read: impl FnOnce(&mut Fields) -> Result<Event, FrameError>,
) -> Result<Frame, FrameError> {
    let seq = fields.seq()?;
    Ok(Frame::Event { seq, event: read(&mut fields)? })
}

/// A commit that says `tooBig` carries no usable blocks: it is read like any other, does not
/// verify, and its account is fetched anew.
fn commit(fields: &mut Fields) -> Result<Event, FrameError> {
    Ok(Event::Commit(CommitEvent {
        blocks: fields.bytes("blocks", MAX_COMMIT_BLOCKS_BYTES)?,
        ops: fields.ops()?,
        repo: fields.parsed("repo")?,
        commit: fields.link("commit")?,
        rev: fields.parsed("rev")?,
        since: fields.parsed_or_absent("since")?,
        prev_data: fields.link_or_absent("prevData")?,
        time: fields.parsed("time")?,
    }))
}

fn sync(fields: &mut Fields) -> Result<Event, FrameError> {
    Ok(Event::Sync(SyncEvent {
        blocks: fields.bytes("blocks", MAX_SYNC_BLOCKS_BYTES)?,
        did: fields.parsed("did")?,
        rev: fields.parsed("rev")?,
        time: fields.parsed("time")?,
    }))
}

fn identity(fields: &mut Fields) -> Result<Event, FrameError> {
    Ok(Event::Identity(IdentityEvent {
        did: fields.parsed("did")?,
        handle: fields.parsed_or_absent("handle")?,
        time: fields.parsed("time")?,
    }))
}

fn account(fields: &mut Fields) -> Result<Event, FrameError> {
    Ok(Event::Account(AccountEvent {
        did: fields.parsed("did")?,
        active: fields.required("active", Value::as_bool)?,
        status: fields.text_or_absent("status")?.map(AccountStatus::from),
        time: fields.parsed("time")?,
    }))
}

fn info(fields: &Fields) -> Result<Info, FrameError> {
    Ok(Info {
        name: fields.required("name", Value::as_str)?.to_owned(),
        message: fields.text_or_absent("message")?.map(str::to_owned),
    })
}

fn error(fields: &Fields) -> Result<StreamError, FrameError> {
    Ok(StreamError {
        name: fields.required("error", Value::as_str)?.to_owned(),
        message: fields.text_or_absent("message")?.map(str::to_owned),
    })
}

/// The body of a message, read field by field.
struct Fields {
    kind: &'static str,
    body: Map,
}

impl Fields {
    fn bad(&self, field: &'static str, problem: impl Display) -> FrameError {
        FrameError::BadField { kind: self.kind, field, problem: problem.to_string() }
    }

    /// Null and absent mean the same here.
    fn present(&self, field: &str) -> Option<&Value> {
        self.body.get(field).filter(|value| !matches!(value, Value::Null))
    }

    fn required<'a, T>(
        &'a self,
        field: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, FrameError> {
        let value = self.present(field).ok_or_else(|| self.bad(field, "is missing"))?;
        read(value).ok_or_else(|| self.bad(field, "is of the wrong type"))
    }

    fn text_or_absent(&self, field: &'static str) -> Result<Option<&str>, FrameError> {
        self.present(field).map(|_| self.required(field, Value::as_str)).transpose()
    }

    fn parsed<T>(&self, field: &'static str) -> Result<T, FrameError>
    where
        T: std::str::FromStr<Err: Display>,
    {
        let text = self.required(field, Value::as_str)?;
        text.parse().map_err(|why| self.bad(field, format_args!("cannot be read: {why}")))
    }

    fn parsed_or_absent<T>(&self, field: &'static str) -> Result<Option<T>, FrameError>
    where
        T: std::str::FromStr<Err: Display>,
    {
        self.present(field).map(|_| self.parsed(field)).transpose()
    }

    fn link(&self, field: &'static str) -> Result<Cid, FrameError> {
        self.required(field, Value::as_link)
    }

    fn link_or_absent(&self, field: &'static str) -> Result<Option<Cid>, FrameError> {
        self.present(field).map(|_| self.link(field)).transpose()
    }

    fn seq(&self) -> Result<i64, FrameError> {
        let seq = self.required("seq", Value::as_int)?;
        if seq < 0 { Err(self.bad("seq", "is negative")) } else { Ok(seq) }
    }

    /// Takes the bytes out of the body: blocks are the bulk of a frame and are not copied again.
    fn bytes(&mut self, field: &'static str, limit: usize) -> Result<Bytes, FrameError> {
        let length = self.required(field, Value::as_bytes)?.len();
        if length > limit {
            let problem = format_args!("has {length} bytes; at most {limit} are allowed");
            return Err(self.bad(field, problem));
        }
        match self.body.remove(field) {
            Some(Value::Bytes(bytes)) => Ok(bytes.into()),
            _ => Err(self.bad(field, "is missing")),
        }
    }

    fn ops(&self) -> Result<Vec<RepoOp>, FrameError> {
        let entries = self.required("ops", Value::as_list)?;
        if entries.len() > MAX_COMMIT_OPS {
            let count = entries.len();
            let problem = format_args!("has {count} entries; at most {MAX_COMMIT_OPS} are allowed");
            return Err(self.bad("ops", problem));
        }
        entries.iter().map(op).collect()
    }
}

fn op(entry: &Value) -> Result<RepoOp, FrameError> {
    let Value::Map(body) = entry else {
        let problem = "has an entry that is not a map".to_owned();
        return Err(FrameError::BadField { kind: "#commit", field: "ops", problem });
    };
    let fields = Fields { kind: "#commit operation", body: body.clone() };
    let path = fields.required("path", Value::as_str)?;
    let path = RepoPath::parse(path).map_err(|why| fields.bad("path", why))?;
    let (cid, prev) = (fields.link_or_absent("cid")?, fields.link_or_absent("prev")?);
    RepoOp::new(action(&fields)?, path, cid, prev).map_err(|why| fields.bad("cid", why))
}

fn action(fields: &Fields) -> Result<Action, FrameError> {
    let word = fields.required("action", Value::as_str)?;
    Action::parse(word).ok_or_else(|| fields.bad("action", "is none of create, update and delete"))
}
