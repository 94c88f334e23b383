//! What a list asks for, as SQL: every condition is answered by an index or by one kept fact of a claim.

use hypercerts_lexicon::AtIdentifier;
use hypercerts_records::nsid;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use super::list::{Cursor, ListQuery};
use super::rows::{Found, RECORD, did_of};
use crate::error::IndexError;
use crate::store::records::Checked;
use crate::store::{accounts, term_id};

/// The most words of a search that are looked for.
const MAX_WORDS: usize = 16;

/// How many links to one claim are looked through.
const LINKS: i64 = 10_000;

/// How many places of a name are looked for.
const PLACES: i64 = 10_000;

/// Claims with a place whose name matches.
const NAMED_PLACE: &str = "r.id IN (SELECT l.record FROM (SELECT rowid FROM place_text WHERE place_text MATCH ? LIMIT ?) t \
    JOIN record p ON p.id = t.rowid JOIN account o ON o.id = p.account AND o.status = 'active' AND o.rev IS NOT NULL \
    JOIN term n ON n.id = p.collection \
    JOIN link l ON l.target = 'at://' || o.did || '/' || n.text || '/' || p.rkey)";

/// Claims that a record of a kind points at, which does not break its schema.
const POINTED_AT: &str = "EXISTS (SELECT 1 FROM \
    (SELECT record FROM link WHERE target = 'at://' || a.did || '/' || c.text || '/' || r.rkey LIMIT ?) l \
    JOIN record e ON e.id = l.record AND e.kind = ? AND e.validity <> ? \
    JOIN account h ON h.id = e.account AND h.status = 'active' AND h.rev IS NOT NULL)";

/// The conditions of a query, as SQL and its parameters.
pub(super) struct Conditions {
    sql: String,
    parameters: Vec<Sql>,
}

impl Conditions {
    /// `None` when nothing can match.
    pub(super) fn of(db: &Connection, query: &ListQuery) -> Result<Option<Self>, IndexError> {
        let Some(kind) = term_id(db, nsid::ACTIVITY)? else { return Ok(None) };
        let mut conditions =
            Self { sql: String::from("r.kind = ?"), parameters: vec![kind.into()] };
        if let Some(author) = &query.author {
            let Some(account) = account_of(db, author)? else { return Ok(None) };
            conditions.and("r.account = ?", [account.into()]);
        }
        if let Some(cursor) = &query.cursor {
            conditions.and("(r.sort_at, r.id) < (?, ?)", [cursor.sort_at.into(), cursor.id.into()]);
        }
        let can_match = conditions.add_words(query)
            && conditions.add_tie(db, nsid::EVALUATION, query.evaluated)?
            && conditions.add_tie(db, nsid::RECEIPT, query.funded)?;
        conditions.add_period(query);
        Ok(can_match.then_some(conditions))
    }

    fn and<const N: usize>(&mut self, sql: &str, parameters: [Sql; N]) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.parameters.extend(parameters);
    }

    /// What is asked for in words; false when something is asked for that holds no word.
    fn add_words(&mut self, query: &ListQuery) -> bool {
        const CLAIM: &str = "r.id IN (SELECT rowid FROM claim_text WHERE claim_text MATCH ?)";
        if let Some(q) = given(query.q.as_ref()) {
            let Some(words) = search_expression(q) else { return false };
            self.and(CLAIM, [words.into()]);
        }
        if let Some(scope) = given(query.scope.as_ref()) {
            let Some(words) = search_expression(scope) else { return false };
            self.and(CLAIM, [format!("scope : ({words})").into()]);
        }
        if let Some(place) = given(query.place.as_ref()) {
            let Some(words) = search_expression(place) else { return false };
            self.and(NAMED_PLACE, [words.into(), PLACES.into()]);
        }
        true
    }

    /// Whether a record of a kind points at the claim; false when that cannot be.
    fn add_tie(
        &mut self,
        db: &Connection,
        kind: &str,
        wanted: Option<bool>,
    ) -> Result<bool, IndexError> {
        let Some(wanted) = wanted else { return Ok(true) };
        let Some(kind) = term_id(db, kind)? else { return Ok(!wanted) };
        let sql = if wanted { POINTED_AT.to_owned() } else { format!("NOT {POINTED_AT}") };
        self.and(&sql, [LINKS.into(), kind.into(), Checked::INVALID.into()]);
        Ok(true)
    }

    fn add_period(&mut self, query: &ListQuery) {
        if query.from.is_none() && query.until.is_none() {
            return;
        }
        let from = query.from.as_ref().map_or(i64::MIN, |from| from.unix_micros());
        let until = query.until.as_ref().map_or(i64::MAX, |until| until.unix_micros());
        let sql = "EXISTS (SELECT 1 FROM period t WHERE t.record = r.id AND t.end_at >= ? AND t.start_at <= ?)";
        self.and(sql, [from.into(), until.into()]);
    }

    /// The first claims that fit, newest first, each with its place in the list.
    pub(super) fn run(
        &self,
        db: &Connection,
        limit: usize,
    ) -> Result<Vec<(Cursor, Found)>, IndexError> {
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

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn account_of(db: &Connection, actor: &AtIdentifier) -> Result<Option<i64>, IndexError> {
    let Some(did) = did_of(db, actor)? else { return Ok(None) };
    Ok(accounts::load(db, &did)?.map(|account| account.id))
}

/// A search in the index's words: each quoted, so that nothing in it is an operator, and open at its end.
pub(super) fn search_expression(q: &str) -> Option<String> {
    let words = q.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let quoted: Vec<String> = words.take(MAX_WORDS).map(|word| format!("\"{word}\"*")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}
