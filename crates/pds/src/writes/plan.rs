//! What changes come down to, given the repository as it is. Only reads, so it can refuse.

use hypercerts_lexicon::{Blob, Cid};
use hypercerts_repo::{Head, Write};
use rusqlite::Connection;

use crate::error::{Error, Refusal};
use crate::store::{AccountId, blobs, records};
use crate::writes::change::{Action, Change, ChangeSet};
use crate::writes::record::NewRecord;

/// Whether the files that records refer to have to be uploaded first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    MustBeHere,
    MayFollow,
}

/// The writes to make; none if things are already as they are asked to be.
pub fn plan(
    connection: &Connection,
    id: AccountId,
    head: &Head,
    set: &ChangeSet,
    files: Files,
) -> Result<Vec<Write>, Error> {
    if let Some(expected) = set.swap_commit
        && expected != head.commit
    {
        return Err(Refusal::CommitMoved { expected, actual: head.commit }.into());
    }
    let writes = set.changes.iter().map(|change| plan_one(connection, id, change, files));
    writes.filter_map(Result::transpose).collect()
}

fn plan_one(
    connection: &Connection,
    id: AccountId,
    change: &Change,
    files: Files,
) -> Result<Option<Write>, Error> {
    let actual = records::current_cid(connection, id, &change.path)?;
    if !change.expected.holds(actual) {
        let (path, expected) = (change.path.clone(), change.expected.cid());
        return Err(Refusal::RecordMoved { path, expected, actual }.into());
    }
    let write = resolve(change, actual)?;
    if write.is_some()
        && files == Files::MustBeHere
        && let Some(record) = change.action.record()
    {
        record.blobs.iter().try_for_each(|blob| check_blob(connection, id, blob))?;
    }
    Ok(write)
}

/// Decides by what is at the path now.
fn resolve(change: &Change, actual: Option<Cid>) -> Result<Option<Write>, Refusal> {
    let path = change.path.clone();
    let missing = || Refusal::RecordNotFound(change.path.to_string());
    match (&change.action, actual) {
        (Action::Create(_), Some(_)) => Err(Refusal::RecordExists(path)),
        (Action::Update(_) | Action::Delete, None) => Err(missing()),
        (Action::DeleteIfPresent, None) => Ok(None),
        (Action::Delete | Action::DeleteIfPresent, Some(_)) => Ok(Some(Write::Delete { path })),
        (Action::Update(new) | Action::Put(new), Some(cid)) if new.cid == cid => Ok(None),
        (Action::Update(new) | Action::Put(new), Some(_)) => {
            let NewRecord { cid, bytes, .. } = new.clone();
            Ok(Some(Write::Update { path, record: bytes, cid }))
        }
        (Action::Create(new) | Action::Put(new), None) => {
            let NewRecord { cid, bytes, .. } = new.clone();
            Ok(Some(Write::Create { path, record: bytes, cid }))
        }
    }
}

/// What the record says of a blob must be what was uploaded: the lexicon's limits were checked
/// against what the record says.
fn check_blob(connection: &Connection, id: AccountId, said: &Blob) -> Result<(), Error> {
    let cid = said.cid;
    let stored = blobs::get(connection, id, &cid)?.ok_or(Refusal::BlobMissing(cid))?;
    let refusal = if stored.mime_type != said.mime_type {
        Refusal::BlobMimeType(format!(
            "The record says the blob {cid} is {}, but {} was uploaded.",
            said.mime_type, stored.mime_type
        ))
    } else if stored.size != said.size {
        Refusal::BlobSize(format!(
            "The record says the blob {cid} has {} bytes, but {} were uploaded.",
            said.size, stored.size
        ))
    } else {
        return Ok(());
    };
    Err(refusal.into())
}
