//! From changes to a commit that is stored and announced, inside the writer.
//!
//! Everything that can refuse comes first and only reads. What follows only writes: records,
//! nodes, head, event.

use std::cell::RefCell;

use hypercerts_lexicon::{Datetime, Did, Tid};
use hypercerts_repo::{
    CommitData, Head, SecretKey, Write, WriteError, apply_writes, create_repo, renew_commit,
};
use hypercerts_xrpc::frames::{CommitEvent, Event};

use crate::error::{Error, Refusal};
use crate::group;
use crate::store::groups::authors;
use crate::store::nodes::{TreeBlocks, WriterBlocks};
use crate::store::records::{self, StoredRecord};
use crate::store::repos::{self, Repo};
use crate::store::{AccountId, StoreError, WriteTx, blobs};
use crate::writes::change::{ChangeSet, Committed};
use crate::writes::plan::{Files, plan};

/// Revisions of one server come from one clock, so there is nothing to tell apart.
const CLOCK_ID: u16 = 0;

/// Makes the changes. `None` if there was nothing to do.
pub fn commit(
    tx: &mut WriteTx<'_>,
    id: AccountId,
    set: &ChangeSet,
) -> Result<Option<Committed>, Error> {
    let Some(commit) = make(tx, id, set, Files::MustBeHere)? else { return Ok(None) };
    let time = tx.datetime();
    let event = announcement(&tx.repo(id)?.did, &commit, time);
    tx.emit(&event)?;
    Ok(Some(Committed { commit: commit.head.commit, rev: commit.head.rev }))
}

/// The same for records that are brought along: the files they refer to may come later, and
/// followers are told when all of it is done.
pub fn commit_unannounced(
    tx: &mut WriteTx<'_>,
    id: AccountId,
    set: &ChangeSet,
) -> Result<(), Error> {
    group::require_no_group(tx.connection, id)?;
    make(tx, id, set, Files::MayFollow).map(drop)
}

fn make(
    tx: &mut WriteTx<'_>,
    id: AccountId,
    set: &ChangeSet,
    files: Files,
) -> Result<Option<CommitData>, Error> {
    let head = head(tx, id)?;
    let writes = plan(tx.connection, id, &head, set, files)?;
    if writes.is_empty() {
        return Ok(None);
    }
    let commit = sign(tx, id, &writes)?;
    for write in &writes {
        save_record(tx, id, write, commit.head.rev)?;
    }
    save_references(tx, id, set, &commit)?;
    repos::save(tx, id, &commit)?;
    tx.move_head(id, commit.head);
    Ok(Some(commit))
}

/// A clock that was ahead once leaves revisions behind that others do not take until then.
const AHEAD_MICROS: u64 = 5 * 60 * 1_000_000;

/// A revision for now, later than `latest`.
fn next_rev(latest: Tid, now: u64, did: &Did) -> Tid {
    let rev = Tid::next_after(Some(latest), now, CLOCK_ID);
    if rev.micros().saturating_sub(now) > AHEAD_MICROS {
        tracing::warn!(
            %did, %rev,
            "the repository has revisions from the future, so others do not take what it publishes yet: \
             this machine's clock was ahead, or is behind"
        );
    }
    rev
}

/// The first commit of a new repository, with an empty tree. Not announced: that is part of
/// announcing the account.
pub fn found(
    tx: &mut WriteTx<'_>,
    id: AccountId,
    did: &Did,
    key: SecretKey,
) -> Result<CommitData, Error> {
    let rev = Tid::next_after(None, micros(tx), CLOCK_ID);
    let commit = create_repo(did.clone(), rev, &key);
    repos::save(tx, id, &commit)?;
    tx.repos.insert(id, Repo { did: did.clone(), key, head: commit.head });
    Ok(commit)
}

/// A further commit over the tree as it is, signed with the key the account has, and later than
/// `known`. Not announced.
pub fn renew(tx: &mut WriteTx<'_>, id: AccountId, known: Option<Tid>) -> Result<CommitData, Error> {
    let head = head(tx, id)?;
    let latest = known.map_or(head.rev, |known| known.max(head.rev));
    let now = micros(tx);
    let repo = tx.repo(id)?;
    let rev = next_rev(latest, now, &repo.did);
    let commit = renew_commit(&head, repo.did.clone(), rev, &repo.key);
    repos::save(tx, id, &commit)?;
    tx.move_head(id, commit.head);
    Ok(commit)
}

/// The `#commit` event.
pub fn announcement(did: &Did, commit: &CommitData, time: Datetime) -> Event {
    Event::Commit(CommitEvent {
        repo: did.clone(),
        commit: commit.head.commit,
        rev: commit.head.rev,
        since: commit.since,
        prev_data: commit.prev_data,
        ops: commit.ops.clone(),
        blocks: commit.event_car().into(),
        time,
    })
}

/// The head, with the repository in the writer's memory from now on.
fn head(tx: &mut WriteTx<'_>, id: AccountId) -> Result<Head, Error> {
    if let Some(repo) = tx.repos.get(&id) {
        return Ok(repo.head);
    }
    let repo = repos::load(tx.connection, tx.vault, id)?;
    let head = repo.head;
    tx.repos.insert(id, repo);
    Ok(head)
}

fn sign(tx: &mut WriteTx<'_>, id: AccountId, writes: &[Write]) -> Result<CommitData, Error> {
    let now = micros(tx);
    let blocks = WriterBlocks {
        table: TreeBlocks { connection: tx.connection, id },
        pending: &tx.pending_nodes,
        cache: RefCell::new(&mut *tx.nodes),
    };
    let repo = tx.repos.get(&id).ok_or_else(|| StoreError::Corrupt("a lost head".to_owned()))?;
    let rev = next_rev(repo.head.rev, now, &repo.did);
    apply_writes(&blocks, Some(&repo.head), &repo.did, rev, &repo.key, writes)
        .map_err(|error| failed(&error))
}

/// Most of what a client can do wrong was found before; that a commit grows too large is found
/// here.
fn failed(error: &WriteError) -> Error {
    match error.is_refusal() {
        true => Refusal::invalid(format!("The commit cannot be made: {error}.")).into(),
        false => StoreError::Corrupt(error.to_string()).into(),
    }
}

fn micros(tx: &WriteTx<'_>) -> u64 {
    u64::try_from(tx.now.as_microsecond()).unwrap_or(0)
}

fn save_record(tx: &WriteTx<'_>, id: AccountId, write: &Write, rev: Tid) -> Result<(), StoreError> {
    match write.clone() {
        Write::Create { path, record, cid } => {
            records::insert(tx.connection, id, &StoredRecord { path, cid, rev, bytes: record })?;
        }
        Write::Update { path, record, cid } => {
            records::update(tx.connection, id, &StoredRecord { path, cid, rev, bytes: record })?;
        }
        Write::Delete { path } => {
            records::delete(tx.connection, id, &path)?;
            authors::forget(tx.connection, id, &path)?;
        }
    }
    Ok(())
}

/// Old references go before new ones come: a record may keep a blob it referred to.
fn save_references(
    tx: &WriteTx<'_>,
    id: AccountId,
    set: &ChangeSet,
    commit: &CommitData,
) -> Result<(), StoreError> {
    for op in commit.ops.iter().filter(|op| op.prev().is_some()) {
        blobs::forget_references(tx.connection, id, op.path(), tx.now)?;
    }
    for op in commit.ops.iter().filter(|op| op.cid().is_some()) {
        let change = set.changes.iter().find(|change| &change.path == op.path());
        let record = change.and_then(|change| change.action.record());
        for blob in record.into_iter().flat_map(|record| &record.blobs) {
            blobs::refer(tx.connection, id, op.path(), &blob.cid, commit.head.rev)?;
        }
    }
    Ok(())
}
