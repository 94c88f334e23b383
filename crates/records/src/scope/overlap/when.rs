//! When: both ends belong to the time, and a missing one is open.

use hypercerts_lexicon::Datetime;

use super::{Overlap, Witness};

/// The time of a claim.
#[derive(Clone, Debug)]
pub(super) struct Time {
    pub(super) start: Option<Datetime>,
    pub(super) end: Option<Datetime>,
}

impl Time {
    fn is_backwards(&self) -> bool {
        ends_before(self, self).is_some()
    }
}

pub(super) fn overlap(one: &Time, other: &Time) -> Overlap {
    if one.is_backwards() || other.is_backwards() {
        return Overlap::cannot_tell("a claim ends before it begins");
    }
    if let Some(gap) = ends_before(one, other).or_else(|| ends_before(other, one)) {
        return Overlap::disjoint(gap);
    }
    let from = [&one.start, &other.start].into_iter().flatten().max_by_key(|day| day.unix_micros());
    let to = [&one.end, &other.end].into_iter().flatten().min_by_key(|day| day.unix_micros());
    Overlap::overlaps(Witness::Days { from: from.cloned(), to: to.cloned() })
}

fn ends_before(one: &Time, other: &Time) -> Option<Witness> {
    let (ends, begins) = (one.end.as_ref()?, other.start.as_ref()?);
    (ends.unix_micros() < begins.unix_micros())
        .then(|| Witness::Gap { ends: ends.clone(), begins: begins.clone() })
}
