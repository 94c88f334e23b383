//! The nodes of trees. Only the current tree of each account is kept; a node occurs in it once.
//!
//! When a commit replaces a node, the row is overwritten where it lies, so that the few nodes near
//! the root stay on the same pages however often they change. Commits that share a transaction are
//! taken together: what one creates and the next replaces never reaches the table.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Tid};
use hypercerts_repo::{BlockStore, CommitData, StoreError as BlockError};
use rusqlite::Connection;

use crate::generations::Generations;
use crate::store::{AccountId, StoreError, execute, find, rev, rev_number};

/// What the commits of one transaction change about trees, until it is written at the end.
#[derive(Default)]
pub struct PendingNodes {
    accounts: BTreeMap<AccountId, Changes>,
}

#[derive(Default)]
struct Changes {
    /// With the revision that made them.
    created: BTreeMap<Cid, (Tid, Bytes)>,
    /// Nodes of the table that belong to the tree no more.
    removed: BTreeSet<Cid>,
}

impl PendingNodes {
    /// Takes in a commit that follows upon those before.
    pub fn note(&mut self, id: AccountId, commit: &CommitData) {
        let changes = self.accounts.entry(id).or_default();
        for cid in &commit.removed_nodes {
            if changes.created.remove(cid).is_none() {
                changes.removed.insert(*cid);
            }
        }
        let rev = commit.head.rev;
        let created = commit.new_nodes.iter().map(|(cid, bytes)| (*cid, (rev, bytes.clone())));
        changes.created.extend(created);
    }

    fn get(&self, id: AccountId, cid: &Cid) -> Option<Bytes> {
        self.accounts.get(&id)?.created.get(cid).map(|(_, bytes)| bytes.clone())
    }

    /// Writes everything to the table.
    pub fn write(self, connection: &Connection) -> Result<(), StoreError> {
        self.accounts.into_iter().try_for_each(|(id, changes)| changes.write(connection, id))
    }
}

impl Changes {
    fn write(mut self, connection: &Connection, id: AccountId) -> Result<(), StoreError> {
        self.renew(connection, id)?;
        let mut removed = self.removed.into_iter();
        for (cid, (rev, bytes)) in self.created {
            let node = (id.0, cid.to_bytes(), rev_number(rev), bytes.as_ref());
            match removed.next() {
                Some(old) => replace(connection, &old, node)?,
                None => insert(connection, node)?,
            }
        }
        removed.try_for_each(|old| delete(connection, id, &old))
    }

    /// Nodes that went and came back stay where they are, under the later revision.
    fn renew(&mut self, connection: &Connection, id: AccountId) -> Result<(), StoreError> {
        let back: Vec<Cid> =
            self.removed.iter().filter(|cid| self.created.contains_key(cid)).copied().collect();
        for cid in back {
            self.removed.remove(&cid);
            if let Some((rev, bytes)) = self.created.remove(&cid) {
                let node = (id.0, cid.to_bytes(), rev_number(rev), bytes.as_ref());
                replace(connection, &cid, node)?;
            }
        }
        Ok(())
    }
}

/// Account, CID, revision, bytes.
type Row<'a> = (i64, [u8; 36], i64, &'a [u8]);

fn insert(connection: &Connection, row: Row<'_>) -> Result<(), StoreError> {
    let sql = "INSERT INTO node (account, cid, rev, bytes) VALUES (?1, ?2, ?3, ?4)";
    Ok(execute(connection, sql, row).map(drop)?)
}

fn replace(connection: &Connection, old: &Cid, row: Row<'_>) -> Result<(), StoreError> {
    let sql = "UPDATE node SET cid = ?2, rev = ?3, bytes = ?4 WHERE account = ?1 AND cid = ?5";
    let (account, cid, rev, bytes) = row;
    expect_one(execute(connection, sql, (account, cid, rev, bytes, old.to_bytes()))?, old)
}

fn delete(connection: &Connection, id: AccountId, old: &Cid) -> Result<(), StoreError> {
    let sql = "DELETE FROM node WHERE account = ?1 AND cid = ?2";
    expect_one(execute(connection, sql, (id.0, old.to_bytes()))?, old)
}

fn expect_one(rows: usize, cid: &Cid) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Corrupt(format!("tree node {cid} is missing"))) }
}

/// A node with the revision that wrote it.
pub fn get(
    connection: &Connection,
    id: AccountId,
    wanted: &Cid,
) -> rusqlite::Result<Option<(Tid, Bytes)>> {
    let sql = "SELECT rev, bytes FROM node WHERE account = ?1 AND cid = ?2";
    find(connection, sql, (id.0, wanted.to_bytes()), |row| {
        Ok((rev(row, 0)?, Bytes::copy_from_slice(row.get_ref(1)?.as_blob()?)))
    })
}

/// The tree of one account as blocks.
pub struct TreeBlocks<'a> {
    pub connection: &'a Connection,
    pub id: AccountId,
}

impl BlockStore for TreeBlocks<'_> {
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, BlockError> {
        let found = get(self.connection, self.id, cid).map_err(BlockError::new)?;
        Ok(found.map(|(_, bytes)| bytes))
    }
}

/// The tree as the writer sees it: with what its transaction has changed, and a cache in front.
pub struct WriterBlocks<'a> {
    pub table: TreeBlocks<'a>,
    pub pending: &'a PendingNodes,
    pub cache: RefCell<&'a mut Generations<Cid, Bytes>>,
}

impl BlockStore for WriterBlocks<'_> {
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, BlockError> {
        if let Some(bytes) = self.cache.borrow_mut().get(cid) {
            return Ok(Some(bytes.clone()));
        }
        let found = match self.pending.get(self.table.id, cid) {
            Some(bytes) => Some(bytes),
            None => self.table.get(cid)?,
        };
        if let Some(bytes) = &found {
            self.cache.borrow_mut().insert(*cid, bytes.clone());
        }
        Ok(found)
    }
}
