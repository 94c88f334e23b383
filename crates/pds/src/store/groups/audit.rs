//! What was done in a group and what was refused.

use hypercerts_lexicon::Did;
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::time;
use crate::store::{AccountId, execute, parsed};

/// A line to be added to the log.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    pub actor: &'a Did,
    pub action: &'a str,
    /// The person it was done to.
    pub target: Option<&'a Did>,
    /// The record it was done to, by collection and key.
    pub record: Option<(&'a str, &'a str)>,
    pub permitted: bool,
    /// JSON.
    pub detail: String,
}

pub fn append(
    connection: &Connection,
    group: AccountId,
    entry: &NewEntry<'_>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO group_audit
                   (account, time, actor, action, target, collection, rkey, permitted, detail)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = (
        group.0,
        now.as_microsecond(),
        entry.actor.as_str(),
        entry.action,
        entry.target.map(Did::as_str),
        entry.record.map(|(collection, _)| collection),
        entry.record.map(|(_, rkey)| rkey),
        entry.permitted,
        &entry.detail,
    );
    execute(connection, sql, row).map(drop)
}

/// A line of the log.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: i64,
    pub time: Timestamp,
    pub actor: Did,
    pub action: String,
    pub target: Option<Did>,
    pub collection: Option<String>,
    pub rkey: Option<String>,
    pub permitted: bool,
    /// JSON.
    pub detail: String,
}

/// Which lines are asked for; newest first.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Older than this line.
    pub before: Option<i64>,
    pub actor: Option<Did>,
    pub target: Option<Did>,
    pub action: Option<String>,
    pub collection: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// The conditions with their values, beginning with the group.
    fn conditions(&self, group: AccountId) -> (String, Vec<Value>) {
        let text = |value: &str| Value::from(value.to_owned());
        let micros = |time: Timestamp| Value::from(time.as_microsecond());
        let wanted = [
            ("id <", self.before.map(Value::from)),
            ("actor =", self.actor.as_ref().map(|did| text(did.as_str()))),
            ("target =", self.target.as_ref().map(|did| text(did.as_str()))),
            ("action =", self.action.as_deref().map(text)),
            ("collection =", self.collection.as_deref().map(text)),
            ("time >=", self.since.map(micros)),
            ("time <", self.until.map(micros)),
        ];
        let (mut sql, mut values) = ("account = ?".to_owned(), vec![Value::from(group.0)]);
        for (condition, value) in wanted {
            if let Some(value) = value {
                sql.push_str(&format!(" AND {condition} ?"));
                values.push(value);
            }
        }
        (sql, values)
    }
}

pub fn list(
    connection: &Connection,
    group: AccountId,
    filter: &Filter,
    limit: u32,
) -> rusqlite::Result<Vec<Entry>> {
    let (conditions, mut values) = filter.conditions(group);
    values.push(Value::from(limit));
    let sql = format!(
        "SELECT id, time, actor, action, target, collection, rkey, permitted, detail
         FROM group_audit WHERE {conditions} ORDER BY id DESC LIMIT ?"
    );
    // Not one of the few statements that are worth keeping prepared.
    connection.prepare(&sql)?.query_map(params_from_iter(values), entry)?.collect()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let target: Option<String> = row.get(4)?;
    Ok(Entry {
        id: row.get(0)?,
        time: time(row, 1)?,
        actor: parsed(row, 2)?,
        action: row.get(3)?,
        target: target.map(|_| parsed(row, 4)).transpose()?,
        collection: row.get(5)?,
        rkey: row.get(6)?,
        permitted: row.get(7)?,
        detail: row.get(8)?,
    })
}
