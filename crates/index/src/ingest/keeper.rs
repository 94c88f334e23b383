//! The keeper: the one thread that writes.
//!
//! Everything that changes the index passes through it in order. It takes what waits, settles all of it
//! in one transaction together with the sources' cursors, and only then lets it have effects outside the
//! database. When the database fails (a full disk, say) it tries the same inputs again until it
//! succeeds or the index stops; so nothing is dropped, and sources wait meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hypercerts_lexicon::Did;
use hypercerts_schemas::Schemas;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, watch};

use super::ImportReport;
use super::held::Held;
use super::input::{Failure, Input, Origin, Reply};
use super::jobs::{Admission, Jobs};
use super::live::Live;
use super::prepare::Kept;
use super::rejudge::Rejudge;
use super::turn::{Effects, Turn};
use crate::config::Limits;
use crate::error::IndexError;
use crate::store::Terms;
use crate::store::accounts::{self, Due};
use crate::time;

/// The most inputs settled in one transaction.
const BATCH: usize = 1000;

/// How often the database is asked for accounts that are due, when nothing else happens.
const TICK: Duration = Duration::from_millis(200);

/// How many accounts that are due are looked at together.
const DUE: i64 = 64;

/// The first and the longest pause when the database fails.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The state of the writing thread.
pub(super) struct Keeper {
    pub db: Connection,
    pub terms: Terms,
    pub kept: Kept,
    pub schemas: Schemas,
    pub rejudge: Rejudge,
    pub limits: Limits,
    pub live: Arc<Live>,
    pub inbox: mpsc::Receiver<Input>,
    pub stopping: watch::Receiver<bool>,
    pub held: Held,
    pub jobs: Jobs,
    /// The sources that are followed.
    pub followed: Vec<Arc<Origin>>,
    /// Whether the sources are followed; otherwise only what was asked for is worked on.
    pub following: bool,
    /// Those who wait for an account that they asked for.
    pub waiters: HashMap<Did, Vec<Reply>>,
}

impl Keeper {
    /// Works until the index stops.
    pub(super) fn run(mut self) {
        let runtime = self.jobs.runtime().clone();
        while let Some(inputs) = runtime.block_on(self.receive()) {
            if !inputs.is_empty() && !self.settle(inputs) {
                return;
            }
            if let Err(error) = self.start_due() {
                tracing::error!(%error, "accounts that are due could not be looked up");
            }
            // Whoever only imports may know other schemas than whoever follows, and leaves it to them.
            if self.following
                && let Err(error) = self.rejudge.step(&mut self.db)
            {
                tracing::error!(%error, "records could not be judged by other schemas");
            }
        }
    }

    /// What waits, at once; nothing after a tick, or at once if there is other work; `None` when the index stops.
    async fn receive(&mut self) -> Option<Vec<Input>> {
        let mut inputs = Vec::new();
        let patience = if self.rejudge.is_busy() { Duration::ZERO } else { TICK };
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
            received = tokio::time::timeout(patience, self.inbox.recv_many(&mut inputs, BATCH)) => {
                match received {
                    Ok(0) => None,
                    Ok(_) | Err(_) => Some(inputs),
                }
            }
        }
    }

    /// Settles a batch, however often it takes; `false` when the index stops before it succeeded.
    fn settle(&mut self, inputs: Vec<Input>) -> bool {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.transaction(&inputs) {
                Ok(effects) => {
                    self.carry_out(inputs, effects);
                    return true;
                }
                Err(error) => {
                    self.terms.forget();
                    self.tell_failure(&error);
                }
            }
            let runtime = self.jobs.runtime().clone();
            let stopping = self.stopping.wait_for(|stopping| *stopping);
            if runtime.block_on(async { tokio::time::timeout(pause, stopping).await.is_ok() }) {
                return false;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn transaction(&mut self, inputs: &[Input]) -> Result<Effects, IndexError> {
        // Immediate: nobody else may write between what is read here and what follows from it.
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut turn = Turn {
            db: &tx,
            terms: &mut self.terms,
            kept: &self.kept,
            schemas: &self.schemas,
            limits: &self.limits,
            held: &self.held,
            followed: &self.followed,
            waiters: &self.waiters,
            jobs: &self.jobs,
            now: time::now(),
            effects: Effects::default(),
        };
        turn.settle(inputs)?;
        let effects = turn.effects;
        tx.commit()?;
        Ok(effects)
    }

    fn tell_failure(&self, error: &IndexError) {
        tracing::error!(%error, "the index cannot store what arrives; trying again");
        for source in &self.followed {
            let message = format!("what arrives cannot be stored: {error}");
            self.live.update(&source.url, |live| live.last_error = Some(message));
        }
    }

    /// Does what follows from a transaction that stands.
    fn carry_out(&mut self, inputs: Vec<Input>, effects: Effects) {
        let now = time::now();
        for (did, list) in effects.held {
            self.held.set(&did, list);
        }
        for (did, outcome) in &effects.taken_in {
            self.jobs.taken_in(did, matches!(outcome, Err(Failure { host: true, .. })), now);
        }
        for (did, found) in effects.fetches {
            self.jobs.enqueue(did, found);
        }
        for input in inputs {
            self.acknowledge(input, &effects.brought);
        }
        for (did, outcome) in effects.answers {
            for reply in self.waiters.remove(&did).unwrap_or_default() {
                // Whoever asked may have gone.
                let _ = reply.send(outcome.clone().map_err(|reason| repository(&did, reason)));
            }
        }
        for (source, seen) in effects.seen {
            self.live.update(&source.url, |live| {
                live.events += seen.events;
                live.last_event_at = Some(seen.at);
                live.lag = Some(seen.lag);
                live.last_error = None;
            });
        }
    }

    /// Tells whoever waits for one input that it is settled. Whoever waits may have gone.
    fn acknowledge(&mut self, input: Input, brought: &HashMap<Did, Result<(), ImportReport>>) {
        match input {
            Input::Listed { done, .. } | Input::Chunk { done, .. } => {
                let _ = done.send(());
            }
            Input::Identified { did, .. } => self.jobs.looked_up(&did),
            Input::Wanted { did, reply } => self.waiters.entry(did).or_default().push(reply),
            Input::Brought { did, reply, ready, .. } => {
                let welcome = self.welcome(did, reply, brought);
                let _ = ready.send(welcome);
            }
            Input::Event(_, permit) => drop(permit),
            Input::Following => self.following = true,
            Input::Skipped { .. }
            | Input::Refused(_)
            | Input::Rewind { .. }
            | Input::Gap { .. }
            | Input::AllListed { .. }
            | Input::TakenIn { .. } => {}
        }
    }

    /// Whether a repository that somebody brings is to be taken in; if not, they are told why.
    fn welcome(
        &mut self,
        did: Did,
        reply: Reply,
        brought: &HashMap<Did, Result<(), ImportReport>>,
    ) -> bool {
        let answer = match brought.get(&did) {
            Some(Ok(())) => {
                self.jobs.reserve(did.clone());
                self.waiters.entry(did).or_default().push(reply);
                return true;
            }
            Some(Err(known)) => Ok(known.clone()),
            None => {
                Err(repository(&did, String::from("it is being fetched at this moment; try again")))
            }
        };
        let _ = reply.send(answer);
        false
    }

    /// Begins with accounts that are due, as far as there is room.
    fn start_due(&mut self) -> Result<(), IndexError> {
        for did in self.jobs.start_fetches() {
            self.held.fetch_begins(&did);
        }
        let now = time::now();
        for did in self.waiters.keys() {
            self.jobs.admit(&Due { did: did.clone(), pds: None }, now);
        }
        if !self.following || !self.jobs.has_room() {
            return Ok(());
        }
        let lease = time::micros(self.limits.repo_time.saturating_mul(2));
        for due in accounts::due(&self.db, now, DUE)? {
            if !self.jobs.has_room() {
                break;
            }
            // What is running stays out of the way until it is over, or lost.
            let until = match self.jobs.admit(&due, now) {
                Admission::Begun => now.saturating_add(lease),
                Admission::Later(until) => until,
            };
            accounts::postpone(&self.db, &due.did, until)?;
        }
        Ok(())
    }
}

fn repository(did: &Did, reason: String) -> IndexError {
    IndexError::Repository { did: did.clone(), reason }
}
