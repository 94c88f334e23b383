//! Lists of claims, newest first.
//!
//! A claim's place is the moment it says it was made, or the moment it was met if that is earlier; so a
//! date in the future wins nothing.

use std::fmt;
use std::str::FromStr;

use hypercerts_lexicon::{AtIdentifier, Datetime};
use rusqlite::Connection;

use super::actors::Actors;
use super::claim::{field, moment};
use super::conditions::Conditions;
use super::counts::counts;
use super::rows::Found;
use super::scope;
use crate::error::IndexError;
use crate::view::{Page, Summary};

/// The most claims on one page.
const MAX_LIMIT: usize = 100;

/// Which claims to list.
///
/// All conditions that are given must hold.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// How many, between 1 and 100; what lies outside is taken as the nearest of them.
    pub limit: usize,
    pub cursor: Option<Cursor>,
    /// Only those in this account's repository.
    pub author: Option<AtIdentifier>,
    /// Only those that contain all of these words, or words that begin with them.
    pub q: Option<String>,
    /// Only those that somebody, or nobody, evaluated.
    pub evaluated: Option<bool>,
    /// Only those with, or without, a receipt.
    pub funded: Option<bool>,
    /// Only work that went on at this moment or later. What gives no dates fits every time.
    pub from: Option<Datetime>,
    /// Only work that went on at this moment or earlier.
    pub until: Option<Datetime>,
    /// Only those whose scope of work contains all of these words, or words that begin with them.
    pub scope: Option<String>,
    /// The same for the name of one of its places.
    pub place: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            limit: 50,
            cursor: None,
            author: None,
            q: None,
            evaluated: None,
            funded: None,
            from: None,
            until: None,
            scope: None,
            place: None,
        }
    }
}

/// A place in a list; opaque to whoever receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(super) sort_at: i64,
    pub(super) id: i64,
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

/// A claim as a list shows it.
pub(super) fn summary(
    db: &Connection,
    actors: &mut Actors<'_>,
    found: &Found,
) -> Result<Summary, IndexError> {
    let (view, claim) = (found.view.clone(), found.says());
    Ok(Summary {
        author: actors.brief(&view.did)?,
        title: field(claim, "title").unwrap_or_default().to_owned(),
        short_description: field(claim, "shortDescription").map(str::to_owned),
        work_scope: scope::in_short(db, found),
        start_date: moment(claim, "startDate"),
        end_date: moment(claim, "endDate"),
        counts: counts(db, found)?,
        uri: view.uri,
        cid: view.cid,
        created_at: view.created_at,
        indexed_at: view.indexed_at,
        edition: view.edition,
        validity: view.validity,
        verification: view.verification,
    })
}
