//! What a turn does with the results of finished work: identities, listings, repositories.

use std::sync::Arc;

use hypercerts_lexicon::{Did, Tid};
use hypercerts_xrpc::frames::Event;

use super::ImportReport;
use super::input::{Failure, Found, ListedRepo, Snapshot, host_key};
use super::jobs::{LATER, backoff};
use super::turn::Turn;
use crate::error::IndexError;
use crate::store::accounts::{self, Account, Need, Retry, State};
use crate::store::records::{Evidence, Prepared};
use crate::store::refusals::Refusal;
use crate::store::sources;
use crate::time;
use crate::view::{AccountStatus, RefusalKind};

/// How long a listed account waits for its events before its repository is fetched, in microseconds.
const GRACE: i64 = 2_000_000;

/// After so many failures an account is left alone until something is heard of it.
const GIVE_UP: u32 = 20;

impl Turn<'_> {
    /// An identity was looked up, or could not be.
    pub(super) fn identified(
        &mut self,
        did: &Did,
        result: &Result<Found, String>,
    ) -> Result<(), IndexError> {
        let Some(account) = accounts::load(self.db, did)? else { return Ok(()) };
        match result {
            Ok(found) => self.take_identity(&account, found),
            Err(reason) => {
                let reason = format!("its identity could not be resolved: {reason}");
                self.put_off(&account, RefusalKind::Identity, &reason, None)
            }
        }
    }

    fn take_identity(&mut self, account: &Account, found: &Found) -> Result<(), IndexError> {
        let pds = host_key(&found.identity.pds);
        self.store_identity(account, found)?;
        if account.pds.as_ref().is_some_and(|old| *old != pds) {
            // What the old host said of it is not its to say any more.
            self.set_status(account.id, AccountStatus::Active)?;
        }
        if account.head.is_none() && !self.is_wanted(&account.did, &pds) {
            return self.turn_away(account, &pds);
        }
        if self.can_go_on(account, &pds) {
            accounts::synchronize(self.db, account.id, self.now)?;
            self.release(&account.did);
            return Ok(());
        }
        if self.jobs.line_is_full(&pds) {
            return accounts::postpone(self.db, &account.did, self.now + time::micros(LATER));
        }
        self.effects.fetches.push((account.did.clone(), Arc::new(found.clone())));
        Ok(())
    }

    fn store_identity(&self, account: &Account, found: &Found) -> Result<(), IndexError> {
        let identity = &found.identity;
        let (handle, pds) = (identity.handle.as_ref(), host_key(&identity.pds));
        accounts::set_identity(
            self.db,
            account.id,
            handle,
            &pds,
            &identity.key.to_did_key(),
            found.at,
        )
    }

    /// Whether the waiting events can be followed as they are, without fetching anything. Whoever asked for
    /// the account waits for its repository.
    fn can_go_on(&self, account: &Account, pds: &str) -> bool {
        if self.waiters.contains_key(&account.did) || self.held.overflowed(&account.did) {
            return false;
        }
        match account.head {
            Some(_) => account.need == Need::Identity,
            None => self.begins_at_the_beginning(&account.did, pds),
        }
    }

    /// Whether the waiting events begin with the account's first commit, so that nothing has to be fetched.
    fn begins_at_the_beginning(&self, did: &Did, pds: &str) -> bool {
        let mut commits = self.held.of(did).iter().filter_map(|arrival| match &arrival.event {
            Event::Commit(commit) if arrival.source.speaks_for(Some(pds)) => Some(commit),
            _ => None,
        });
        commits.next().is_some_and(|first| first.since.is_none())
    }

    /// Nobody who is followed speaks for the account: whoever spoke of it should not have.
    fn turn_away(&mut self, account: &Account, pds: &str) -> Result<(), IndexError> {
        for arrival in self.held.of(&account.did) {
            let reason = format!("it comes from a host that is not the account's PDS, {pds}");
            self.refuse(&arrival.refuse(RefusalKind::WrongHost, reason))?;
        }
        self.forget(account)
    }

    fn forget(&mut self, account: &Account) -> Result<(), IndexError> {
        self.effects.held.insert(account.did.clone(), Vec::new());
        self.records().delete_all(account.id)?;
        accounts::remove(self.db, account.id)
    }

    /// Verified records of a repository that is still being read. If another process was quicker, they are
    /// not needed any more.
    pub(super) fn chunk(
        &mut self,
        did: &Did,
        evidence: &Evidence,
        records: &[Prepared],
    ) -> Result<(), IndexError> {
        let Some(account) = accounts::load(self.db, did)? else { return Ok(()) };
        if account.state == State::Synchronized {
            return Ok(());
        }
        let mut store = self.records();
        records.iter().try_for_each(|record| store.put(account.id, record, evidence))
    }

    /// A repository was verified to its end and its records are stored; or it was not.
    pub(super) fn taken_in(
        &mut self,
        did: &Did,
        result: &Result<Snapshot, Failure>,
    ) -> Result<(), IndexError> {
        let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
        self.effects.taken_in.push((did.clone(), outcome));
        let Some(account) = accounts::load(self.db, did)? else { return Ok(()) };
        match result {
            Ok(snapshot) if account.state == State::Synchronized => {
                self.too_late(&account, snapshot)
            }
            Ok(snapshot) if account.head.is_some_and(|head| head.rev > snapshot.head.rev) => {
                let reason = format!("its host offers the old revision {}", snapshot.head.rev);
                self.put_off(&account, RefusalKind::Repository, &reason, None)
            }
            Ok(snapshot) => self.take_snapshot(&account, snapshot),
            Err(failure) => {
                let reason = format!("its repository could not be taken in: {}", failure.reason);
                self.put_off(&account, RefusalKind::Repository, &reason, Some(failure))
            }
        }
    }

    /// Another process repaired the account meanwhile; what it found may be older.
    fn too_late(&mut self, account: &Account, snapshot: &Snapshot) -> Result<(), IndexError> {
        self.effects.answers.push((account.did.clone(), Ok(snapshot.report.clone())));
        if account.head.is_none_or(|head| head.rev < snapshot.head.rev) {
            return self.break_off(account, Need::Repository, "two repairs met");
        }
        Ok(())
    }

    fn take_snapshot(&mut self, account: &Account, snapshot: &Snapshot) -> Result<(), IndexError> {
        let mut store = self.records();
        snapshot.deleted.iter().try_for_each(|path| store.delete(account.id, path))?;
        accounts::set_head(self.db, account.id, &snapshot.head)?;
        accounts::set_not_kept(self.db, account.id, snapshot.not_kept)?;
        self.effects.answers.push((account.did.clone(), Ok(snapshot.report.clone())));
        accounts::synchronize(self.db, account.id, self.now)?;
        if self.held.overflowed(&account.did) {
            let repaired = Account { repaired_at: self.now, ..account.clone() };
            return self.break_off(
                &repaired,
                Need::Repository,
                "more happened while it was fetched",
            );
        }
        self.release(&account.did);
        Ok(())
    }

    /// Another attempt later. The first failure is noted; repetitions of it are not.
    fn put_off(
        &mut self,
        account: &Account,
        kind: RefusalKind,
        reason: &str,
        failure: Option<&Failure>,
    ) -> Result<(), IndexError> {
        self.effects.answers.push((account.did.clone(), Err(reason.to_owned())));
        if account.reason != reason {
            self.refuse(&self.refusal(account, kind, reason))?;
        }
        let pds = account.pds.clone().unwrap_or_default();
        let only_asked_for =
            self.waiters.contains_key(&account.did) && self.held.of(&account.did).is_empty();
        let of_no_source = account.pds.is_some() && !self.is_followed(&pds);
        if account.head.is_none() && (of_no_source || only_asked_for) {
            return self.forget(account);
        }
        if let Some(status) = failure.and_then(|failure| failure.inactive) {
            self.set_status(account.id, status)?;
        }
        let gone = failure.is_some_and(|failure| failure.inactive.is_some())
            || account.attempts >= GIVE_UP;
        let pause = backoff(self.limits, account.attempts);
        let retry = Retry {
            attempts: account.attempts.saturating_add(1),
            at: (!gone).then(|| self.now.saturating_add(pause)),
        };
        accounts::desynchronize(self.db, account.id, account.need, reason, retry)
    }

    fn refusal(&self, account: &Account, kind: RefusalKind, reason: &str) -> Refusal {
        Refusal {
            source: account.pds.clone().unwrap_or_default(),
            did: Some(account.did.clone()),
            seq: None,
            rev: account.head.map(|head| head.rev),
            kind,
            reason: reason.to_owned(),
        }
    }

    /// Somebody asks for an account: its repository is fetched, whatever is known of it.
    pub(super) fn wanted(&mut self, did: &Did) -> Result<(), IndexError> {
        accounts::meet(self.db, did, "it was asked for", self.now)?;
        let Some(account) = accounts::load(self.db, did)? else { return Ok(()) };
        let retry = Retry { attempts: 0, at: Some(self.now.saturating_add(self.lease())) };
        let reason = if account.reason.is_empty() { "it was asked for" } else { &account.reason };
        accounts::desynchronize(self.db, account.id, Need::Repository, reason, retry)
    }

    /// Somebody brings a repository of revision `rev` along. Until it is taken in, the account's events wait.
    pub(super) fn brought(&mut self, did: &Did, found: &Found, rev: Tid) -> Result<(), IndexError> {
        if self.jobs.is_running(did) {
            return Ok(());
        }
        accounts::meet(self.db, did, "it is being imported", self.now)?;
        let Some(account) = accounts::load(self.db, did)? else { return Ok(()) };
        let up_to_date = account.state == State::Synchronized;
        if let Some(head) = account.head.filter(|head| up_to_date && head.rev >= rev) {
            let mut known = ImportReport::new(did.clone());
            (known.rev, known.not_newer) = (Some(head.rev), true);
            self.effects.brought.insert(did.clone(), Err(known));
            return Ok(());
        }
        self.store_identity(&account, found)?;
        let lease = self.now.saturating_add(self.lease());
        let retry = Retry { attempts: 0, at: Some(lease) };
        accounts::desynchronize(
            self.db,
            account.id,
            Need::Repository,
            "it is being imported",
            retry,
        )?;
        self.effects.brought.insert(did.clone(), Ok(()));
        Ok(())
    }

    /// Accounts that a host says it has: unknown ones are met, and after a gap those that moved on are
    /// fetched.
    pub(super) fn listed(&mut self, source: i64, repos: &[ListedRepo]) -> Result<(), IndexError> {
        let gap = sources::has_gap(self.db, source)?;
        let mut room = self.limits.pending_accounts.saturating_sub(accounts::pending(self.db)?);
        for repo in repos {
            match accounts::load(self.db, &repo.did)? {
                Some(account) if gap => self.catch_up(&account, repo)?,
                Some(_) => {}
                None if room == 0 => return self.no_room(source),
                None => {
                    accounts::meet(self.db, &repo.did, "its host listed it", self.now + GRACE)?;
                    room -= 1;
                }
            }
        }
        Ok(())
    }

    fn catch_up(&mut self, account: &Account, repo: &ListedRepo) -> Result<(), IndexError> {
        let known = account.head.map(|head| head.rev);
        if account.state == State::Synchronized && repo.rev > known {
            return self.break_off(
                account,
                Need::Repository,
                "its host no longer has all of its events",
            );
        }
        Ok(())
    }

    fn no_room(&mut self, source: i64) -> Result<(), IndexError> {
        let url = self
            .followed
            .iter()
            .find(|origin| origin.id == source)
            .map(|origin| origin.url.clone());
        self.refuse(&Refusal {
            source: url.unwrap_or_default(),
            did: None,
            seq: None,
            rev: None,
            kind: RefusalKind::Limit,
            reason: String::from(
                "it lists more accounts than can wait for their first verification",
            ),
        })
    }
}
