//! How much one address or one account may ask for in a while.
//!
//! * [`quota`]: the bounds, by method.
//! * [`counters`]: what has been used of them, in fixed windows.
//! * [`headers`]: what every answer says about them.
//! * [`turns`]: what may be under way at the same time.
//!
//! Failed logins are counted beside this, in `account::throttle`: those bounds hold even where
//! these are switched off.

mod counters;
mod headers;
pub mod quota;
mod turns;

use hypercerts_lexicon::Did;
use std::net::IpAddr;

use crate::error::Refusal;
pub use counters::Limits;
pub use headers::announce;
use quota::Quota;
pub use turns::{Turn, Turns};

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    Address(IpAddr),
    Account(Did),
}

impl Limits {
    /// Counts a request of `address` for a method against every bound by address.
    ///
    /// This machine itself is not bounded: behind a proxy that does not say for whom it asks,
    /// everybody would be one.
    pub fn charge_address(&self, method: &str, address: Option<IpAddr>) -> Result<(), Refusal> {
        let Some(address) = address.filter(|address| !address.is_loopback()) else {
            return Ok(());
        };
        let whom = Whom::Address(address);
        self.charge_all(quota::by_address(method), &whom, 1)
    }

    /// Counts a request of an account for a method against every bound by account.
    pub fn charge_account(&self, method: &str, did: &Did) -> Result<(), Refusal> {
        self.charge_all(quota::by_account(method), &Whom::Account(did.clone()), 1)
    }

    /// Counts writes: a creation is three points, an update two, a deletion one.
    pub fn charge_writes(&self, did: &Did, points: u32) -> Result<(), Refusal> {
        self.charge_all(quota::of_writes(), &Whom::Account(did.clone()), points)
    }

    /// Counts a call that goes on to another service.
    pub fn charge_proxied(&self, did: &Did) -> Result<(), Refusal> {
        self.charge_all([Some(quota::of_proxied())], &Whom::Account(did.clone()), 1)
    }

    fn charge_all(
        &self,
        quotas: impl IntoIterator<Item = Option<Quota>>,
        whom: &Whom,
        points: u32,
    ) -> Result<(), Refusal> {
        for quota in quotas.into_iter().flatten() {
            let standing = self.charge(quota, whom, points)?;
            headers::note(standing);
        }
        Ok(())
    }
}
