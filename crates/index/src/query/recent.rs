//! The claims that were evaluated last.

use std::collections::HashSet;

use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;
use rusqlite::{Connection, params};

use super::actors::Actors;
use super::list::summary;
use super::rows::{self, Found};
use crate::error::IndexError;
use crate::store::records::Checked;
use crate::store::term_id;
use crate::view::Summary;

/// The most claims that are told.
const MAX_LIMIT: usize = 50;

/// How many links of the newest evaluations are followed.
const FOLLOWED: i64 = 1_000;

/// At most `limit` claims, in the order of the newest evaluation of each that does not break its schema.
pub(crate) fn recently_evaluated(
    db: &Connection,
    limit: usize,
) -> Result<Vec<Summary>, IndexError> {
    let mut actors = Actors::new(db);
    let mut seen = HashSet::new();
    let mut claims = Vec::new();
    for subject in subjects(db)? {
        if claims.len() >= limit.min(MAX_LIMIT) {
            break;
        }
        if let Some(found) = claim(db, &subject)?.filter(|found| seen.insert(found.id)) {
            claims.push(summary(db, &mut actors, &found)?);
        }
    }
    Ok(claims)
}

/// What the newest evaluations point at, newest first; some of it more than once, and not only claims.
fn subjects(db: &Connection) -> Result<Vec<AtUri>, IndexError> {
    let Some(evaluation) = term_id(db, nsid::EVALUATION)? else { return Ok(Vec::new()) };
    let sql = "SELECT l.target FROM record r JOIN account a ON a.id = r.account AND a.status = 'active' AND a.rev IS NOT NULL \
               JOIN link l ON l.record = r.id WHERE r.kind = ?1 AND r.validity <> ?2 \
               ORDER BY r.sort_at DESC, r.id DESC, l.id LIMIT ?3";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(params![evaluation, Checked::INVALID, FOLLOWED])?;
    let mut subjects = Vec::new();
    while let Some(row) = rows.next()? {
        let uri = AtUri::parse(row.get_ref(0)?.as_str().unwrap_or_default());
        let uri = uri.map_err(|_| IndexError::corrupt("a link"))?;
        subjects.push(uri);
    }
    Ok(subjects)
}

/// The record at `uri`, if it is a claim.
fn claim(db: &Connection, uri: &AtUri) -> Result<Option<Found>, IndexError> {
    Ok(rows::by_uri(db, uri)?.filter(|found| found.is(nsid::ACTIVITY)))
}
