//! The records at hand, to look others up in.

use std::collections::HashMap;

use hypercerts_lexicon::{AtUri, Cid};
use hypercerts_records::scope::Records;
use hypercerts_records::{Reading, Record, StrongRef};

use super::source::Given;

/// Records by their address, in today's terms.
#[derive(Default)]
pub(super) struct Shelf {
    records: HashMap<AtUri, (Option<Cid>, Record)>,
}

impl Shelf {
    /// All that have an address and can be read.
    pub(super) fn of<'g>(given: impl Iterator<Item = &'g Given>) -> Self {
        let read = |given: &Given| {
            let record = Reading::of(&given.collection, &given.value).ok()?.record;
            Some((given.uri.clone()?, (given.cid, record)))
        };
        Self { records: given.filter_map(read).collect() }
    }

    pub(super) fn get(&self, uri: &AtUri) -> Option<&Record> {
        self.records.get(uri).map(|(_, record)| record)
    }

    /// The version that stands, of a record that is here.
    pub(super) fn version(&self, uri: &AtUri) -> Option<Cid> {
        self.records.get(uri).and_then(|(cid, _)| *cid)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&AtUri, &Record)> {
        self.records.iter().map(|(uri, (_, record))| (uri, record))
    }
}

impl Records for Shelf {
    fn record(&self, reference: &StrongRef) -> Option<Record> {
        self.get(reference.uri()).cloned()
    }
}
