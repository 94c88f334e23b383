//! Slows down guessing: too many failed logins for one account from one network, and that network
//! has to wait before it may try that account again.
//!
//! A try counts as failed from its beginning and is given back when it was none, so that many at
//! the same time are not more than one after another.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::error::{Error, Refusal};
use crate::limits::Network;
use crate::recent::Recent;
use crate::store::AccountId;
use crate::store::oauth::{Hash, hash};

const FAILURES: u32 = 30;
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// Pairs remembered; beyond, those not seen for longest are forgotten.
const PAIRS: usize = 100_000;

/// What somebody tries to get into.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// However it was named in public: by its handle or by its DID.
    Account(AccountId),
    /// What names no account in public: an e-mail address, or nothing here.
    Name(Hash),
    /// Codes that say themselves whose they are.
    RecoveryCodes,
    Operator,
}

impl Target {
    /// E-mail addresses count apart from the account they belong to: whoever used up the tries of
    /// an account would find out by them which address is its owner's.
    pub fn named(text: &str) -> Self {
        Self::Name(hash(&["target", text]))
    }
}

/// Who tries what. Servers behind a proxy that hides addresses count per target.
type Pair = (Target, Option<Network>);

/// Counts failed logins.
pub struct LoginThrottle {
    failures: Recent<Pair, Arc<AtomicU32>>,
}

/// A try, which has failed unless it is said that it has not.
#[must_use]
pub struct Attempt(Arc<AtomicU32>);

impl LoginThrottle {
    pub fn new() -> Self {
        Self { failures: Recent::new(PAIRS, WINDOW) }
    }

    /// Refuses when the window's failures are used up.
    pub fn begin(&self, target: Target, address: Option<IpAddr>) -> Result<Attempt, Refusal> {
        let pair = (target, address.map(Network::from));
        let failures = self.failures.get_or_insert_with(pair, Arc::default);
        let one_more = |count: u32| (count < FAILURES).then(|| count + 1);
        match failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more) {
            Ok(_) => Ok(Attempt(failures)),
            Err(_) => Err(Refusal::TooManyLogins(WINDOW)),
        }
    }
}

impl Attempt {
    /// It was no failure.
    pub fn forgive(self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Only what is refused was a failure.
    pub fn judge<T>(self, outcome: Result<T, Error>) -> Result<T, Error> {
        if !matches!(outcome, Err(Error::Refused(_))) {
            self.forgive();
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Target = Target::Account(AccountId(1));

    #[test]
    fn guessing_is_stopped_for_the_guesser_and_nobody_else() {
        let throttle = LoginThrottle::new();
        let (eve, alice) = (Some([10, 0, 0, 1].into()), Some([10, 0, 0, 2].into()));
        for _ in 0..FAILURES {
            throttle.begin(ALICE, alice).unwrap().forgive();
            let _failed = throttle.begin(ALICE, eve).unwrap();
        }
        assert!(throttle.begin(ALICE, eve).is_err());
        assert!(throttle.begin(ALICE, alice).is_ok());
        assert!(throttle.begin(Target::Account(AccountId(2)), eve).is_ok());
    }

    #[test]
    fn tries_that_are_under_way_count() {
        let throttle = LoginThrottle::new();
        let eve = Some([10, 0, 0, 1].into());
        let mut under_way: Vec<Attempt> =
            (0..FAILURES).map(|_| throttle.begin(ALICE, eve).unwrap()).collect();
        assert!(throttle.begin(ALICE, eve).is_err());
        under_way.pop().unwrap().judge(Ok(())).unwrap();
        under_way.pop().unwrap().judge::<()>(Err(Error::Busy)).unwrap_err();
        under_way.pop().unwrap().judge::<()>(Err(Refusal::WrongCredentials.into())).unwrap_err();
        let left = std::iter::from_fn(|| throttle.begin(ALICE, eve).ok()).count();
        assert_eq!(left, 2);
    }
}
