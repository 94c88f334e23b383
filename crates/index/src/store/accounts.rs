//! Accounts: who speaks for them, the head up to which they are known, and what they wait for.
//!
//! The table is also the queue of repairs: an account that is not synchronized is due at `retry_at`, so a
//! restart goes on where it was.

use hypercerts_lexicon::{Did, Handle};
use hypercerts_repo::Head;
use rusqlite::{Connection, Row, params};

use crate::error::IndexError;
use crate::store;
use crate::view::AccountStatus;

/// How far an account is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Met, but nothing of it was verified yet.
    Pending,
    Synchronized,
    Desynchronized,
}

/// What an account that is not synchronized waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A fresh look at its DID document; its commits may follow on as they are.
    Identity,
    /// Its whole repository.
    Repository,
}

/// An account as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub id: i64,
    pub did: Did,
    pub handle: Option<Handle>,
    /// The origin of the PDS that its DID document names.
    pub pds: Option<String>,
    /// Its signing key, as `did:key`.
    pub key: Option<String>,
    pub status: AccountStatus,
    pub state: State,
    pub need: Need,
    pub reason: String,
    pub attempts: u32,
    /// When it is due, in microseconds since 1970; `None` when only an event or a request can help.
    pub retry_at: Option<i64>,
    /// When its identity was last looked up, in microseconds since 1970.
    pub identified_at: i64,
    pub repaired_at: i64,
    pub head: Option<Head>,
}

impl Account {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, IndexError> {
        Ok(Self {
            id: row.get("id")?,
            did: store::did(row, "did")?,
            handle: store::optional_handle(row, "handle")?,
            pds: row.get("pds")?,
            key: row.get("key")?,
            status: status(row.get_ref("status")?.as_str().unwrap_or_default()),
            state: state(row.get("state")?),
            need: if row.get("need")? { Need::Repository } else { Need::Identity },
            reason: row.get("reason")?,
            attempts: row.get("attempts")?,
            retry_at: row.get("retry_at")?,
            identified_at: row.get("identified_at")?,
            repaired_at: row.get("repaired_at")?,
            head: head(row)?,
        })
    }
}

fn head(row: &Row<'_>) -> Result<Option<Head>, IndexError> {
    let Some(rev) = store::optional_tid(row, "rev")? else { return Ok(None) };
    Ok(Some(Head {
        commit: store::cid(row, "commit_cid")?,
        rev,
        data: store::cid(row, "data_cid")?,
    }))
}

fn state(number: i64) -> State {
    match number {
        0 => State::Pending,
        1 => State::Synchronized,
        _ => State::Desynchronized,
    }
}

fn status(name: &str) -> AccountStatus {
    if name == AccountStatus::Active.as_str() {
        AccountStatus::Active
    } else {
        AccountStatus::from_event(false, Some(name))
    }
}

pub(crate) fn load(db: &Connection, did: &Did) -> Result<Option<Account>, IndexError> {
    let mut find = db.prepare_cached("SELECT * FROM account WHERE did = ?1")?;
    let mut rows = find.query([did.as_str()])?;
    rows.next()?.map(Account::read).transpose()
}

pub(crate) fn by_handle(db: &Connection, handle: &Handle) -> Result<Option<Account>, IndexError> {
    let mut find = db.prepare_cached("SELECT * FROM account WHERE handle = ?1 ORDER BY id DESC")?;
    let mut rows = find.query([handle.as_str()])?;
    rows.next()?.map(Account::read).transpose()
}

/// Creates an account of which nothing is known yet; `false` when it is known already.
pub(crate) fn meet(
    db: &Connection,
    did: &Did,
    reason: &str,
    due_at: i64,
) -> Result<bool, IndexError> {
    let sql = "INSERT INTO account (did, reason, retry_at) VALUES (?1, ?2, ?3) ON CONFLICT (did) DO NOTHING";
    Ok(db.prepare_cached(sql)?.execute(params![did.as_str(), reason, due_at])? > 0)
}

/// Stores what the DID document says. A handle belongs to one account: whoever had it before loses it.
pub(crate) fn set_identity(
    db: &Connection,
    id: i64,
    handle: Option<&Handle>,
    pds: &str,
    key: &str,
    at: i64,
) -> Result<(), IndexError> {
    let handle = handle.map(Handle::as_str);
    let release = "UPDATE account SET handle = NULL WHERE handle = ?1 AND id <> ?2";
    db.prepare_cached(release)?.execute(params![handle, id])?;
    let sql =
        "UPDATE account SET handle = ?2, pds = ?3, key = ?4, identified_at = ?5 WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id, handle, pds, key, at])?;
    Ok(())
}

pub(crate) fn set_head(db: &Connection, id: i64, head: &Head) -> Result<(), IndexError> {
    let sql = "UPDATE account SET rev = ?2, commit_cid = ?3, data_cid = ?4 WHERE id = ?1";
    let rev = head.rev.to_string();
    db.prepare_cached(sql)?.execute(params![
        id,
        rev,
        head.commit.to_bytes(),
        head.data.to_bytes()
    ])?;
    Ok(())
}

pub(crate) fn set_status(
    db: &Connection,
    id: i64,
    status: AccountStatus,
) -> Result<(), IndexError> {
    let sql = "UPDATE account SET status = ?2 WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id, status.as_str()])?;
    Ok(())
}

/// Changes the number of records that are in the repository but not kept here.
pub(crate) fn add_not_kept(db: &Connection, id: i64, change: i64) -> Result<(), IndexError> {
    if change != 0 {
        let sql = "UPDATE account SET not_kept = max(0, not_kept + ?2) WHERE id = ?1";
        db.prepare_cached(sql)?.execute([id, change])?;
    }
    Ok(())
}

pub(crate) fn set_not_kept(db: &Connection, id: i64, number: u64) -> Result<(), IndexError> {
    let sql = "UPDATE account SET not_kept = ?2 WHERE id = ?1";
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    db.prepare_cached(sql)?.execute([id, number])?;
    Ok(())
}

/// Every commit up to the head is verified.
pub(crate) fn synchronize(db: &Connection, id: i64, now: i64) -> Result<(), IndexError> {
    let sql = "UPDATE account SET state = 1, reason = '', retry_at = NULL, repaired_at = ?2 WHERE id = ?1";
    db.prepare_cached(sql)?.execute([id, now])?;
    Ok(())
}

/// When an account is due again, and after how many attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    pub attempts: u32,
    /// `None` when only an event or a request can help.
    pub at: Option<i64>,
}

/// Takes an account out of the synchronized state, or notes that its repair failed. An account of which
/// nothing was verified yet stays pending.
pub(crate) fn desynchronize(
    db: &Connection,
    id: i64,
    need: Need,
    reason: &str,
    retry: Retry,
) -> Result<(), IndexError> {
    let sql = "UPDATE account SET state = CASE WHEN rev IS NULL THEN 0 ELSE 2 END, need = ?2, reason = ?3, \
               attempts = ?4, retry_at = ?5 WHERE id = ?1";
    let need = need == Need::Repository;
    db.prepare_cached(sql)?.execute(params![id, need, reason, retry.attempts, retry.at])?;
    Ok(())
}

/// Makes an account that waits due at `at`, or earlier if it was.
pub(crate) fn hasten(db: &Connection, id: i64, at: i64) -> Result<(), IndexError> {
    let sql = "UPDATE account SET retry_at = min(coalesce(retry_at, ?2), ?2) WHERE id = ?1 AND state <> 1";
    db.prepare_cached(sql)?.execute([id, at])?;
    Ok(())
}

/// Lets an account that is due wait, because its host is busy.
pub(crate) fn postpone(db: &Connection, did: &Did, until: i64) -> Result<(), IndexError> {
    let sql = "UPDATE account SET retry_at = ?2 WHERE did = ?1 AND state <> 1";
    db.prepare_cached(sql)?.execute(params![did.as_str(), until])?;
    Ok(())
}

/// An account whose repair is due.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub did: Did,
    pub pds: Option<String>,
}

/// Accounts that are due, the longest waiting first.
pub(crate) fn due(db: &Connection, now: i64, limit: i64) -> Result<Vec<Due>, IndexError> {
    let sql = "SELECT did, pds FROM account WHERE state <> 1 AND retry_at IS NOT NULL AND retry_at <= ?1 \
               ORDER BY retry_at LIMIT ?2";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([now, limit])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        due.push(Due { did: store::did(row, "did")?, pds: row.get("pds")? });
    }
    Ok(due)
}

/// How many accounts wait for their first verification.
pub(crate) fn pending(db: &Connection) -> Result<u64, IndexError> {
    let sql = "SELECT count(*) FROM account WHERE state = 0";
    Ok(store::count(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
}

/// Forgets an account of which nothing is stored.
pub(crate) fn remove(db: &Connection, id: i64) -> Result<(), IndexError> {
    db.prepare_cached("DELETE FROM account WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Forgets how far a repository is known: what follows begins anew.
pub(crate) fn clear_head(db: &Connection, id: i64) -> Result<(), IndexError> {
    let sql = "UPDATE account SET rev = NULL, commit_cid = NULL, data_cid = NULL, not_kept = 0 WHERE id = ?1";
    db.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// After a start nothing is running: whatever waits for the end of something is due.
pub(crate) fn end_leases(db: &Connection, now: i64) -> Result<(), IndexError> {
    let sql = "UPDATE account SET retry_at = ?1 WHERE state <> 1 AND retry_at > ?1";
    db.execute(sql, [now])?;
    Ok(())
}
