//! Finds the circle of a stored claim: its contributors and its funders.

use hypercerts_lexicon::{AtUri, Did, Value};
use hypercerts_records::nsid;
use rusqlite::{Connection, params};

use super::claim::{contributors, field};
use super::rows;
use crate::error::IndexError;
use crate::independence::Circle;
use crate::store;
use crate::view::RecordView;

/// How many contributors of one claim are looked up.
const CONTRIBUTORS: usize = 1_000;

/// How many receipts of one claim are looked at, those stored first.
const RECEIPTS: i64 = 10_000;

/// Those with a part in a claim. Of any other record the only one is its holder.
pub(super) fn circle(db: &Connection, record: &RecordView) -> Result<Circle, IndexError> {
    let mut circle = Circle::around(record.did.clone());
    if record.collection.as_str() == nsid::ACTIVITY {
        for entry in contributors(&record.value).iter().take(CONTRIBUTORS) {
            add_contributor(db, entry, &mut circle)?;
        }
        add_funders(db, &record.uri, &mut circle)?;
    }
    Ok(circle)
}

/// Whoever an entry names: by DID, or by a record, which speaks for its holder and names an identifier.
fn add_contributor(db: &Connection, entry: &Value, circle: &mut Circle) -> Result<(), IndexError> {
    let Some(who) = entry.get("contributorIdentity") else { return Ok(()) };
    let named = who.as_str().or_else(|| field(who, "identity"));
    if let Some(did) = named.and_then(|text| Did::parse(text).ok()) {
        circle.add_contributor(did);
    }
    let Some(uri) = field(who, "uri").and_then(|uri| AtUri::parse(uri).ok()) else {
        return Ok(());
    };
    if uri.collection().is_none_or(|nsid| nsid.as_str() != nsid::CONTRIBUTOR_INFORMATION) {
        return Ok(());
    }
    if let Some(holder) = rows::did_of(db, &uri.authority())? {
        circle.add_contributor(holder);
    }
    let information = rows::by_uri(db, &uri)?;
    let identifier = information.as_ref().and_then(|found| field(&found.view.value, "identifier"));
    if let Some(did) = identifier.and_then(|text| Did::parse(text).ok()) {
        circle.add_contributor(did);
    }
    Ok(())
}

fn add_funders(db: &Connection, claim: &AtUri, circle: &mut Circle) -> Result<(), IndexError> {
    let sql = "SELECT DISTINCT p.did AS payer, a.did FROM link l JOIN payer p ON p.record = l.record \
               JOIN record r ON r.id = l.record JOIN account a ON a.id = r.account AND a.status = 'active' AND a.rev IS NOT NULL \
               WHERE l.target = ?1 LIMIT ?2";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(params![claim.as_str(), RECEIPTS])?;
    while let Some(row) = rows.next()? {
        circle.add_receipt(store::did(row, "payer")?, &store::did(row, "did")?);
    }
    Ok(())
}
