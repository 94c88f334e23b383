//! Audit logs: all that a directory ever took for a DID, and the check that it took it rightly.

use std::collections::HashSet;

use hypercerts_lexicon::{Cid, Did};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{History, PlcData, PlcError, SignedOperation};
use crate::DidDocument;

/// The longest log that is checked. The public directory takes 100 operations a week and DID at most.
const MAX_ENTRIES: usize = 10_000;

/// One line of an audit log: an operation, and what the directory says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Whose operation it is.
    pub did: Did,
    /// The operation.
    pub operation: SignedOperation,
    /// The operation's CID.
    pub cid: Cid,
    /// Undone by a stronger key.
    pub nullified: bool,
    /// When the directory took it, to the millisecond.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

/// A log in which every operation was signed by a key in force and every nullification was rightful.
///
/// What a log cannot show is an operation the directory holds back, nor that its times are true.
#[derive(Debug, Clone)]
pub struct VerifiedLog {
    did: Did,
    entries: Vec<LogEntry>,
    state: PlcState,
}

/// What a DID's log leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlcState {
    /// The account's state.
    Active(PlcData),
    /// The DID has been given up.
    Tombstoned,
}

impl LogEntry {
    /// When the directory took it, as the directory writes it.
    pub fn created_at_text(&self) -> String {
        millis::text(self.created_at)
    }
}

impl VerifiedLog {
    /// Checks a log as the directory gives it: oldest first, nullified operations included.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn verify(did: &Did, entries: Vec<LogEntry>) -> Result<Self, PlcError> {
        if entries.len() > MAX_ENTRIES {
            return Err(PlcError::TooLong(MAX_ENTRIES));
        }
        let mut history = History::new(did.clone());
        let mut undone = HashSet::new();
        for entry in &entries {
            undone.extend(admit(&mut history, did, entry)?);
        }
        check_flags(&entries, &undone)?;
        let newest = history.last().ok_or(PlcError::Empty)?;
        let state = match newest.operation.operation().data() {
            Some(data) => PlcState::Active(data.into_owned()),
            None => PlcState::Tombstoned,
        };
        Ok(Self { did: did.clone(), entries, state })
    }

    /// Whose log it is.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// All entries, oldest first, nullified ones included.
    pub fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    /// The entries in force, oldest first.
    pub fn in_force(&self) -> impl DoubleEndedIterator<Item = &LogEntry> {
        self.entries.iter().filter(|entry| !entry.nullified)
    }

    /// The newest entry in force: what the next operation builds on.
    pub fn head(&self) -> &LogEntry {
        self.in_force().next_back().expect("invariant: a verified log has an operation in force")
    }

    /// What the log leads to.
    pub fn state(&self) -> &PlcState {
        &self.state
    }

    /// The account's state, unless it has been given up.
    pub fn data(&self) -> Option<&PlcData> {
        match &self.state {
            PlcState::Active(data) => Some(data),
            PlcState::Tombstoned => None,
        }
    }

    /// The DID document the log leads to.
    pub fn document(&self) -> Option<DidDocument> {
        self.data().map(|data| data.document(&self.did))
    }
}

fn admit(history: &mut History, did: &Did, entry: &LogEntry) -> Result<Vec<Cid>, PlcError> {
    if entry.did != *did {
        return Err(PlcError::MixedDids { expected: did.clone(), found: entry.did.clone() });
    }
    let actual = entry.operation.cid();
    if entry.cid != actual {
        return Err(PlcError::WrongCid { claimed: entry.cid, actual });
    }
    history.admit(entry.operation.clone(), actual, entry.created_at)
}

fn check_flags(entries: &[LogEntry], undone: &HashSet<Cid>) -> Result<(), PlcError> {
    match entries.iter().find(|entry| entry.nullified != undone.contains(&entry.cid)) {
        Some(wrong) => Err(PlcError::WrongNullified(wrong.cid)),
        None => Ok(()),
    }
}

/// Times as the directory writes them: RFC 3339, in UTC, with three digits of a second's fraction.
pub(crate) mod millis {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn text(at: Timestamp) -> String {
        at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    pub(super) fn serialize<S: Serializer>(
        at: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(*at))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
