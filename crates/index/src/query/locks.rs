//! The locks of a claim, each with what is not part of what it locked.

use std::collections::HashMap;

use hypercerts_lexicon::{AtUri, Value};
use hypercerts_records::nsid;

use crate::view::{Group, Later, LaterWhat, Lock, RecordView, Related};

/// Makes lock records into locks. `tied` holds the other records tied to the claim, `met` when each was
/// first stored, in microseconds since 1970.
pub(super) fn locks(
    records: Group<Related>,
    tied: &[&Related],
    met: &HashMap<AtUri, i64>,
) -> Group<Lock> {
    let lock = |lock: Related| {
        let record = lock.record.as_ref();
        let bundle = record.and_then(|record| record.value.get("bundle")).and_then(Value::as_link);
        let later = record.map_or_else(Vec::new, |record| later(record, tied, met));
        Lock { bundle, later: Group::complete(later), lock }
    };
    Group { total: records.total, items: records.items.into_iter().map(lock).collect() }
}

/// The tied records that came or changed after the lock, as it stands, was stored.
fn later(lock: &RecordView, tied: &[&Related], met: &HashMap<AtUri, i64>) -> Vec<Later> {
    let locked_at = lock.indexed_at.unix_micros();
    let what = |record: &RecordView| {
        if record.kind.as_str() == nsid::CLAIM_LOCK {
            return None;
        }
        if met.get(&record.uri).is_some_and(|met| *met > locked_at) {
            return Some(LaterWhat::Came);
        }
        (record.indexed_at.unix_micros() > locked_at).then_some(LaterWhat::Changed)
    };
    let records = tied.iter().filter_map(|related| related.record.as_ref());
    records
        .filter_map(|record| Some(Later { what: what(record)?, uri: record.uri.clone() }))
        .collect()
}
