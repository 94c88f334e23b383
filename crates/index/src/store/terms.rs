//! Texts that are stored once: collections, keys and origins.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use crate::error::IndexError;

/// The numbers of terms seen lately, so that most are found without asking the database.
///
/// A transaction that is rolled back takes the terms it created with it: call [`Terms::forget`] then.
#[derive(Default)]
pub(crate) struct Terms(HashMap<String, i64>);

/// More than any honest mix of collections, keys and hosts needs between two clearings.
const REMEMBERED: usize = 20_000;

impl Terms {
    /// The number of a term; a new one is stored.
    pub(crate) fn intern(&mut self, db: &Connection, text: &str) -> Result<i64, IndexError> {
        if let Some(id) = self.0.get(text) {
            return Ok(*id);
        }
        let id = match term_id(db, text)? {
            Some(id) => id,
            None => {
                db.prepare_cached("INSERT INTO term (text) VALUES (?1)")?.execute([text])?;
                db.last_insert_rowid()
            }
        };
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(text.to_owned(), id);
        Ok(id)
    }

    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

/// The number of a term, if it is stored.
pub(crate) fn term_id(db: &Connection, text: &str) -> Result<Option<i64>, IndexError> {
    let mut find = db.prepare_cached("SELECT id FROM term WHERE text = ?1")?;
    Ok(find.query_row([text], |row| row.get(0)).optional()?)
}
