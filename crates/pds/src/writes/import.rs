//! A repository that is brought along as a CAR.
//!
//! The file is checked whole before anything is changed: signature, hashes, tree, records. Then
//! the repository is brought to the same records in steps, each a commit that nobody is told of;
//! whoever asks again after a crash goes on with what is still different. Files that records refer
//! to may come later.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use hypercerts_identity::ResolveError;
use hypercerts_lexicon::{Cid, Did, Tid, drisl};
use hypercerts_repo::{
    PublicKey, RepoLimits, RepoPath, VerifiedRecord, VerifiedRepo, VerifyError, verify_repo,
};
use hypercerts_xrpc::frames::{Event, SyncEvent};
use rusqlite::Connection;

use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::{AccountId, WriteTx, records};
use crate::writes::change::{Action, Change, ChangeSet};
use crate::writes::commit;
use crate::writes::record::NewRecord;

/// Records of one repository.
const MAX_RECORDS: usize = 1_000_000;
/// Changes of one step: as many as a commit may have.
const STEP_RECORDS: usize = 200;
/// Bytes of records in one step, so that others' writes need not wait long.
const STEP_BYTES: usize = 1 << 20;

/// Every record of the file by its path.
type Contents = BTreeMap<RepoPath, Cid>;

/// What was in the file.
struct Checked {
    contents: Contents,
    key: PublicKey,
    rev: Tid,
}

/// Brings the account's repository to what the CAR file holds.
///
/// # Errors
/// A refusal that says what is wrong with the file; nothing was changed then.
pub async fn import(server: &Arc<Server>, account: &Arc<Account>, car: &Path) -> Result<(), Error> {
    let keys = known_keys(server, account).await?;
    let (did, file) = (account.did.clone(), car.to_owned());
    let checking = tokio::task::spawn_blocking(move || check(&file, &did, &keys));
    let checked = checking.await.map_err(|error| Error::Internal(error.to_string()))??;
    add(server, account, car, &checked).await?;
    remove(server, account, &checked.contents).await?;
    finish(server, account, checked.rev).await
}

/// The keys that the DID's document names or has ever named: the file may be from before a change.
/// No log tells what a did:web named before, but what it named when the account arrived is known.
async fn known_keys(server: &Server, account: &Account) -> Result<Vec<PublicKey>, Error> {
    let (did, id) = (&account.did, account.id);
    let resolver = &server.config.resolver;
    let unresolvable = |error: ResolveError| {
        Refusal::UnresolvableDid(format!("The document of {did} cannot be had: {error}."))
    };
    let document = resolver.fetch_document(did).await.map_err(unresolvable)?;
    let mut keys: Vec<PublicKey> = document.signing_key().into_iter().collect();
    let read = move |connection: &Connection| Ok(accounts::arrival_key(connection, id)?);
    let arrival = server.store.readers.read(read).await?;
    keys.extend(arrival.and_then(|key| PublicKey::from_did_key(&key).ok()));
    if let Ok(log) = resolver.plc().audit_log(did).await {
        for entry in log.iter().rev() {
            let data = entry.operation.operation().data();
            let named = data.as_ref().and_then(|data| data.verification_methods.get("atproto"));
            keys.extend(named.and_then(|key| PublicKey::from_did_key(key).ok()));
        }
    }
    Ok(keys)
}

fn check(car: &Path, did: &Did, keys: &[PublicKey]) -> Result<Checked, Error> {
    let mut failed = None;
    for key in keys {
        match read(car, did, key) {
            Ok(repo) => return read_all(repo, key),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| {
        Refusal::UnresolvableDid(format!("The document of {did} names no signing key.")).into()
    }))
}

type Reader = VerifiedRepo<BufReader<File>>;

fn read(car: &Path, did: &Did, key: &PublicKey) -> Result<Reader, Error> {
    let file = BufReader::new(File::open(car)?);
    verify_repo(file, did, key, RepoLimits::default()).map_err(|error| wrong(&error))
}

fn read_all(repo: Reader, key: &PublicKey) -> Result<Checked, Error> {
    let rev = repo.head().head().rev;
    let mut contents = Contents::new();
    for record in repo {
        let record = record.map_err(|error| wrong(&error))?;
        NewRecord::brought_along(record.path(), record.bytes().clone())?;
        contents.insert(record.path().clone(), record.cid());
        if contents.len() > MAX_RECORDS {
            let message = format!("A repository may have {MAX_RECORDS} records here.");
            return Err(Refusal::invalid(message).into());
        }
    }
    Ok(Checked { contents, key: key.clone(), rev })
}

fn wrong(error: &VerifyError) -> Error {
    Refusal::invalid(format!("The file is no repository of this account: {error}.")).into()
}

/// Creates and updates what is not there or is another.
async fn add(
    server: &Arc<Server>,
    account: &Arc<Account>,
    car: &Path,
    checked: &Checked,
) -> Result<(), Error> {
    let mut reader = Some(read(car, &account.did, &checked.key)?);
    loop {
        let Some(repo) = reader.take() else { return Ok(()) };
        let stepping = tokio::task::spawn_blocking(move || next_step(repo));
        let (step, rest) = stepping.await.map_err(|error| Error::Internal(error.to_string()))??;
        if step.is_empty() {
            return Ok(());
        }
        let bytes: usize = step.iter().map(|record| record.bytes().len()).sum();
        let id = account.id;
        let put = move |tx: &mut WriteTx<'_>| put(tx, id, &step);
        server.store.writer.write(4 * bytes, put).await?;
        reader = Some(rest);
    }
}

fn next_step(mut repo: Reader) -> Result<(Vec<VerifiedRecord>, Reader), Error> {
    let (mut step, mut bytes) = (Vec::new(), 0);
    while step.len() < STEP_RECORDS && bytes < STEP_BYTES {
        let Some(record) = repo.next() else { break };
        let record = record.map_err(|error| wrong(&error))?;
        bytes += record.bytes().len();
        step.push(record);
    }
    Ok((step, repo))
}

fn put(tx: &mut WriteTx<'_>, id: AccountId, step: &[VerifiedRecord]) -> Result<(), Error> {
    let mut changes = Vec::with_capacity(step.len());
    for record in step {
        let new = NewRecord::brought_along(record.path(), record.bytes().clone())?;
        changes.push(Change::new(record.path().clone(), Action::Put(new)));
    }
    commit::commit_unannounced(tx, id, &ChangeSet { changes, swap_commit: None })
}

/// Deletes what is not in the file.
async fn remove(
    server: &Arc<Server>,
    account: &Arc<Account>,
    contents: &Contents,
) -> Result<(), Error> {
    let id = account.id;
    let present = server.store.readers.read(move |connection| Ok(records::paths(connection, id)?));
    let present = present.await?;
    let gone: Vec<RepoPath> =
        present.into_iter().filter(|path| !contents.contains_key(path)).collect();
    for step in gone.chunks(STEP_RECORDS) {
        let changes: Vec<Change> =
            step.iter().map(|path| Change::new(path.clone(), Action::DeleteIfPresent)).collect();
        let set = ChangeSet { changes, swap_commit: None };
        let delete = move |tx: &mut WriteTx<'_>| commit::commit_unannounced(tx, id, &set);
        server.store.writer.write(STEP_BYTES, delete).await?;
    }
    Ok(())
}

/// Signs the outcome with a revision later than any that followers know, and tells them if the
/// account is active.
async fn finish(server: &Arc<Server>, account: &Arc<Account>, rev: Tid) -> Result<(), Error> {
    let account = Arc::clone(account);
    let sign = move |tx: &mut WriteTx<'_>| {
        let commit = commit::renew(tx, account.id, Some(rev))?;
        if account.status.is_active() {
            let (did, time) = (account.did.clone(), tx.datetime());
            let (rev, blocks) = (commit.head.rev, commit.sync_car().into());
            tx.emit(&Event::Sync(SyncEvent { did, rev, blocks, time }))?;
        }
        Ok(())
    };
    server.store.writer.write(4096, sign).await
}

impl NewRecord {
    /// A record as it was written elsewhere. Its lexicon is not consulted: what is signed stays as
    /// it is.
    fn brought_along(path: &RepoPath, bytes: bytes::Bytes) -> Result<Self, Error> {
        let value = drisl::decode(&bytes).map_err(|why| {
            Refusal::invalid(format!("The record at {path} is none: {why}. Nothing was changed."))
        })?;
        Ok(Self::unchecked(&value, bytes))
    }
}
