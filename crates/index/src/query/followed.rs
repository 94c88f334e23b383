//! Which accounts are known here up to the present: only of those is something *not* there when it is not here.

use std::collections::HashMap;

use hypercerts_lexicon::Did;
use rusqlite::Connection;

use crate::error::IndexError;
use crate::store::accounts::{self, State};
use crate::view::AccountStatus;

/// Accounts that were already looked up.
pub(super) struct Followed<'a> {
    db: &'a Connection,
    known: HashMap<Did, bool>,
}

impl<'a> Followed<'a> {
    pub(super) fn new(db: &'a Connection) -> Self {
        Self { db, known: HashMap::new() }
    }

    /// Whether the repository of an account is known here up to the present.
    pub(super) fn holds(&mut self, did: &Did) -> Result<bool, IndexError> {
        if let Some(known) = self.known.get(did) {
            return Ok(*known);
        }
        let account = accounts::load(self.db, did)?;
        let known = account.is_some_and(|account| {
            account.state == State::Synchronized && account.status == AccountStatus::Active
        });
        self.known.insert(did.clone(), known);
        Ok(known)
    }
}
