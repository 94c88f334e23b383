//! Who: a DID is proof of being the same or another; a name is only a sign of being the same.

use std::collections::HashMap;

use super::super::Records;
use super::{Overlap, Witness};
use crate::scope::Person;
use crate::{Contributor, ContributorIdentity, Record};

/// A contributor, as far as they can be told from others.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// Empty if none is known.
    did: String,
    /// Without the letters' case and a leading `@`; empty if there is none.
    name: String,
    /// The record about them.
    uri: Option<String>,
}

impl Identity {
    pub(super) fn of(contributor: &Contributor, records: &dyn Records) -> Self {
        match &contributor.contributor_identity {
            ContributorIdentity::Named(named) => {
                Self::known(Person::identified(&named.identity), None)
            }
            ContributorIdentity::Record(reference) => {
                let uri = Some(reference.uri().to_string());
                match records.record(reference) {
                    Some(Record::ContributorInformation(information)) => {
                        Self::known(Person::informed(&information), uri)
                    }
                    _ => Self { uri, ..Self::default() },
                }
            }
            ContributorIdentity::Unknown(_) => Self::default(),
        }
    }

    fn known(person: Person, uri: Option<String>) -> Self {
        let name = person.name.trim().trim_start_matches('@').to_lowercase();
        Self { did: person.did, name, uri }
    }

    /// What shows that the two are the same.
    fn same(&self, other: &Self) -> Option<Witness> {
        if !self.did.is_empty() && self.did == other.did {
            return Some(Witness::SameAccount { did: self.did.clone() });
        }
        if self.is_apart(other) {
            return None;
        }
        if let Some(uri) = self.uri.as_ref().filter(|_| self.uri == other.uri) {
            return Some(Witness::SameRecord { uri: uri.clone() });
        }
        (!self.name.is_empty() && self.name == other.name)
            .then(|| Witness::SameName { name: self.name.clone() })
    }

    fn signs(&self) -> impl Iterator<Item = (Sign, &str)> {
        let uri = self.uri.as_deref().unwrap_or_default();
        [(Sign::Did, self.did.as_str()), (Sign::Name, self.name.as_str()), (Sign::Record, uri)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
    }

    fn is_apart(&self, other: &Self) -> bool {
        !self.did.is_empty() && !other.did.is_empty() && self.did != other.did
    }
}

pub(super) fn overlap(ours: &[Identity], theirs: &[Identity]) -> Overlap {
    if ours.is_empty() || theirs.is_empty() {
        return Overlap::overlaps(Witness::Open);
    }
    if let Some(witness) = shared(ours, theirs) {
        return Overlap::overlaps(witness);
    }
    if ours.iter().chain(theirs).all(|person| !person.did.is_empty()) {
        return Overlap::disjoint(Witness::OtherAccounts);
    }
    Overlap::cannot_tell("a contributor without a DID may be any of the others")
}

/// The strongest sign that somebody is in both.
fn shared(ours: &[Identity], theirs: &[Identity]) -> Option<Witness> {
    let strength = |witness: &Witness| match witness {
        Witness::SameAccount { .. } => 2,
        Witness::SameRecord { .. } => 1,
        _ => 0,
    };
    let index = Index::of(theirs);
    let signs = ours.iter().filter_map(|person| {
        index.like(person).filter_map(|one| person.same(one)).max_by_key(strength)
    });
    signs.max_by_key(strength)
}

/// What somebody may be recognised by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sign {
    Did,
    Name,
    Record,
}

/// Contributors by what they may be recognised by: a claim may name thousands.
struct Index<'a>(HashMap<(Sign, &'a str), &'a Identity>);

impl<'a> Index<'a> {
    fn of(people: &'a [Identity]) -> Self {
        let mut index = HashMap::new();
        for person in people {
            // Of several with one name, the one without a DID may be anybody.
            for sign in person.signs() {
                let entry = index.entry(sign).or_insert(person);
                if person.did.is_empty() {
                    *entry = person;
                }
            }
        }
        Self(index)
    }

    fn like(&self, person: &Identity) -> impl Iterator<Item = &'a Identity> {
        let found: Vec<_> = person.signs().filter_map(|sign| self.0.get(&sign).copied()).collect();
        found.into_iter()
    }
}
