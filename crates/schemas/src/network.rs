//! Lookups over the network: bounded in number, one at a time for a name, failures remembered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hypercerts_identity::Resolver;
use hypercerts_identity::net::HttpClient;
use hypercerts_lexicon::Nsid;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

use crate::error::LookupError;
use crate::limits::NetworkLimits;
use crate::lookup::{Lookup, Published};
use crate::snapshot::Snapshot;

/// How published lexicons are found.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// Finds authorities and publishers; its name servers are the ones asked.
    pub resolver: Resolver,
    /// The client for proofs.
    pub http: HttpClient,
    pub limits: NetworkLimits,
}

impl NetworkConfig {
    /// With the usual limits.
    #[must_use]
    pub fn new(resolver: Resolver, http: HttpClient) -> Self {
        Self { resolver, http, limits: NetworkLimits::default() }
    }
}

/// What becomes of a lookup; nothing yet while it runs.
pub(crate) type Progress = watch::Receiver<Option<Result<(), LookupError>>>;

pub(crate) struct Network {
    config: NetworkConfig,
    runtime: Handle,
    turns: Semaphore,
    slots: Mutex<HashMap<Nsid, Slot>>,
}

/// What is known of a name without a schema.
enum Slot {
    Running(Progress),
    Failed { why: LookupError, until: Instant },
}

/// The way a name goes.
pub(crate) enum Begun {
    /// Somebody looks it up already.
    Joined(Progress),
    /// Nobody does: whoever is told so has to, and to report the end.
    New(watch::Sender<Option<Result<(), LookupError>>>, Progress),
}

impl Network {
    /// Lookups run on the runtime that this is called in.
    pub fn new(config: NetworkConfig) -> Self {
        let turns = Semaphore::new(config.limits.at_a_time);
        Self { config, runtime: Handle::current(), turns, slots: Mutex::default() }
    }

    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub fn limits(&self) -> &NetworkLimits {
        &self.config.limits
    }

    /// Takes on the lookup of a name, unless it failed a short while ago.
    pub fn begin(&self, nsid: &Nsid) -> Result<Begun, LookupError> {
        let mut slots = self.slots();
        match slots.get(nsid) {
            Some(Slot::Running(progress)) if progress.has_changed().is_ok() => {
                return Ok(Begun::Joined(progress.clone()));
            }
            Some(Slot::Failed { why, until }) if *until > Instant::now() => return Err(why.clone()),
            _ => {}
        }
        if slots.len() >= self.config.limits.remembered {
            slots.retain(|_, slot| slot.is_alive());
        }
        if slots.len() >= self.config.limits.remembered {
            return Err(LookupError::Busy);
        }
        let (report, progress) = watch::channel(None);
        slots.insert(nsid.clone(), Slot::Running(progress.clone()));
        Ok(Begun::New(report, progress))
    }

    /// Notes how a lookup ended. What was found is known to whoever keeps it.
    pub fn end(&self, nsid: &Nsid, outcome: &Result<(), LookupError>) {
        let mut slots = self.slots();
        match outcome {
            Ok(()) => {
                slots.remove(nsid);
            }
            Err(why) => {
                let until = Instant::now() + self.config.limits.negative_ttl;
                slots.insert(nsid.clone(), Slot::Failed { why: why.clone(), until });
            }
        }
    }

    /// What was tried for a name in vain.
    pub fn failure(&self, nsid: &Nsid) -> Option<LookupError> {
        match self.slots().get(nsid)? {
            Slot::Running(_) => Some(LookupError::UnderWay),
            Slot::Failed { why, .. } => Some(why.clone()),
        }
    }

    /// Waits for a turn and looks a name up, with all that it refers to and that is not in `known`.
    pub async fn look_up(
        &self,
        nsid: &Nsid,
        known: &Snapshot,
    ) -> Result<Vec<Published>, LookupError> {
        let NetworkConfig { resolver, http, limits } = &self.config;
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await.map_err(|_| LookupError::Busy)?;
        let lookup = Lookup::new(resolver, http, limits);
        let run = Box::pin(lookup.run(nsid, |other| known.contains(other)));
        match tokio::time::timeout(limits.deadline, run).await {
            Ok(outcome) => outcome,
            Err(_) => Err(LookupError::TimedOut(limits.deadline)),
        }
    }

    /// How often to see which lexicons are to be fetched again.
    pub fn rounds(&self) -> Duration {
        const LEAST: Duration = Duration::from_millis(50);
        const MOST: Duration = Duration::from_secs(60);
        (self.config.limits.ttl / 4).clamp(LEAST, MOST)
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Nsid, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn is_alive(&self) -> bool {
        match self {
            Self::Running(progress) => progress.has_changed().is_ok(),
            Self::Failed { until, .. } => *until > Instant::now(),
        }
    }
}
