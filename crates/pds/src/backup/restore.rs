//! Starting again from a backup.
//!
//! Whoever followed the server has seen events that the backup knows nothing of. So the stream
//! goes on far beyond them, since a sequence number must not come twice, and every repository gets
//! a commit with a later revision over the tree that was restored, announced by `#sync`: followers
//! then take the state that is, instead of waiting for the one that was lost.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hypercerts_xrpc::frames::{Event, SyncEvent};

use super::take::{copy_private, start_afresh};
use super::{BLOBS, BackupError, DATABASE, MANIFEST, Manifest, UNFINISHED, at};
use crate::disk;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::store::{AccountId, Store, WriteTx, repos};
use crate::vault::{self, Vault};
use crate::writes::commit;

/// More events than a server can have sent since any backup; beyond it the stream goes on.
const SEQ_GAP: i64 = 1_000_000_000;
/// Repositories announced in one transaction.
const STEP: u32 = 200;
/// Bytes an announcement writes, roughly.
const WEIGHT: usize = 1024 * STEP as usize;

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Repositories that were announced again.
    pub announced: u64,
}

/// Makes the new folder `data_dir` from a backup. A server can be opened on it afterwards.
///
/// # Errors
/// When `data_dir` exists, or the backup is not whole; then there is no `data_dir`.
pub async fn restore(backup: &Path, data_dir: &Path) -> Result<Restored, BackupError> {
    let manifest = read_manifest(backup)?;
    if data_dir.exists() {
        return Err(BackupError::Occupied(data_dir.to_owned()));
    }
    let unfinished = data_dir.with_extension(UNFINISHED);
    start_afresh(&unfinished)?;
    copy_private(&backup.join(vault::FILE_NAME), &unfinished.join(vault::FILE_NAME))?;
    copy_file(&backup.join(DATABASE), &unfinished.join(DATABASE))?;
    copy_folder(&backup.join(BLOBS), &unfinished.join(BLOBS))?;
    let announced = announce_again(&unfinished).await?;
    fs::rename(&unfinished, data_dir).map_err(at(data_dir))?;
    disk::sync_parent(data_dir).map_err(at(data_dir))?;
    Ok(Restored { manifest, announced })
}

fn read_manifest(backup: &Path) -> Result<Manifest, BackupError> {
    let unreadable = || BackupError::NoBackup(backup.to_owned());
    let text = fs::read(backup.join(MANIFEST)).map_err(|_| unreadable())?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| unreadable())?;
    match manifest.version {
        1 => Ok(manifest),
        newer => Err(BackupError::Newer(newer)),
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::copy(from, to).map_err(at(from))?;
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(at(to))
}

/// Copies `<account>/<cid>` files.
fn copy_folder(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy_folder(&from, &to)?,
            false => copy_file(&from, &to)?,
        }
    }
    disk::sync_parent(&to.join(BLOBS)).map_err(at(to))
}

async fn announce_again(data_dir: &Path) -> Result<u64, BackupError> {
    let vault = Arc::new(Vault::open(data_dir, false)?);
    let outbox = Arc::new(Outbox::new());
    let store = Store::open(&data_dir.join(DATABASE), None, &vault, &outbox)?;
    outbox.start_at(outbox.newest() + SEQ_GAP);
    let (mut last, mut announced) = (AccountId(0), 0);
    loop {
        let step = move |tx: &mut WriteTx<'_>| announce_some(tx, last);
        let step = store.writer.write(WEIGHT, step).await;
        let done = step.map_err(|error| BackupError::Announce(error.to_string()))?;
        announced += done.len() as u64;
        match done.last() {
            Some(id) => last = *id,
            None => break,
        }
    }
    store.writer.stop().await;
    Ok(announced)
}

/// Signs and announces the next repositories after `last`; the accounts that were their turn.
fn announce_some(tx: &mut WriteTx<'_>, last: AccountId) -> Result<Vec<AccountId>, Error> {
    let listed = repos::list(tx.connection, last, STEP)?;
    for repo in &listed {
        let commit = commit::renew(tx, repo.id, None)?;
        let (did, time) = (repo.did.clone(), tx.datetime());
        let (rev, blocks) = (commit.head.rev, commit.sync_car().into());
        tx.emit(&Event::Sync(SyncEvent { did, rev, blocks, time }))?;
    }
    Ok(listed.iter().map(|repo| repo.id).collect())
}
