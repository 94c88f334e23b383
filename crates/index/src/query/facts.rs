//! What is kept of a record besides its bytes, so that lists and counts need not read it again.

use hypercerts_lexicon::{Did, Nsid, Value};
use hypercerts_records::{Record, nsid};

use super::claim::{contributors, field, moment, work_scope};
use crate::store::facts::{ClaimText, Facts, Period};
use crate::today::Today;

/// More text than this is not searched for, in bytes.
const SEARCHED: usize = 20_000;

/// Reads the facts of a record.
pub(crate) fn facts(today: &Today<'_>) -> Facts {
    let value = today.value();
    match today.kind.as_str() {
        nsid::ACTIVITY => Facts::Claim { text: text(value), period: period(value) },
        nsid::LOCATION => field(value, "name")
            .map_or(Facts::None, |name| Facts::Place { name: bounded([name].into_iter()) }),
        nsid::RECEIPT => payer(&today.kind, value).map_or(Facts::None, Facts::Receipt),
        _ => Facts::None,
    }
}

/// What a search finds a claim by.
fn text(claim: &Value) -> ClaimText {
    let description = claim.get("description");
    let long = description.and_then(|text| text.as_str().or_else(|| field(text, "value")));
    let summary = [field(claim, "shortDescription"), long];
    let names = contributors(claim).iter().filter_map(|entry| {
        let identity = entry.get("contributorIdentity")?;
        identity.as_str().or_else(|| field(identity, "identity"))
    });
    ClaimText {
        title: bounded(field(claim, "title").into_iter()),
        summary: bounded(summary.into_iter().flatten()),
        names: bounded(names),
        scope: bounded(work_scope(claim).into_iter()),
    }
}

/// The time of the work; a side that the claim leaves open is open.
fn period(claim: &Value) -> Period {
    let micros = |name| moment(claim, name).map(|moment| moment.unix_micros());
    Period {
        start: micros("startDate").unwrap_or(i64::MIN),
        end: micros("endDate").unwrap_or(i64::MAX),
    }
}

fn payer(kind: &Nsid, receipt: &Value) -> Option<Did> {
    match Record::read(kind, receipt).ok()? {
        Record::Receipt(receipt) => receipt.from.as_ref()?.account(),
        _ => None,
    }
}

fn bounded<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for part in parts {
        let room = SEARCHED.saturating_sub(all.len());
        let end = part.floor_char_boundary(room.min(part.len()));
        all.push_str(&part[..end]);
        all.push('\n');
    }
    all
}
