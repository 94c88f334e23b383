//! An account: its profile, and what it claimed, evaluated and funded.

use hypercerts_lexicon::{AtIdentifier, Nsid};
use hypercerts_records::nsid;
use rusqlite::{Connection, params};

use super::actors::{Actors, organization, profile};
use super::edges::outward;
use super::kind::Kind;
use super::list::summary;
use super::rows::{self, Found, RECORD, did_of};
use crate::error::IndexError;
use crate::store::accounts::{self, Account, State};
use crate::store::{count, term_id};
use crate::view::{About, AccountStatus, ActorView, CollectionCount, Group, Summary, SyncState};

/// How many records of each sort are shown.
const SHOWN: i64 = 50;

/// An account by its DID or handle. Of an inactive one only its name and state are told.
pub(crate) fn actor(
    db: &Connection,
    actor: &AtIdentifier,
) -> Result<Option<ActorView>, IndexError> {
    let Some(did) = did_of(db, actor)? else { return Ok(None) };
    let Some(account) = accounts::load(db, &did)? else { return Ok(None) };
    let mut actors = Actors::new(db);
    Ok(Some(ActorView {
        actor: actors.brief(&did)?,
        profile: profile(db, &did)?.map(Found::told),
        organization: organization(db, &did)?.map(Found::told),
        claims: claims(db, &mut actors, account.id)?,
        evaluations: about(db, &mut actors, account.id, nsid::EVALUATION)?,
        receipts: about(db, &mut actors, account.id, nsid::RECEIPT)?,
        collections: collections(db, &account)?,
        sync: sync(&account),
        pds: account.pds,
        status: account.status,
        rev: account.head.map(|head| head.rev),
    }))
}

fn sync(account: &Account) -> SyncState {
    let reason = account.reason.clone();
    match account.state {
        State::Pending => SyncState::Pending { reason },
        State::Synchronized => SyncState::Synchronized,
        State::Desynchronized => SyncState::Desynchronized { reason },
    }
}

fn claims(
    db: &Connection,
    actors: &mut Actors<'_>,
    account: i64,
) -> Result<Group<Summary>, IndexError> {
    let (found, total) = newest(db, account, nsid::ACTIVITY)?;
    let items = found.iter().map(|found| summary(db, actors, found));
    Ok(Group { items: items.collect::<Result<_, _>>()?, total })
}

fn about(
    db: &Connection,
    actors: &mut Actors<'_>,
    account: i64,
    kind: &str,
) -> Result<Group<About>, IndexError> {
    let (found, total) = newest(db, account, kind)?;
    let items = found
        .into_iter()
        .map(|found| Ok(About { claim: claim_of(db, actors, &found)?, record: found.told() }));
    Ok(Group { items: items.collect::<Result<_, IndexError>>()?, total })
}

/// The first claim that a record points at.
fn claim_of(
    db: &Connection,
    actors: &mut Actors<'_>,
    record: &Found,
) -> Result<Option<Summary>, IndexError> {
    let edges = outward(db, record.id)?;
    let id = edges.iter().filter(|edge| edge.kind == Kind::Claim).find_map(|edge| edge.id);
    let claim = id.map_or(Ok(None), |id| rows::by_id(db, id))?;
    claim.map(|claim| summary(db, actors, &claim)).transpose()
}

/// The newest records of one kind, and how many there are.
fn newest(db: &Connection, account: i64, kind: &str) -> Result<(Vec<Found>, u64), IndexError> {
    let Some(kind) = term_id(db, kind)? else { return Ok((Vec::new(), 0)) };
    let filter = "WHERE r.account = ?1 AND r.kind = ?2";
    let sql = format!("{RECORD} {filter} ORDER BY r.sort_at DESC, r.id DESC LIMIT ?3");
    let mut query = db.prepare_cached(&sql)?;
    let mut rows = query.query(params![account, kind, SHOWN])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Found::read(row)?);
    }
    // Nothing is found of an account that is not active, and nothing is counted then either.
    let sql = "SELECT count(*) FROM record WHERE account = ?1 AND kind = ?2";
    let total = if found.is_empty() {
        0
    } else {
        count(db.prepare_cached(sql)?.query_row([account, kind], |row| row.get(0))?)
    };
    Ok((found, total))
}

fn collections(db: &Connection, account: &Account) -> Result<Vec<CollectionCount>, IndexError> {
    if account.status != AccountStatus::Active {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.text, count(*) FROM record r JOIN term c ON c.id = r.collection WHERE r.account = ?1 \
               GROUP BY r.collection ORDER BY c.text";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([account.id])?;
    let mut collections = Vec::new();
    while let Some(row) = rows.next()? {
        let collection = Nsid::parse(row.get_ref(0)?.as_str().unwrap_or_default())
            .map_err(|_| IndexError::corrupt("a collection name"))?;
        collections.push(CollectionCount { collection, records: count(row.get(1)?) });
    }
    Ok(collections)
}
