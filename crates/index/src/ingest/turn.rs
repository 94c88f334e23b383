//! One turn of the keeper: a batch of inputs, settled in one transaction.
//!
//! A turn changes the database and nothing else; what is to happen outside of it is collected in
//! [`Effects`]. So it can be thrown away and tried again. First the results of finished work are taken
//! over (see `outcomes`), then the events, account by account, judged in parallel.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hypercerts_lexicon::Did;
use hypercerts_schemas::Schemas;
use hypercerts_xrpc::frames::Event;
use rusqlite::Connection;

use super::ImportReport;
use super::held::Held;
use super::input::{Arrival, Failure, Found, Input, Origin, Reply};
use super::jobs::{Jobs, backoff};
use super::judge::{Case, Rules, Step, Verdict, judge, status_of};
use super::parallel;
use super::prepare::Kept;
use crate::config::Limits;
use crate::error::IndexError;
use crate::store::accounts::{self, Account, Need, Retry, State};
use crate::store::records::Records;
use crate::store::refusals::{self, Refusal};
use crate::store::{Terms, history, sources};
use crate::time;
use crate::view::{AccountStatus, RefusalKind, SourceKind};

/// An account that breaks again so soon after its repair waits longer each time.
const SOON: Duration = Duration::from_secs(10);

/// What a turn works with.
pub(super) struct Turn<'a> {
    pub db: &'a Connection,
    pub terms: &'a mut Terms,
    pub kept: &'a Kept,
    pub schemas: &'a Schemas,
    pub limits: &'a Limits,
    pub held: &'a Held,
    pub followed: &'a [Arc<Origin>],
    pub waiters: &'a HashMap<Did, Vec<Reply>>,
    pub jobs: &'a Jobs,
    pub now: i64,
    pub effects: Effects,
}

/// What follows outside the database once the transaction stands.
#[derive(Default)]
pub(super) struct Effects {
    /// The events that wait for each of these accounts, in place of those that did.
    pub held: HashMap<Did, Vec<Arc<Arrival>>>,
    /// Repositories that were taken in, or not.
    pub taken_in: Vec<(Did, Result<(), Failure>)>,
    /// Repositories to be fetched.
    pub fetches: Vec<(Did, Arc<Found>)>,
    /// Answers to those who asked for an account.
    pub answers: Vec<(Did, Result<ImportReport, String>)>,
    /// Repositories that somebody brings: welcome, or known already.
    pub brought: HashMap<Did, Result<(), ImportReport>>,
    /// What was seen of each source.
    pub seen: Vec<(Arc<Origin>, Seen)>,
    /// How far each source was read.
    cursors: HashMap<i64, i64>,
    /// Accounts that can be followed again.
    released: HashSet<Did>,
    groups: Groups,
}

/// What a status tells about the events of a source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub events: u64,
    /// In microseconds since 1970.
    pub at: i64,
    /// How old the last event was.
    pub lag: Duration,
}

/// Events by account, in order of arrival.
#[derive(Default)]
struct Groups {
    list: Vec<(Did, Vec<Arc<Arrival>>)>,
    places: HashMap<Did, usize>,
}

impl Groups {
    fn of(&mut self, did: &Did) -> &mut Vec<Arc<Arrival>> {
        let place = *self.places.entry(did.clone()).or_insert_with(|| {
            self.list.push((did.clone(), Vec::new()));
            self.list.len() - 1
        });
        &mut self.list[place].1
    }
}

impl Turn<'_> {
    /// Settles a batch.
    pub(super) fn settle(&mut self, inputs: &[Input]) -> Result<(), IndexError> {
        for input in inputs {
            self.input(input)?;
        }
        for did in self.effects.released.clone() {
            let waiting = self.held.of(&did).to_vec();
            let group = self.effects.groups.of(&did);
            group.splice(..0, waiting);
            self.effects.held.insert(did, Vec::new());
        }
        let groups = std::mem::take(&mut self.effects.groups).list;
        self.events(groups)?;
        for (source, seq) in &self.effects.cursors {
            sources::advance(self.db, *source, *seq)?;
        }
        Ok(())
    }

    fn input(&mut self, input: &Input) -> Result<(), IndexError> {
        match input {
            Input::Event(arrival, _) => self.arrive(arrival),
            Input::Skipped { source, seq } => self.read_up_to(*source, *seq),
            Input::Refused(refusal) => self.refuse(refusal)?,
            Input::Rewind { source } => {
                self.effects.cursors.remove(source);
                sources::rewind(self.db, *source)?;
            }
            Input::Gap { source } => sources::set_gap(self.db, *source)?,
            Input::Following => accounts::end_leases(self.db, self.now)?,
            Input::AllListed { source } => sources::set_listed(self.db, *source)?,
            Input::Listed { source, repos, .. } => self.listed(*source, repos)?,
            Input::Identified { did, result } => self.identified(did, result)?,
            Input::Chunk { did, evidence, records, .. } => self.chunk(did, evidence, records)?,
            Input::TakenIn { did, result } => self.taken_in(did, result)?,
            Input::Wanted { did, .. } => self.wanted(did)?,
            Input::Brought { did, identity, rev, .. } => self.brought(did, identity, *rev)?,
        }
        Ok(())
    }

    fn arrive(&mut self, arrival: &Arc<Arrival>) {
        self.read_up_to(arrival.source.id, arrival.seq);
        self.see(arrival);
        self.effects.groups.of(arrival.did()).push(arrival.clone());
    }

    fn read_up_to(&mut self, source: i64, seq: i64) {
        let cursor = self.effects.cursors.entry(source).or_insert(seq);
        *cursor = seq.max(*cursor);
    }

    fn see(&mut self, arrival: &Arrival) {
        let age = self.now.saturating_sub(arrival.event.time().unix_micros()).max(0);
        let lag = Duration::from_micros(age.unsigned_abs());
        let seen = self.effects.seen.iter_mut().find(|(origin, _)| origin.id == arrival.source.id);
        match seen {
            Some((_, seen)) => *seen = Seen { events: seen.events + 1, at: arrival.at, lag },
            None => {
                let seen = Seen { events: 1, at: arrival.at, lag };
                self.effects.seen.push((arrival.source.clone(), seen));
            }
        }
    }

    fn events(&mut self, groups: Vec<(Did, Vec<Arc<Arrival>>)>) -> Result<(), IndexError> {
        let mut cases = Vec::new();
        for (did, arrivals) in groups {
            match accounts::load(self.db, &did)? {
                None => self.meet(&did, arrivals)?,
                Some(account) if account.state == State::Synchronized => {
                    cases.push(Case { account, arrivals });
                }
                Some(account) => self.wait(&account, arrivals)?,
            }
        }
        let identity_rest = time::micros(self.limits.identity_rest);
        let rules = Rules { kept: self.kept, schemas: self.schemas, now: self.now, identity_rest };
        for verdict in parallel::map(&cases, |case| judge(case, rules)) {
            self.apply(verdict)?;
        }
        Ok(())
    }

    /// First contact, with the first commit: before it there is nothing to follow. A relay passes on
    /// everybody's events: of its accounts only those are met that write something that is kept here.
    fn meet(&mut self, did: &Did, arrivals: Vec<Arc<Arrival>>) -> Result<(), IndexError> {
        if !arrivals.iter().any(|arrival| self.is_of_interest(arrival)) {
            return Ok(());
        }
        if accounts::pending(self.db)? >= self.limits.pending_accounts {
            let reason = "too many accounts wait for their first verification";
            return match arrivals.first() {
                Some(arrival) => self.refuse(&arrival.refuse(RefusalKind::Limit, reason)),
                None => Ok(()),
            };
        }
        accounts::meet(self.db, did, "its identity is being looked up", self.now)?;
        self.hold(did, arrivals);
        Ok(())
    }

    fn is_of_interest(&self, arrival: &Arrival) -> bool {
        match (&arrival.event, arrival.source.kind) {
            (Event::Commit(_) | Event::Sync(_), SourceKind::Pds) => true,
            (Event::Commit(commit), SourceKind::Relay) => {
                commit.ops.iter().any(|op| self.kept.keeps(op.path()))
            }
            _ => false,
        }
    }

    /// The account cannot be followed at the moment. Whether it is active is listened to all the same.
    fn wait(&mut self, account: &Account, arrivals: Vec<Arc<Arrival>>) -> Result<(), IndexError> {
        for arrival in &arrivals {
            match &arrival.event {
                Event::Account(event) if arrival.source.speaks_for(account.pds.as_deref()) => {
                    self.set_status(account.id, status_of(event))?;
                }
                _ => {}
            }
        }
        // An account that was listed, or given up, is of interest now; one that is worked on already has its turn.
        let rests = account.retry_at.is_none() || account.attempts == 0;
        if rests && !self.jobs.is_running(&account.did) {
            accounts::hasten(self.db, account.id, self.now)?;
        }
        self.hold(&account.did, arrivals);
        Ok(())
    }

    fn hold(&mut self, did: &Did, arrivals: Vec<Arc<Arrival>>) {
        let held = self.held;
        let list = self.effects.held.entry(did.clone()).or_insert_with(|| held.of(did).to_vec());
        list.extend(arrivals);
    }

    fn apply(&mut self, verdict: Verdict) -> Result<(), IndexError> {
        let Verdict { account, steps, head, refusals, broken, rest } = verdict;
        let erased = matches!(steps.last(), Some(Step::Erase));
        for step in steps {
            self.step(account.id, step)?;
        }
        for refusal in &refusals {
            warn_of_clock(refusal);
            self.refuse(refusal)?;
        }
        if let Some(head) = head.filter(|head| account.head.as_ref() != Some(head)) {
            accounts::set_head(self.db, account.id, &head)?;
        }
        if erased {
            let retry = Retry { attempts: 0, at: None };
            accounts::desynchronize(
                self.db,
                account.id,
                Need::Repository,
                "the account was deleted",
                retry,
            )?;
        } else if let Some(broken) = broken {
            self.break_off(&account, broken.need, &broken.reason)?;
        } else if head.is_none() {
            self.break_off(&account, Need::Repository, "nothing of it was verified yet")?;
        }
        if !rest.is_empty() {
            self.effects.held.insert(account.did, rest);
        }
        Ok(())
    }

    fn step(&mut self, account: i64, step: Step) -> Result<(), IndexError> {
        match step {
            Step::Put(record, evidence) => self.records().put(account, &record, &evidence),
            Step::Delete(path) => self.records().delete(account, &path),
            Step::NotKept(change) => accounts::add_not_kept(self.db, account, change),
            Step::Status(status) => self.set_status(account, status),
            Step::Erase => {
                self.records().delete_all(account)?;
                accounts::clear_head(self.db, account)
            }
        }
    }

    /// Takes over what a host says of an account. Of one that was taken down nothing is kept that its
    /// repository no longer holds.
    pub(super) fn set_status(&self, account: i64, status: AccountStatus) -> Result<(), IndexError> {
        if matches!(status, AccountStatus::Takendown | AccountStatus::Deleted) {
            history::forget_account(self.db, account)?;
        }
        accounts::set_status(self.db, account, status)
    }

    /// The account waits for a repair: at once, or later if the last one was a moment ago.
    pub(super) fn break_off(
        &self,
        account: &Account,
        need: Need,
        reason: &str,
    ) -> Result<(), IndexError> {
        tracing::info!(did = %account.did, reason, "an account is not followed until it is repaired");
        let soon = self.now.saturating_sub(account.repaired_at) < time::micros(SOON);
        let attempts = if soon { account.attempts.saturating_add(1) } else { 0 };
        let pause = if attempts < 2 { 0 } else { backoff(self.limits, attempts - 2) };
        let retry = Retry { attempts, at: Some(self.now.saturating_add(pause)) };
        accounts::desynchronize(self.db, account.id, need, reason, retry)
    }

    pub(super) fn release(&mut self, did: &Did) {
        self.effects.released.insert(did.clone());
    }

    pub(super) fn refuse(&self, refusal: &Refusal) -> Result<(), IndexError> {
        let did = refusal.did.as_ref().map(Did::as_str);
        tracing::debug!(source = %refusal.source, did, seq = refusal.seq, reason = %refusal.reason, "refused");
        refusals::record(self.db, refusal, self.limits)
    }

    pub(super) fn records(&mut self) -> Records<'_> {
        Records { db: self.db, terms: self.terms, limits: self.limits, now: self.now }
    }

    /// Whether anybody has a reason to follow an account on the PDS at `pds`: it is followed itself, a
    /// relay is, or somebody asked.
    pub(super) fn is_wanted(&self, did: &Did, pds: &str) -> bool {
        self.is_followed(pds) || self.waiters.contains_key(did)
    }

    /// Whether the PDS at `pds` is followed, by itself or through a relay.
    pub(super) fn is_followed(&self, pds: &str) -> bool {
        self.followed.iter().any(|source| source.speaks_for(Some(pds)))
    }

    /// How long a repair may run before it counts as lost, in microseconds.
    pub(super) fn lease(&self) -> i64 {
        time::micros(self.limits.repo_time.saturating_mul(2))
    }
}

/// A wrong clock is for a person to mend. Once for each account: from here on it waits for its repair, which succeeds
/// when its revision is no longer in the future.
fn warn_of_clock(refusal: &Refusal) {
    if refusal.kind == RefusalKind::FutureRevision {
        let did = refusal.did.as_ref().map(Did::as_str);
        tracing::warn!(
            source = %refusal.source, did, reason = %refusal.reason,
            "an account is behind: is the clock of its server wrong, or that of this machine?"
        );
    }
}
