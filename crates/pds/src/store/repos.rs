//! Heads of repositories, and the keys that sign them.

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Did, Nsid, Tid};
use hypercerts_repo::{CommitData, Curve, Head, SecretKey};
use rusqlite::Connection;

use crate::error::{Error, OpenError};
use crate::store::accounts::Status;
use crate::store::{AccountId, StoreError, WriteTx, cid, execute, find, parsed, rev, rev_number};
use crate::vault::{Purpose, Vault};

/// What the writer keeps in memory of a repository.
pub struct Repo {
    pub did: Did,
    pub key: SecretKey,
    pub head: Head,
}

/// The head of a repository with its commit.
#[derive(Clone, Debug)]
pub struct StoredHead {
    pub head: Head,
    pub block: Bytes,
}

/// Refuses to start with a repository whose tree has no root: cheap, one index look-up each.
pub fn check_roots(connection: &Connection) -> Result<(), OpenError> {
    let sql = "SELECT account.did FROM account
               LEFT JOIN repo ON repo.account = account.id
               LEFT JOIN node ON node.account = account.id AND node.cid = repo.data
               WHERE node.id IS NULL LIMIT 1";
    let lost = find(connection, sql, [], |row| row.get(0)).map_err(StoreError::from)?;
    lost.map_or(Ok(()), |did| Err(OpenError::LostTree { did }))
}

/// Reads head and signing key.
pub fn load(connection: &Connection, vault: &Vault, id: AccountId) -> Result<Repo, Error> {
    let sql = "SELECT did, signing_key, rev, head, data
               FROM account JOIN repo ON repo.account = account.id WHERE account.id = ?1";
    let found = find(connection, sql, [id.0], |row| {
        let did: Did = parsed(row, 0)?;
        let sealed: Vec<u8> = row.get(1)?;
        Ok((did, sealed, Head { commit: cid(row, 3)?, rev: rev(row, 2)?, data: cid(row, 4)? }))
    })?;
    let (did, sealed, head) =
        found.ok_or_else(|| StoreError::Corrupt(format!("account {} has no repository", id.0)))?;
    let key = open_key(vault, Purpose::SigningKey, &did, &sealed)?;
    Ok(Repo { did, key, head })
}

/// Unseals a key of an account.
pub fn open_key(
    vault: &Vault,
    purpose: Purpose,
    did: &Did,
    sealed: &[u8],
) -> Result<SecretKey, Error> {
    let bytes = vault
        .unseal(purpose, did.as_str(), sealed)
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let bytes: &[u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::Corrupt(format!("a key of {did} is not 32 bytes long")))?;
    let key = SecretKey::from_bytes(Curve::K256, bytes)
        .map_err(|error| StoreError::Corrupt(format!("a key of {did}: {error}")))?;
    Ok(key)
}

pub fn head(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<StoredHead>> {
    let sql = "SELECT rev, head, data, block FROM repo WHERE account = ?1";
    find(connection, sql, [id.0], |row| {
        let head = Head { rev: rev(row, 0)?, commit: cid(row, 1)?, data: cid(row, 2)? };
        Ok(StoredHead { head, block: Bytes::copy_from_slice(row.get_ref(3)?.as_blob()?) })
    })
}

/// A line of `listRepos`.
pub struct Listed {
    pub id: AccountId,
    pub did: Did,
    pub head: Cid,
    pub rev: Tid,
    pub status: Status,
}

/// Repositories of accounts after `cursor`, in the order the accounts were created.
pub fn list(
    connection: &Connection,
    cursor: AccountId,
    limit: u32,
) -> rusqlite::Result<Vec<Listed>> {
    let sql = "SELECT id, did, head, rev, iif(takedown_ref IS NULL, status, 'takendown')
         FROM account JOIN repo ON repo.account = account.id
               WHERE id > ?1 ORDER BY id LIMIT ?2";
    super::all(connection, sql, (cursor.0, limit), |row| {
        Ok(Listed {
            id: AccountId(row.get(0)?),
            did: parsed(row, 1)?,
            head: cid(row, 2)?,
            rev: rev(row, 3)?,
            status: parsed(row, 4)?,
        })
    })
}

/// Accounts after `cursor` that have a record in a collection.
pub fn with_collection(
    connection: &Connection,
    collection: &Nsid,
    cursor: AccountId,
    limit: u32,
) -> rusqlite::Result<Vec<(AccountId, Did)>> {
    let sql = "SELECT id, did FROM account
               WHERE id > ?1 AND status = 'active' AND takedown_ref IS NULL AND EXISTS
                   (SELECT 1 FROM record WHERE account = account.id AND path > ?2 AND path < ?3)
               ORDER BY id LIMIT ?4";
    let (first, last) = (format!("{collection}/"), format!("{collection}0"));
    super::all(connection, sql, (cursor.0, first, last, limit), |row| {
        Ok((AccountId(row.get(0)?), parsed(row, 1)?))
    })
}

/// How many tree nodes a repository has.
pub fn count_nodes(connection: &Connection, id: AccountId) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM node WHERE account = ?1";
    connection.query_row(sql, [id.0], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// Stores the new head; the changed nodes follow at the end of the transaction.
pub fn save(tx: &mut WriteTx<'_>, id: AccountId, commit: &CommitData) -> Result<(), StoreError> {
    save_head(tx.connection, id, commit)?;
    for (cid, bytes) in &commit.new_nodes {
        tx.nodes.insert(*cid, bytes.clone());
    }
    for cid in &commit.removed_nodes {
        tx.nodes.remove(cid);
    }
    tx.pending_nodes.note(id, commit);
    Ok(())
}

fn save_head(connection: &Connection, id: AccountId, commit: &CommitData) -> rusqlite::Result<()> {
    let sql = "INSERT INTO repo (account, rev, head, data, block) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (account) DO UPDATE SET
                   rev = excluded.rev, head = excluded.head,
                   data = excluded.data, block = excluded.block";
    let head = &commit.head;
    let (commit_cid, data) = (head.commit.to_bytes(), head.data.to_bytes());
    let block: &[u8] = &commit.commit_block;
    execute(connection, sql, (id.0, rev_number(head.rev), commit_cid, data, block)).map(drop)
}
