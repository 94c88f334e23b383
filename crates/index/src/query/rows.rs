//! Stored records read back as views.

use hypercerts_lexicon::{AtIdentifier, AtUri, Did, Value, drisl};
use hypercerts_records::Edition;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::findings;
use crate::error::IndexError;
use crate::store::records::Checked;
use crate::store::{self, accounts, term_id};
use crate::time;
use crate::today::today;
use crate::view::{RecordView, Signed, Validity, Verification};

/// A stored record and its number.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub id: i64,
    pub view: RecordView,
    /// When its first version was stored, in microseconds since 1970.
    pub met_at: i64,
    /// The record in today's terms, when it is written in others.
    today: Option<Value>,
}

/// What every query that reads whole records selects, from `record r`.
pub(super) const RECORD: &str = "\
    SELECT r.id, a.did, c.text AS collection, n.text AS kind, r.rkey, r.cid, r.rev, r.commit_cid, k.text AS key, o.text AS origin, \
           r.created_at, r.met_at, r.indexed_at, r.sort_at, r.validity, r.violations, r.value \
    FROM record r JOIN account a ON a.id = r.account AND a.status = 'active' AND a.rev IS NOT NULL \
    JOIN term c ON c.id = r.collection JOIN term n ON n.id = r.kind JOIN term k ON k.id = r.key JOIN term o ON o.id = r.origin";

impl Found {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, IndexError> {
        let did = store::did(row, "did")?;
        let collection = store::nsid(row, "collection")?;
        let rkey = store::record_key(row, "rkey")?;
        let value = row.get_ref("value")?.as_blob().map_err(|_| IndexError::corrupt("a record"))?;
        let value = drisl::decode(value).map_err(|_| IndexError::corrupt("a record"))?;
        let today = today(&collection, &value);
        let edition = today.edition();
        let today = (edition != Edition::Current).then(|| today.value().clone());
        let created_at: Option<i64> = row.get("created_at")?;
        let view = RecordView {
            uri: AtUri::record(&did, &collection, &rkey),
            cid: store::cid(row, "cid")?,
            kind: store::nsid(row, "kind")?,
            edition,
            value,
            created_at: created_at.map(time::datetime),
            indexed_at: time::datetime(row.get("indexed_at")?),
            validity: validity(row)?,
            findings: Vec::new(),
            verification: verification(row, &did)?,
            attestations: Vec::new(),
            did,
            collection,
            rkey,
        };
        Ok(Self { id: row.get("id")?, view, met_at: row.get("met_at")?, today })
    }

    /// The view, with what is noticed about the record.
    pub(super) fn told(mut self) -> RecordView {
        findings::note(&mut self.view);
        self.view
    }

    /// What the record says, in today's terms.
    pub(super) fn says(&self) -> &Value {
        self.today.as_ref().unwrap_or(&self.view.value)
    }

    /// Whether such records are called this today.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.view.kind.as_str() == kind
    }
}

fn verification(row: &Row<'_>, did: &Did) -> Result<Verification, IndexError> {
    Ok(Verification {
        signed: Signed {
            by: did.clone(),
            key: row.get("key")?,
            rev: store::tid(row, "rev")?,
            commit: store::cid(row, "commit_cid")?,
        },
        checked_at: time::datetime(row.get("indexed_at")?),
        source: row.get("origin")?,
    })
}

fn validity(row: &Row<'_>) -> Result<Validity, IndexError> {
    Ok(match row.get("validity")? {
        Checked::VALID => Validity::Valid,
        Checked::UNKNOWN => Validity::UnknownType,
        _ => {
            let text: Option<String> = row.get("violations")?;
            let violations = serde_json::from_str(&text.unwrap_or_default());
            Validity::Invalid {
                violations: violations.map_err(|_| IndexError::corrupt("a list of violations"))?,
            }
        }
    })
}

/// A visible record by its number.
pub(super) fn by_id(db: &Connection, id: i64) -> Result<Option<Found>, IndexError> {
    let mut query = db.prepare_cached(&format!("{RECORD} WHERE r.id = ?1"))?;
    let mut rows = query.query([id])?;
    rows.next()?.map(Found::read).transpose()
}

/// A visible record by its URI, whose authority may be a DID or a handle.
pub(super) fn by_uri(db: &Connection, uri: &AtUri) -> Result<Option<Found>, IndexError> {
    id_of(db, uri)?.map_or(Ok(None), |id| by_id(db, id))
}

/// The number of a visible record.
pub(super) fn id_of(db: &Connection, uri: &AtUri) -> Result<Option<i64>, IndexError> {
    let (Some(collection), Some(rkey)) = (uri.collection(), uri.rkey()) else { return Ok(None) };
    let Some(did) = did_of(db, &uri.authority())? else { return Ok(None) };
    let Some(collection) = term_id(db, collection.as_str())? else { return Ok(None) };
    let sql = "SELECT r.id FROM account a JOIN record r ON r.account = a.id \
               WHERE a.did = ?1 AND a.status = 'active' AND a.rev IS NOT NULL AND r.collection = ?2 AND r.rkey = ?3";
    let mut find = db.prepare_cached(sql)?;
    Ok(find
        .query_row(params![did.as_str(), collection, rkey.as_str()], |row| row.get(0))
        .optional()?)
}

/// The visible record of an account whose key is `self` and that is called `kind` today; if there are more,
/// the one of today's collection.
pub(super) fn own(db: &Connection, did: &Did, kind: &str) -> Result<Option<Found>, IndexError> {
    let Some(kind) = term_id(db, kind)? else { return Ok(None) };
    let sql = format!(
        "{RECORD} WHERE a.did = ?1 AND r.kind = ?2 AND r.rkey = 'self' ORDER BY r.collection <> r.kind LIMIT 1"
    );
    let mut query = db.prepare_cached(&sql)?;
    let mut rows = query.query(params![did.as_str(), kind])?;
    rows.next()?.map(Found::read).transpose()
}

/// The DID that an identifier stands for, as far as the index knows.
pub(super) fn did_of(db: &Connection, actor: &AtIdentifier) -> Result<Option<Did>, IndexError> {
    match actor {
        AtIdentifier::Did(did) => Ok(Some(did.clone())),
        AtIdentifier::Handle(handle) => {
            Ok(accounts::by_handle(db, handle)?.map(|account| account.did))
        }
    }
}
