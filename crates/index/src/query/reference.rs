//! What a reference between two records is to: the version that stands, an earlier one, or none known.

use std::collections::HashMap;

use hypercerts_lexicon::Cid;
use hypercerts_records::diff;
use rusqlite::Connection;

use super::edges::{Edge, Near};
use super::rows::Found;
use crate::error::IndexError;
use crate::store::history::{self, Version};
use crate::view::{Change, Direction, RecordView, Reference};

/// Tells references apart, and remembers what it compared.
pub(super) struct References<'a> {
    db: &'a Connection,
    told: HashMap<(i64, Cid), Reference>,
}

impl<'a> References<'a> {
    pub(super) fn new(db: &'a Connection) -> Self {
        Self { db, told: HashMap::new() }
    }

    /// Compares the versions that an edge names with the one that stands. Current wins: a record that names
    /// the current version anywhere knows it.
    pub(super) fn of(
        &mut self,
        edge: &Edge,
        other: Option<&Found>,
        near: Near<'_>,
    ) -> Result<Reference, IndexError> {
        let named = edge.versions.iter().flatten().next().copied();
        let (id, record) = match (edge.direction, other) {
            (Direction::PointsHere, _) => (near.id, near.view),
            (Direction::PointedAt, Some(found)) => (found.id, &found.view),
            (Direction::PointedAt, None) => return Ok(Reference::Missing { referenced: named }),
        };
        match named {
            None => Ok(Reference::Unpinned),
            Some(_) if edge.versions.contains(&Some(record.cid)) => Ok(Reference::Current),
            Some(referenced) => self.another_version(id, record, referenced),
        }
    }

    /// A reference to another version than the one that stands.
    fn another_version(
        &mut self,
        id: i64,
        record: &RecordView,
        referenced: Cid,
    ) -> Result<Reference, IndexError> {
        if let Some(told) = self.told.get(&(id, referenced)) {
            return Ok(told.clone());
        }
        let current = record.cid;
        let changes = |earlier| diff(&earlier, &record.value).into_iter().map(Change::from);
        let told = match history::version(self.db, id, &referenced)? {
            None => Reference::NeverSeen { referenced, current },
            Some(Version::Dropped) => Reference::Stale { referenced, current, changes: None },
            Some(Version::Kept(earlier)) => {
                let changes = Some(changes(earlier).collect());
                Reference::Stale { referenced, current, changes }
            }
        };
        self.told.insert((id, referenced), told.clone());
        Ok(told)
    }
}
