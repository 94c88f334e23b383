//! What to believe: the events of one account, held against what is known of it.
//!
//! Pure: it reads no database and no clock of its own, so that many accounts are judged at a time.
//! Events are taken in order until the first that cannot be followed; it and the rest wait for what the
//! verdict says is needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hypercerts_repo::{
    CommitEventParts, Head, PublicKey, RepoPath, VerifiedChange, VerifiedCommit, VerifyError,
    VerifyErrorKind, verify_commit_event, verify_sync_event,
};
use hypercerts_schemas::Schemas;
use hypercerts_xrpc::frames::{AccountEvent, CommitEvent, Event, SyncEvent};

use super::input::Arrival;
use super::prepare::{Kept, prepare};
use crate::store::accounts::{Account, Need};
use crate::store::records::{Evidence, Prepared};
use crate::store::refusals::Refusal;
use crate::view::{AccountStatus, RefusalKind};

/// A synchronized account and what arrived for it.
pub(super) struct Case {
    pub account: Account,
    pub arrivals: Vec<Arc<Arrival>>,
}

/// What is to be done about a case.
pub(super) struct Verdict {
    pub account: Account,
    pub steps: Vec<Step>,
    /// The head after all steps.
    pub head: Option<Head>,
    pub refusals: Vec<Refusal>,
    /// Why the account cannot be followed any further, and what it needs.
    pub broken: Option<Broken>,
    /// What waits for that.
    pub rest: Vec<Arc<Arrival>>,
}

/// One change to what is stored.
pub(super) enum Step {
    Put(Box<Prepared>, Arc<Evidence>),
    Delete(RepoPath),
    /// Records of collections that are not kept came or went.
    NotKept(i64),
    Status(AccountStatus),
    /// The account is gone, with everything in it.
    Erase,
}

impl Verdict {
    fn new(account: Account) -> Self {
        let head = account.head;
        let (steps, refusals, rest) = (Vec::new(), Vec::new(), Vec::new());
        Self { account, steps, head, refusals, broken: None, rest }
    }
}

/// Why an account cannot be followed.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    pub need: Need,
    pub reason: String,
}

/// What an event means for the ones after it.
enum Next {
    Go,
    /// Stop before this event and judge it again later.
    Before(Broken),
    /// Stop after this event, which is settled.
    After(Broken),
}

/// What judging goes by, besides the case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    pub kept: &'a Kept,
    pub schemas: &'a Schemas,
    /// In microseconds since 1970.
    pub now: i64,
    /// How long a stranger's word is no reason to look an identity up again, in microseconds.
    pub identity_rest: i64,
}

/// Judges one case. Should the program fail on it, the account is set aside and all others go on.
pub(super) fn judge(case: &Case, rules: Rules<'_>) -> Verdict {
    let judged = catch_unwind(AssertUnwindSafe(|| judge_events(case, rules)));
    judged.unwrap_or_else(|_| {
        let reason = "this program failed on one of its events, which is a mistake in the program";
        let refuse = |arrival: &Arc<Arrival>| arrival.refuse(RefusalKind::Malformed, reason);
        let mut verdict = Verdict::new(case.account.clone());
        verdict.refusals = case.arrivals.first().map(refuse).into_iter().collect();
        verdict.broken = Some(repository(reason));
        verdict
    })
}

fn judge_events(case: &Case, rules: Rules<'_>) -> Verdict {
    let Case { account, arrivals } = case;
    let key = account.key.as_deref().and_then(|key| PublicKey::from_did_key(key).ok());
    let now = u64::try_from(rules.now).unwrap_or(0);
    let mut judge = Judge { verdict: Verdict::new(account.clone()), key, rules, now };
    for (place, arrival) in arrivals.iter().enumerate() {
        let (broken, rest) = match judge.event(arrival) {
            Next::Go => continue,
            Next::Before(broken) => (broken, &arrivals[place..]),
            Next::After(broken) => (broken, &arrivals[place + 1..]),
        };
        judge.verdict.broken = Some(broken);
        judge.verdict.rest = rest.to_vec();
        break;
    }
    judge.verdict
}

struct Judge<'a> {
    verdict: Verdict,
    key: Option<PublicKey>,
    rules: Rules<'a>,
    /// In microseconds since 1970, as verification counts them.
    now: u64,
}

impl Judge<'_> {
    fn event(&mut self, arrival: &Arrival) -> Next {
        if self.is_old(arrival) {
            return Next::Go;
        }
        if !arrival.source.speaks_for(self.verdict.account.pds.as_deref()) {
            return self.stranger(arrival);
        }
        match &arrival.event {
            Event::Commit(event) => self.commit(arrival, event),
            Event::Sync(event) => self.sync(arrival, event),
            Event::Account(event) => self.account(arrival, event),
            Event::Identity(_) if self.looked_up_since(arrival) => Next::Go,
            Event::Identity(_) => Next::After(identity("its host announced a new identity")),
        }
    }

    /// Whether everything in the event is known already.
    fn is_old(&self, arrival: &Arrival) -> bool {
        match (arrival.rev(), &self.verdict.head) {
            (Some(rev), Some(head)) => rev <= head.rev,
            _ => false,
        }
    }

    fn commit(&mut self, arrival: &Arrival, event: &CommitEvent) -> Next {
        let Some(key) = self.key.clone() else {
            return Next::Before(identity("its key is not known"));
        };
        if self.verdict.head.is_none() && event.since.is_some() {
            return Next::After(repository("its earlier commits are not known"));
        }
        let parts = CommitEventParts {
            did: &event.repo,
            rev: event.rev,
            since: event.since,
            prev_data: event.prev_data,
            commit: event.commit,
            ops: &event.ops,
            blocks: &event.blocks,
        };
        match verify_commit_event(&parts, &key, self.verdict.head.as_ref(), self.now) {
            Ok(commit) => self.follow(arrival, commit),
            Err(error) => self.refuse(arrival, &error),
        }
    }

    /// Takes over what a verified commit changed.
    fn follow(&mut self, arrival: &Arrival, commit: VerifiedCommit) -> Next {
        let head = *commit.head();
        let evidence = Arc::new(Evidence {
            rev: head.rev,
            commit: head.commit,
            key: self.verdict.account.key.clone().unwrap_or_default(),
            origin: arrival.source.url.clone(),
        });
        for change in commit.into_changes() {
            let step = self.step(arrival, change, &evidence);
            self.verdict.steps.extend(step);
        }
        self.verdict.head = Some(head);
        Next::Go
    }

    fn step(
        &mut self,
        arrival: &Arrival,
        change: VerifiedChange,
        evidence: &Arc<Evidence>,
    ) -> Option<Step> {
        match change {
            VerifiedChange::Put { record, prev } if !self.rules.kept.keeps(record.path()) => {
                prev.is_none().then_some(Step::NotKept(1))
            }
            VerifiedChange::Put { record, .. } => match prepare(&record, self.rules.schemas) {
                Ok(prepared) => Some(Step::Put(Box::new(prepared), evidence.clone())),
                Err(reason) => {
                    let reason = format!("the record {} is no data: {reason}", record.path());
                    self.verdict.refusals.push(arrival.refuse(RefusalKind::Malformed, reason));
                    Some(Step::Delete(record.path().clone()))
                }
            },
            VerifiedChange::Delete { path, .. } if self.rules.kept.keeps(&path) => {
                Some(Step::Delete(path))
            }
            VerifiedChange::Delete { .. } => Some(Step::NotKept(-1)),
        }
    }

    fn sync(&mut self, arrival: &Arrival, event: &SyncEvent) -> Next {
        let Some(key) = self.key.clone() else {
            return Next::Before(identity("its key is not known"));
        };
        match verify_sync_event(&event.did, event.rev, &event.blocks, &key, self.now) {
            Ok(found) if self.verdict.head.is_some_and(|head| head.data == found.head().data) => {
                self.verdict.head = Some(*found.head());
                Next::Go
            }
            Ok(_) => Next::After(repository(
                "its host announced a state that does not follow from the last",
            )),
            Err(error) => self.refuse(arrival, &error),
        }
    }

    fn account(&mut self, arrival: &Arrival, event: &AccountEvent) -> Next {
        let status = status_of(event);
        self.verdict.steps.push(Step::Status(status));
        match status {
            AccountStatus::Deleted => {
                self.verdict.steps.push(Step::Erase);
                self.verdict.head = None;
                Next::After(repository("the account was deleted"))
            }
            // The last that an account which moves does at its old host.
            AccountStatus::Deactivated if !self.looked_up_since(arrival) => {
                Next::After(identity("its host says that it is deactivated; it may have moved"))
            }
            _ => Next::Go,
        }
    }

    fn refuse(&mut self, arrival: &Arrival, error: &VerifyError) -> Next {
        let reason = error.to_string();
        let kind = match error.kind() {
            VerifyErrorKind::Stale => return Next::Go,
            VerifyErrorKind::Signature => {
                return self.doubt(arrival, RefusalKind::Signature, &reason);
            }
            VerifyErrorKind::Future => RefusalKind::FutureRevision,
            VerifyErrorKind::BrokenChain => RefusalKind::BrokenChain,
            _ => RefusalKind::Malformed,
        };
        self.verdict.refusals.push(arrival.refuse(kind, reason.clone()));
        Next::After(repository(reason))
    }

    /// The identity decides whether this event is right. It is asked for once; after that, it is refused.
    fn doubt(&mut self, arrival: &Arrival, kind: RefusalKind, reason: &str) -> Next {
        if !self.looked_up_since(arrival) {
            return Next::Before(identity(reason));
        }
        self.verdict.refusals.push(arrival.refuse(kind, reason));
        Next::Go
    }

    /// Another host than the account's PDS speaks. The account may have moved there; but nobody can make
    /// the index look that up again and again.
    fn stranger(&mut self, arrival: &Arrival) -> Next {
        let reason = "it comes from a host that is not the account's PDS";
        let age = self.rules.now.saturating_sub(self.verdict.account.identified_at);
        if age >= self.rules.identity_rest {
            return self.doubt(arrival, RefusalKind::WrongHost, reason);
        }
        self.verdict.refusals.push(arrival.refuse(RefusalKind::WrongHost, reason));
        Next::Go
    }

    fn looked_up_since(&self, arrival: &Arrival) -> bool {
        self.verdict.account.identified_at >= arrival.at
    }
}

/// What an `#account` event says.
pub(super) fn status_of(event: &AccountEvent) -> AccountStatus {
    AccountStatus::from_event(event.active, event.status.as_ref().map(|status| status.as_str()))
}

fn identity(reason: impl Into<String>) -> Broken {
    Broken { need: Need::Identity, reason: reason.into() }
}

fn repository(reason: impl Into<String>) -> Broken {
    Broken { need: Need::Repository, reason: reason.into() }
}
