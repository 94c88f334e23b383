//! How many records speak about a claim, without reading them.

use hypercerts_records::nsid;
use rusqlite::{Connection, params};

use super::circle::circle;
use super::kind::Kind;
use super::rows::Found;
use crate::error::IndexError;
use crate::store::records::Checked;
use crate::store::{self, count, term_id};
use crate::view::RelatedCounts;

/// How many links to one claim are counted.
const COUNTED: i64 = 10_000;

/// The records that point at a claim and do not break their schema.
const POINTING: &str = "(SELECT DISTINCT record FROM link WHERE target = ?1 LIMIT ?2) l \
    JOIN record r ON r.id = l.record AND r.validity <> ?3 \
    JOIN account a ON a.id = r.account AND a.status = 'active' AND a.rev IS NOT NULL";

/// Counts what points at a claim.
pub(super) fn counts(db: &Connection, claim: &Found) -> Result<RelatedCounts, IndexError> {
    let sql =
        format!("SELECT c.text, count(*) FROM {POINTING} JOIN term c ON c.id = r.kind GROUP BY 1");
    let mut query = db.prepare_cached(&sql)?;
    let mut rows = query.query(params![claim.view.uri.as_str(), COUNTED, Checked::INVALID])?;
    let mut counts = RelatedCounts::default();
    while let Some(row) = rows.next()? {
        let kind = Kind::named(row.get_ref(0)?.as_str().unwrap_or_default());
        add(&mut counts, kind, count(row.get(1)?));
    }
    if counts.evaluations > 0 {
        counts.independent_evaluations = independent(db, claim)?;
    }
    Ok(counts)
}

fn add(counts: &mut RelatedCounts, kind: Kind, number: u64) {
    let counter = match kind {
        Kind::Attachment => &mut counts.attachments,
        Kind::Measurement => &mut counts.measurements,
        Kind::Evaluation => &mut counts.evaluations,
        Kind::Receipt => &mut counts.receipts,
        Kind::Acknowledgement => &mut counts.acknowledgements,
        _ => return,
    };
    *counter += number;
}

/// How many of the evaluations are by somebody without a part in the claim.
fn independent(db: &Connection, claim: &Found) -> Result<u64, IndexError> {
    let Some(evaluation) = term_id(db, nsid::EVALUATION)? else { return Ok(0) };
    let circle = circle(db, claim)?;
    let sql = format!(
        "SELECT a.did, count(*) AS evaluations FROM {POINTING} WHERE r.kind = ?4 GROUP BY r.account"
    );
    let mut query = db.prepare_cached(&sql)?;
    let uri = claim.view.uri.as_str();
    let mut rows = query.query(params![uri, COUNTED, Checked::INVALID, evaluation])?;
    let mut independent = 0;
    while let Some(row) = rows.next()? {
        if circle.standing(&store::did(row, "did")?).is_independent() {
            independent += count(row.get("evaluations")?);
        }
    }
    Ok(independent)
}
