//! Lists of claims, newest first.
//!
//! A claim's place is the moment it says it was made, or the moment it was met if that is earlier; so a
//! date in the future wins nothing.

use std::fmt;
use std::str::FromStr;

use hypercerts_lexicon::AtIdentifier;
use hypercerts_records::nsid;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use super::actors::Actors;
use super::claim::{field, moment, work_scope};
use super::counts::counts;
use super::rows::{Found, RECORD, did_of};
use crate::error::IndexError;
use crate::store::{accounts, term_id};
use crate::view::{Page, Summary};

/// The most claims on one page.
const MAX_LIMIT: usize = 100;

/// The most words of a search that are looked for.
const MAX_WORDS: usize = 16;

/// Which claims to list.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// How many, between 1 and 100; what lies outside is taken as the nearest of them.
    pub limit: usize,
    pub cursor: Option<Cursor>,
    /// Only those in this account's repository.
    pub author: Option<AtIdentifier>,
    /// Only those that contain all of these words, or words that begin with them.
    pub q: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { limit: 50, cursor: None, author: None, q: None }
    }
}

/// A place in a list; opaque to whoever receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    sort_at: i64,
    id: i64,
}

/// A cursor that this index did not give out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this index gave out; leave it away to start at the newest")]
pub struct CursorError;

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (sort_at, id) = text.split_once('.').ok_or(CursorError)?;
        let number = |text: &str| text.parse().map_err(|_| CursorError);
        Ok(Self { sort_at: number(sort_at)?, id: number(id)? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sort_at, self.id)
    }
}

/// The claims that a query asks for.
pub(crate) fn list(db: &Connection, query: &ListQuery) -> Result<Page<Summary>, IndexError> {
    let limit = query.limit.clamp(1, MAX_LIMIT);
    let Some(conditions) = Conditions::of(db, query)? else {
        return Ok(Page { items: Vec::new(), cursor: None });
    };
    let mut places = conditions.run(db, limit + 1)?;
    let more = places.len() > limit;
    places.truncate(limit);
    let cursor = places.last().filter(|_| more).map(|(cursor, _)| cursor.to_string());
    let mut actors = Actors::new(db);
    let items = places.iter().map(|(_, found)| summary(db, &mut actors, found));
    Ok(Page { items: items.collect::<Result<_, _>>()?, cursor })
}

/// The conditions of a query, as SQL and its parameters.
struct Conditions {
    sql: String,
    parameters: Vec<Sql>,
}

impl Conditions {
    /// `None` when nothing can match.
    fn of(db: &Connection, query: &ListQuery) -> Result<Option<Self>, IndexError> {
        let Some(collection) = term_id(db, nsid::ACTIVITY)? else { return Ok(None) };
        let mut conditions =
            Self { sql: String::from("r.collection = ?"), parameters: vec![collection.into()] };
        if let Some(author) = &query.author {
            let Some(account) = account_of(db, author)? else { return Ok(None) };
            conditions.and("r.account = ?", [account.into()]);
        }
        if let Some(cursor) = &query.cursor {
            conditions.and("(r.sort_at, r.id) < (?, ?)", [cursor.sort_at.into(), cursor.id.into()]);
        }
        if let Some(q) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
            let Some(words) = search_expression(q) else { return Ok(None) };
            let sql = "r.id IN (SELECT rowid FROM claim_text WHERE claim_text MATCH ?)";
            conditions.and(sql, [words.into()]);
        }
        Ok(Some(conditions))
    }

    fn and<const N: usize>(&mut self, sql: &str, parameters: [Sql; N]) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.parameters.extend(parameters);
    }

    fn run(&self, db: &Connection, limit: usize) -> Result<Vec<(Cursor, Found)>, IndexError> {
        let conditions = &self.sql;
        let sql =
            format!("{RECORD} WHERE {conditions} ORDER BY r.sort_at DESC, r.id DESC LIMIT {limit}");
        let mut query = db.prepare_cached(&sql)?;
        let mut rows = query.query(params_from_iter(&self.parameters))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let record = Found::read(row)?;
            found.push((Cursor { sort_at: row.get("sort_at")?, id: record.id }, record));
        }
        Ok(found)
    }
}

fn account_of(db: &Connection, actor: &AtIdentifier) -> Result<Option<i64>, IndexError> {
    let Some(did) = did_of(db, actor)? else { return Ok(None) };
    Ok(accounts::load(db, &did)?.map(|account| account.id))
}

/// A search in the index's words: each quoted, so that nothing in it is an operator, and open at its end.
fn search_expression(q: &str) -> Option<String> {
    let words = q.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let quoted: Vec<String> = words.take(MAX_WORDS).map(|word| format!("\"{word}\"*")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}

/// A claim as a list shows it.
pub(super) fn summary(
    db: &Connection,
    actors: &mut Actors<'_>,
    found: &Found,
) -> Result<Summary, IndexError> {
    let view = found.view.clone();
    let claim = &view.value;
    Ok(Summary {
        author: actors.brief(&view.did)?,
        title: field(claim, "title").unwrap_or_default().to_owned(),
        short_description: field(claim, "shortDescription").map(str::to_owned),
        work_scope: work_scope(claim).map(str::to_owned),
        start_date: moment(claim, "startDate"),
        end_date: moment(claim, "endDate"),
        counts: counts(db, found)?,
        uri: view.uri,
        cid: view.cid,
        created_at: view.created_at,
        indexed_at: view.indexed_at,
        validity: view.validity,
        verification: view.verification,
    })
}
