//! Slows down guessing: too many failed logins for one identifier from one address, and that
//! address has to wait before it may try that identifier again.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::error::Refusal;
use crate::recent::Recent;

const FAILURES: u32 = 30;
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// Pairs remembered; beyond, those not seen for longest are forgotten.
const PAIRS: usize = 100_000;

/// Who tries whom. Servers behind a proxy that hides addresses count per identifier.
type Attempt = (String, Option<IpAddr>);

/// Counts failed logins.
pub struct LoginThrottle {
    failures: Recent<Attempt, Arc<AtomicU32>>,
}

impl LoginThrottle {
    pub fn new() -> Self {
        Self { failures: Recent::new(PAIRS, WINDOW) }
    }

    /// Refuses when the window's failures are used up.
    pub fn check(&self, identifier: &str, address: Option<IpAddr>) -> Result<(), Refusal> {
        let failures = self.failures.get(&attempt(identifier, address));
        match failures.map(|count| count.load(Ordering::Relaxed)) {
            Some(count) if count >= FAILURES => Err(Refusal::TooManyLogins(WINDOW)),
            _ => Ok(()),
        }
    }

    pub fn note_failure(&self, identifier: &str, address: Option<IpAddr>) {
        let count = self.failures.get_or_insert_with(attempt(identifier, address), Arc::default);
        count.fetch_add(1, Ordering::Relaxed);
    }
}

fn attempt(identifier: &str, address: Option<IpAddr>) -> Attempt {
    (identifier.to_ascii_lowercase(), address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_stopped_for_the_guesser_and_nobody_else() {
        let throttle = LoginThrottle::new();
        let (eve, alice) = (Some([10, 0, 0, 1].into()), Some([10, 0, 0, 2].into()));
        for _ in 0..FAILURES {
            throttle.check("alice.test", eve).unwrap();
            throttle.note_failure("Alice.test", eve);
        }
        assert!(throttle.check("alice.test", eve).is_err());
        assert!(throttle.check("alice.test", alice).is_ok());
        assert!(throttle.check("bob.test", eve).is_ok());
    }
}
