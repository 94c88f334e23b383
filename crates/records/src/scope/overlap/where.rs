//! Where: any place of the one with any of the other.

use super::super::Records;
use super::{Overlap, Witness};
use crate::place::{Effort, Geometry, Intersection, intersects_within};
use crate::{Record, StrongRef};

/// Pairs of places that are compared; claims name at most 1,000 places each.
const MAX_PAIRS: usize = 1_000_000;

/// A place of a claim: what is understood of it, or why nothing is.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    uri: String,
    geometry: Result<Geometry, String>,
}

impl Spot {
    pub(super) fn of(reference: &StrongRef, records: &dyn Records) -> Self {
        let uri = reference.uri().to_string();
        let geometry = match records.record(reference) {
            Some(Record::Location(location)) => {
                Geometry::of(&location).map_err(|error| error.to_string())
            }
            Some(_) => Err(format!("{uri} is not a location")),
            None => Err(format!("the place {uri} is not at hand")),
        };
        Self { uri, geometry }
    }

    fn words(&self) -> String {
        self.geometry.as_ref().map_or_else(|_| self.uri.clone(), Geometry::words)
    }
}

pub(super) fn overlap(ours: &[Spot], theirs: &[Spot]) -> Overlap {
    if ours.is_empty() || theirs.is_empty() {
        return Overlap::overlaps(Witness::Open);
    }
    let mut effort = Effort::default();
    let mut doubt = None;
    let pairs = ours.iter().flat_map(|ours| theirs.iter().map(move |theirs| (ours, theirs)));
    for (ours, theirs) in pairs.clone().take(MAX_PAIRS) {
        match meet(ours, theirs, &mut effort) {
            Ok(true) => return Overlap::overlaps(witness(ours, theirs)),
            Ok(false) => {}
            Err(why) => doubt = doubt.or(Some(why)),
        }
    }
    if ours.len() * theirs.len() > MAX_PAIRS {
        doubt = doubt.or_else(|| Some("there are too many places to compare".to_owned()));
    }
    doubt.map_or_else(|| Overlap::disjoint(Witness::OtherPlaces), Overlap::cannot_tell)
}

fn witness(ours: &Spot, theirs: &Spot) -> Witness {
    if ours.uri == theirs.uri {
        return Witness::SameRecord { uri: ours.uri.clone() };
    }
    Witness::Places { one: ours.words(), other: theirs.words() }
}

fn meet(ours: &Spot, theirs: &Spot, effort: &mut Effort) -> Result<bool, String> {
    if ours.uri == theirs.uri {
        return Ok(true);
    }
    let (ours, theirs) = (known(ours)?, known(theirs)?);
    match intersects_within(ours, theirs, effort) {
        Intersection::Yes => Ok(true),
        Intersection::No => Ok(false),
        Intersection::CannotTell(doubt) => Err(doubt.to_string()),
    }
}

fn known(spot: &Spot) -> Result<&Geometry, String> {
    spot.geometry.as_ref().map_err(String::clone)
}
