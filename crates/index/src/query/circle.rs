//! Finds the circle of a stored claim: its contributors and its funders.

use hypercerts_lexicon::{AtUri, Did, Value};
use hypercerts_records::nsid;
use rusqlite::{Connection, params};

use super::claim::{contributors, field};
use super::kind::Kind;
use super::rows::{self, Found};
use crate::error::IndexError;
use crate::independence::Circle;
use crate::store;

/// How many contributors of one claim are looked up.
const CONTRIBUTORS: usize = 1_000;

/// How many receipts of one claim are looked at, those stored first.
const RECEIPTS: i64 = 10_000;

/// Those with a part in a claim. Of any other record the only one is its holder.
pub(super) fn circle(db: &Connection, record: &Found) -> Result<Circle, IndexError> {
    let mut circle = Circle::around(record.view.did.clone());
    if record.is(nsid::ACTIVITY) {
        for entry in contributors(record.says()).iter().take(CONTRIBUTORS) {
            add_contributor(db, entry, &mut circle)?;
        }
        add_funders(db, &record.view.uri, &mut circle)?;
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
    let information = rows::by_uri(db, &uri)?;
    let kind =
        information.as_ref().map_or_else(|| Kind::at(&uri), |found| Kind::of(&found.view.kind));
    if kind != Kind::ContributorInformation {
        return Ok(());
    }
    if let Some(holder) = rows::did_of(db, &uri.authority())? {
        circle.add_contributor(holder);
    }
    let identifier = information.as_ref().and_then(|found| field(found.says(), "identifier"));
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
