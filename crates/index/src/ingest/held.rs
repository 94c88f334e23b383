//! Events that wait until their account can be followed again, within one budget for all accounts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hypercerts_lexicon::Did;

use super::input::Arrival;

/// Events by account. They are a shortcut only: what is dropped here is found in the repository.
pub(super) struct Held {
    lists: HashMap<Did, Vec<Arc<Arrival>>>,
    bytes: usize,
    budget: usize,
    /// Accounts whose events were dropped, since their fetch began.
    overflowed: HashSet<Did>,
}

impl Held {
    pub(super) fn new(budget: usize) -> Self {
        Self { lists: HashMap::new(), bytes: 0, budget, overflowed: HashSet::new() }
    }

    /// What waits for an account, in order of arrival.
    pub(super) fn of(&self, did: &Did) -> &[Arc<Arrival>] {
        self.lists.get(did).map_or(&[], Vec::as_slice)
    }

    /// Replaces what waits for an account; drops it when there is no room.
    pub(super) fn set(&mut self, did: &Did, list: Vec<Arc<Arrival>>) {
        self.bytes -= self.of(did).iter().map(|arrival| arrival.bytes()).sum::<usize>();
        self.lists.remove(did);
        let bytes = list.iter().map(|arrival| arrival.bytes()).sum::<usize>();
        if list.is_empty() {
            return;
        }
        if self.bytes + bytes > self.budget {
            self.overflowed.insert(did.clone());
            return;
        }
        self.bytes += bytes;
        self.lists.insert(did.clone(), list);
    }

    /// What is dropped before a fetch begins is part of what it brings.
    pub(super) fn fetch_begins(&mut self, did: &Did) {
        self.overflowed.remove(did);
    }

    /// Whether events were dropped since the fetch began.
    pub(super) fn overflowed(&self, did: &Did) -> bool {
        self.overflowed.contains(did)
    }
}
