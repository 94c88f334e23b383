//! Accounts in one line, looked up once for each question.

use std::collections::HashMap;

use hypercerts_lexicon::{Did, Value};
use hypercerts_records::nsid;
use rusqlite::Connection;

use super::rows::{self, Found};
use crate::error::IndexError;
use crate::store::accounts;
use crate::view::ActorBrief;

/// Briefs already looked up.
pub(super) struct Actors<'a> {
    db: &'a Connection,
    known: HashMap<Did, ActorBrief>,
}

impl<'a> Actors<'a> {
    pub(super) fn new(db: &'a Connection) -> Self {
        Self { db, known: HashMap::new() }
    }

    /// Whoever a DID belongs to; an account the index has not met has neither handle nor name.
    pub(super) fn brief(&mut self, did: &Did) -> Result<ActorBrief, IndexError> {
        if let Some(brief) = self.known.get(did) {
            return Ok(brief.clone());
        }
        let account = accounts::load(self.db, did)?;
        let profile = profile(self.db, did)?;
        let brief = ActorBrief {
            did: did.clone(),
            handle: account.and_then(|account| account.handle),
            display_name: profile.and_then(|profile| display_name(profile.says())),
        };
        self.known.insert(did.clone(), brief.clone());
        Ok(brief)
    }
}

/// The profile record of an account.
pub(super) fn profile(db: &Connection, did: &Did) -> Result<Option<Found>, IndexError> {
    rows::own(db, did, nsid::PROFILE)
}

/// The organization record of an account.
pub(super) fn organization(db: &Connection, did: &Did) -> Result<Option<Found>, IndexError> {
    rows::own(db, did, nsid::ORGANIZATION)
}

fn display_name(profile: &Value) -> Option<String> {
    let name = profile.get("displayName")?.as_str()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
