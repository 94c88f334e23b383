//! Work that waits for others' servers: looking identities up, fetching repositories.
//!
//! All of it runs beside the keeper, bounded in all and for each host, so that a host that hangs holds
//! up nobody else's accounts. What is due stands in the database; this is only what runs right now.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hypercerts_lexicon::Did;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::fetch::Fetcher;
use super::input::{Found, host_key};
use crate::store::accounts::Due;
use crate::time;

/// Identities looked up at a time.
const LOOKUPS: usize = 16;

/// Identified accounts that wait for a fetch, in all and of one host.
const WAITING: usize = 256;
const WAITING_PER_HOST: usize = 64;

/// How long an account lets others go first when its host is busy.
pub(super) const LATER: Duration = Duration::from_secs(2);

/// What runs, and what runs next.
pub(super) struct Jobs {
    fetcher: Arc<Fetcher>,
    runtime: Handle,
    tasks: JoinSet<()>,
    lookups: HashSet<Did>,
    waiting: VecDeque<(Did, Arc<Found>)>,
    /// Accounts being fetched, with their host; imports from files have none.
    fetching: HashMap<Did, Option<String>>,
    hosts: HashMap<String, Host>,
}

#[derive(Default)]
struct Host {
    waiting: usize,
    fetching: usize,
    failures: u32,
    /// It failed: left alone until then, in microseconds since 1970.
    closed_until: i64,
}

/// Whether an account that is due can be worked on.
pub(super) enum Admission {
    /// It is being worked on.
    Begun,
    /// Not before this moment.
    Later(i64),
}

impl Jobs {
    pub(super) fn new(fetcher: Arc<Fetcher>, runtime: Handle) -> Self {
        Self {
            fetcher,
            runtime,
            tasks: JoinSet::new(),
            lookups: HashSet::new(),
            waiting: VecDeque::new(),
            fetching: HashMap::new(),
            hosts: HashMap::new(),
        }
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Whether more accounts can be taken on.
    pub(super) fn has_room(&self) -> bool {
        self.lookups.len() < LOOKUPS && self.waiting.len() < WAITING
    }

    pub(super) fn is_running(&self, did: &Did) -> bool {
        self.lookups.contains(did)
            || self.fetching.contains_key(did)
            || self.waiting.iter().any(|(waiting, _)| waiting == did)
    }

    /// Begins with an account that is due, unless its host is busy or closed.
    pub(super) fn admit(&mut self, due: &Due, now: i64) -> Admission {
        if self.is_running(&due.did) {
            return Admission::Begun;
        }
        if let Some(later) = due.pds.as_deref().and_then(|host| self.busy_until(host, now)) {
            return Admission::Later(later);
        }
        self.lookups.insert(due.did.clone());
        let (fetcher, did) = (self.fetcher.clone(), due.did.clone());
        self.tasks.spawn_on(async move { fetcher.identify(did).await }, &self.runtime);
        Admission::Begun
    }

    fn busy_until(&self, host: &str, now: i64) -> Option<i64> {
        let host = self.hosts.get(host)?;
        let later = now.saturating_add(time::micros(LATER));
        if host.closed_until > now {
            return Some(host.closed_until);
        }
        (host.waiting >= WAITING_PER_HOST).then_some(later)
    }

    /// Whether as many accounts of a host wait as may.
    pub(super) fn line_is_full(&self, host: &str) -> bool {
        self.hosts.get(host).is_some_and(|host| host.waiting >= WAITING_PER_HOST)
    }

    /// The lookup of an account is over.
    pub(super) fn looked_up(&mut self, did: &Did) {
        self.lookups.remove(did);
    }

    /// Puts an identified account in line for a fetch.
    pub(super) fn enqueue(&mut self, did: Did, found: Arc<Found>) {
        self.hosts.entry(host_key(&found.identity.pds)).or_default().waiting += 1;
        self.waiting.push_back((did, found));
    }

    /// Starts the fetches there is room for, and names the accounts they are of.
    pub(super) fn start_fetches(&mut self) -> Vec<Did> {
        let mut started = Vec::new();
        while self.fetching.len() < self.fetcher.limits.repairs {
            let free =
                |(_, found): &(Did, Arc<Found>)| self.has_slot(&host_key(&found.identity.pds));
            let Some(place) = self.waiting.iter().position(free) else { break };
            let Some((did, found)) = self.waiting.remove(place) else { break };
            self.start_fetch(did.clone(), found);
            started.push(did);
        }
        started
    }

    fn has_slot(&self, host: &str) -> bool {
        let fetching = self.hosts.get(host).map_or(0, |host| host.fetching);
        fetching < self.fetcher.limits.repairs_per_host
    }

    fn start_fetch(&mut self, did: Did, found: Arc<Found>) {
        let name = host_key(&found.identity.pds);
        let host = self.hosts.entry(name.clone()).or_default();
        host.waiting = host.waiting.saturating_sub(1);
        host.fetching += 1;
        self.fetching.insert(did.clone(), Some(name));
        let fetcher = self.fetcher.clone();
        self.tasks.spawn_on(async move { fetcher.fetch(did, found).await }, &self.runtime);
    }

    /// A repository comes from elsewhere: nothing else is begun with this account until it is over.
    pub(super) fn reserve(&mut self, did: Did) {
        self.fetching.insert(did, None);
    }

    /// A fetch or an import is over. A host that failed is left alone, longer each time.
    pub(super) fn taken_in(&mut self, did: &Did, host_failed: bool, now: i64) {
        // Ended tasks are forgotten here, so that they do not pile up.
        while self.tasks.try_join_next().is_some() {}
        let Some(Some(name)) = self.fetching.remove(did) else { return };
        let host = self.hosts.entry(name.clone()).or_default();
        host.fetching = host.fetching.saturating_sub(1);
        if host_failed {
            let pause = backoff(&self.fetcher.limits, host.failures);
            host.failures = host.failures.saturating_add(1);
            host.closed_until = now.saturating_add(pause);
            return;
        }
        host.failures = 0;
        if host.fetching == 0 && host.waiting == 0 {
            self.hosts.remove(&name);
        }
    }
}

/// The pause after a number of attempts, in microseconds: doubling from the first to the longest.
pub(super) fn backoff(limits: &crate::Limits, attempts: u32) -> i64 {
    let doubled = limits.retry_first.saturating_mul(1 << attempts.min(20));
    time::micros(doubled.min(limits.retry_longest))
}
