//! What is kept of some records besides their bytes: the words and the time of a claim, the name of a
//! place, the payer of a receipt. All of it can be read from the record again.

use hypercerts_lexicon::Did;
use rusqlite::{Connection, params};

use crate::error::IndexError;

/// The facts of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Facts {
    None,
    Claim {
        text: ClaimText,
        period: Period,
    },
    Place {
        name: String,
    },
    /// The payer, when it is an account.
    Receipt(Did),
}

/// What a search finds a claim by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClaimText {
    pub title: String,
    pub summary: String,
    pub names: String,
    pub scope: String,
}

/// The time of the work in microseconds since 1970, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub start: i64,
    pub end: i64,
}

/// Stores the facts of a record that has none stored.
pub(super) fn write(db: &Connection, record: i64, facts: &Facts) -> Result<(), IndexError> {
    match facts {
        Facts::None => Ok(()),
        Facts::Claim { text, period } => {
            write_text(db, record, text)?;
            let sql = "INSERT INTO period (record, start_at, end_at) VALUES (?1, ?2, ?3)";
            db.prepare_cached(sql)?.execute([record, period.start, period.end])?;
            Ok(())
        }
        Facts::Place { name } => {
            let sql = "INSERT INTO place_text (rowid, name) VALUES (?1, ?2)";
            db.prepare_cached(sql)?.execute(params![record, name])?;
            Ok(())
        }
        Facts::Receipt(payer) => {
            let sql = "INSERT INTO payer (record, did) VALUES (?1, ?2)";
            db.prepare_cached(sql)?.execute(params![record, payer.as_str()])?;
            Ok(())
        }
    }
}

fn write_text(db: &Connection, record: i64, text: &ClaimText) -> Result<(), IndexError> {
    let sql =
        "INSERT INTO claim_text (rowid, title, summary, names, scope) VALUES (?1, ?2, ?3, ?4, ?5)";
    let ClaimText { title, summary, names, scope } = text;
    db.prepare_cached(sql)?.execute(params![record, title, summary, names, scope])?;
    Ok(())
}

/// Removes the facts of a record.
pub(super) fn erase(db: &Connection, record: i64) -> Result<(), IndexError> {
    for sql in [
        "DELETE FROM claim_text WHERE rowid = ?1",
        "DELETE FROM period WHERE record = ?1",
        "DELETE FROM place_text WHERE rowid = ?1",
        "DELETE FROM payer WHERE record = ?1",
    ] {
        db.prepare_cached(sql)?.execute([record])?;
    }
    Ok(())
}
