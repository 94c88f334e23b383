//! The state of the index.

use std::collections::HashMap;

use hypercerts_lexicon::Nsid;
use rusqlite::Connection;

use crate::error::IndexError;
use crate::ingest::SourceLive;
use crate::store::records::{self, Checked};
use crate::store::sources::{self, Source};
use crate::store::{self, count, refusals};
use crate::time;
use crate::view::{
    CollectionCount, Counts, DesynchronizedAccount, SourceState, SourceStatus, Status,
};

/// How many refusals and desynchronized accounts are told.
const SHOWN: i64 = 100;

/// What is stored, with what the running sources say of themselves.
pub(crate) fn status(
    db: &Connection,
    live: &HashMap<String, SourceLive>,
) -> Result<Status, IndexError> {
    let sources = sources::all(db)?.into_iter().map(|source| source_status(source, live));
    Ok(Status {
        sources: sources.collect(),
        counts: counts(db)?,
        refusals: refusals::latest(db, SHOWN)?,
        accounts_desynchronized: desynchronized(db)?,
    })
}

fn source_status(source: Source, live: &HashMap<String, SourceLive>) -> SourceStatus {
    let live = live.get(&source.url).cloned().unwrap_or_default();
    SourceStatus {
        url: source.url,
        kind: source.kind,
        state: live.state.unwrap_or(SourceState::Idle),
        cursor: source.cursor,
        lag_seconds: live.lag.map(|lag| lag.as_secs()),
        last_event_at: live.last_event_at.map(time::datetime),
        events: live.events,
        last_error: live.last_error,
    }
}

fn counts(db: &Connection) -> Result<Counts, IndexError> {
    let states = states(db)?;
    let of = |state: i64| states.get(&state).copied().unwrap_or(0);
    let tallies = records::tallies(db)?;
    let valid = |wanted: i64| {
        tallies.iter().filter(|(_, validity, _)| *validity == wanted).map(|(_, _, n)| n).sum()
    };
    let not_kept =
        db.query_row("SELECT coalesce(sum(not_kept), 0) FROM account", [], |row| row.get(0))?;
    Ok(Counts {
        accounts: states.values().sum(),
        pending: of(0),
        synchronized: of(1),
        desynchronized: of(2),
        records: tallies.iter().map(|(_, _, n)| n).sum(),
        valid: valid(Checked::VALID),
        invalid: valid(Checked::INVALID),
        unknown_type: valid(Checked::UNKNOWN),
        not_kept: count(not_kept),
        refusals: refusals::total(db)?,
        collections: by_collection(&tallies),
    })
}

fn states(db: &Connection) -> Result<HashMap<i64, u64>, IndexError> {
    let mut query = db.prepare_cached("SELECT state, count(*) FROM account GROUP BY state")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, count(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sums up the validities; the tallies come sorted by collection.
fn by_collection(tallies: &[(String, i64, u64)]) -> Vec<CollectionCount> {
    let mut counts: Vec<CollectionCount> = Vec::new();
    for (name, _, number) in tallies {
        match (counts.last_mut(), Nsid::parse(name)) {
            (Some(last), _) if last.collection.as_str() == name => last.records += number,
            (_, Ok(collection)) => counts.push(CollectionCount { collection, records: *number }),
            (_, Err(_)) => {}
        }
    }
    counts
}

fn desynchronized(db: &Connection) -> Result<Vec<DesynchronizedAccount>, IndexError> {
    let sql = "SELECT did, reason, attempts, retry_at FROM account WHERE state <> 1 ORDER BY id DESC LIMIT ?1";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([SHOWN])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        let next: Option<i64> = row.get("retry_at")?;
        accounts.push(DesynchronizedAccount {
            did: store::did(row, "did")?,
            reason: row.get("reason")?,
            attempts: count(row.get("attempts")?),
            next_attempt_at: next.map(time::datetime),
        });
    }
    Ok(accounts)
}
