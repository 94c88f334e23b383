//! How much one address or one account may ask for in a while.
//!
//! * [`quota`]: the bounds, by method.
//! * [`counters`]: what has been used of them, in fixed windows.
//! * [`headers`]: what every answer says about them.
//! * [`network`]: where a request comes from.
//! * [`turns`]: what may be under way at the same time.
//!
//! Failed logins are counted beside this, in `account::throttle`: those bounds hold even where
//! these are switched off.

mod counters;
mod headers;
mod network;
pub mod quota;
mod turns;

use hypercerts_lexicon::Did;
use std::net::IpAddr;

use crate::account::throttle::Target;
use crate::error::Refusal;
pub use counters::Limits;
pub use headers::announce;
pub use network::{Network, asked_by, asker};
pub use quota::Mail;
use quota::Quota;
pub use turns::{Turn, Turns};

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    Network(Network),
    Account(Did),
    /// Whoever gets mail that somebody else asks for, from one network or from all.
    Reader(Target, Option<Network>),
}

impl Limits {
    /// The network that a request is counted for.
    ///
    /// This machine itself is not bounded: behind a proxy that does not say for whom it asks,
    /// everybody would be one.
    pub fn network(&self, address: Option<IpAddr>) -> Option<Network> {
        address.filter(|address| self.is_on() && !address.is_loopback()).map(Network::from)
    }

    /// Counts the request under way, which asks for a method, against every bound by address.
    pub fn charge_address(&self, method: &str) -> Result<(), Refusal> {
        match asker() {
            Some(network) => self.charge_all(quota::by_address(method), &Whom::Network(network), 1),
            None => Ok(()),
        }
    }

    /// Counts a mail that goes to `reader` because the request under way says so. Each network may
    /// have only a few sent, so that what all of them may is left for the owner.
    pub fn charge_mail(&self, mail: Mail, reader: &Target) -> Result<(), Refusal> {
        let Some(network) = asker() else { return Ok(()) };
        let [of_one, of_all] = quota::of_mail(mail);
        self.charge_all([Some(of_one)], &Whom::Reader(reader.clone(), Some(network)), 1)?;
        self.charge_all([Some(of_all)], &Whom::Reader(reader.clone(), None), 1)
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
