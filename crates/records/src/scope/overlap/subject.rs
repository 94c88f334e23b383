//! One of the two claims that are compared, with the records it refers to.

use super::super::{Records, Scope, ScopeError};
use super::rights::Terms;
use super::when::Time;
use super::r#where::Spot;
use super::who::Identity;
use crate::Claim;

/// A claim, ready to be compared with others.
#[derive(Clone, Debug)]
pub struct Subject {
    pub(super) people: Vec<Identity>,
    pub(super) scope: Result<Scope, ScopeError>,
    pub(super) time: Time,
    pub(super) places: Vec<Spot>,
    pub(super) rights: Option<Terms>,
}

impl Subject {
    /// A claim with those of its records that are in `records`. What is missing becomes a doubt.
    #[must_use]
    pub fn of(claim: &Claim, records: &dyn Records) -> Self {
        let people = claim.contributors.iter();
        Self {
            people: people.map(|person| Identity::of(person, records)).collect(),
            scope: Scope::of(claim, records),
            time: Time { start: claim.start_date.clone(), end: claim.end_date.clone() },
            places: claim.locations.iter().map(|place| Spot::of(place, records)).collect(),
            rights: claim.rights.as_ref().map(|rights| Terms::of(rights, records)),
        }
    }

    /// What the claim covers, as far as it could be read.
    pub fn scope(&self) -> Result<&Scope, &ScopeError> {
        self.scope.as_ref()
    }
}
