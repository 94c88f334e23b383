//! What: is there work that falls under both scopes?
//!
//! The question is put about one piece of work in one place. Two searches answer it: one that lets nothing
//! rest on conditions it does not understand, and finds an example or not; one that grants all such
//! conditions, and shows a contradiction or not. If neither does, it cannot be told.

use super::super::program::{Condition, Program};
use super::super::{Kind, Scope, ScopeError, Vocabulary};
use super::formula::{Atoms, Formula, TooMany};
use super::search::{GaveUp, Opaque, Rules};
use super::{Example, Overlap, Witness};

/// Conditions among which the contradiction is looked for; beyond, all are named.
const MAX_CONFLICT: usize = 24;

impl Scope {
    /// Whether any work falls under both scopes, by what `vocabulary` says about tags.
    #[must_use]
    pub fn overlap(&self, other: &Self, vocabulary: &Vocabulary) -> Overlap {
        match (&self.kind, &other.kind) {
            (Kind::Text(one), Kind::Text(other)) => texts(one, other),
            (Kind::Unconstrained, Kind::Unconstrained | Kind::Text(_))
            | (Kind::Text(_), Kind::Unconstrained) => Overlap::overlaps(Witness::Open),
            (Kind::Text(_), _) | (_, Kind::Text(_)) => {
                Overlap::cannot_tell("one of the scopes is written for people only")
            }
            (Kind::Condition(one), Kind::Unconstrained)
            | (Kind::Unconstrained, Kind::Condition(one)) => alone(one, vocabulary),
            (Kind::Condition(one), Kind::Condition(other)) => programs(one, other, vocabulary),
        }
    }
}

/// Compares scopes as far as they could be read.
pub(super) fn of_read(
    one: &Result<Scope, ScopeError>,
    other: &Result<Scope, ScopeError>,
    vocabulary: &Vocabulary,
) -> Overlap {
    match (one, other) {
        (Ok(one), Ok(other)) => one.overlap(other, vocabulary),
        (Err(error), _) | (_, Err(error)) => Overlap::cannot_tell(error.to_string()),
    }
}

fn texts(one: &str, other: &str) -> Overlap {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if words(one) == words(other) {
        return Overlap::overlaps(Witness::SameWords { words: words(one) });
    }
    Overlap::cannot_tell("both scopes are written for people only, in different words")
}

/// A scope beside one that covers everything: they overlap unless nothing falls under it at all.
fn alone(program: &Program, vocabulary: &Vocabulary) -> Overlap {
    match find(&[&program.condition], vocabulary, Opaque::Free) {
        Ok(None) => Overlap::disjoint(conflict(vec![&program.condition], vocabulary)),
        _ => Overlap::overlaps(Witness::Open),
    }
}

fn programs(one: &Program, other: &Program, vocabulary: &Vocabulary) -> Overlap {
    if one.of_two || other.of_two {
        return Overlap::cannot_tell("one of the scopes compares two claims");
    }
    let conditions = [&one.condition, &other.condition];
    match find(&conditions, vocabulary, Opaque::Avoided) {
        Ok(Some(example)) => return shown([one, other], example, vocabulary),
        Ok(None) => {}
        Err(Unsettled) => return Overlap::cannot_tell("the scopes are too complex to compare"),
    }
    match find(&conditions, vocabulary, Opaque::Free) {
        Ok(None) => Overlap::disjoint(conflict(conditions.to_vec(), vocabulary)),
        Ok(Some(_)) => Overlap::cannot_tell(
            "whether work falls under both depends on more than its tags, place and time",
        ),
        Err(Unsettled) => Overlap::cannot_tell("the scopes are too complex to compare"),
    }
}

/// An example is given only if it truly falls under both: a moment outside the years 0 to 9999, which only
/// an expression can speak of, is none that work can have.
fn shown(programs: [&Program; 2], example: Example, vocabulary: &Vocabulary) -> Overlap {
    let context = example.context(vocabulary);
    if programs.iter().all(|program| program.holds([&context; 2]) == Ok(true)) {
        return Overlap::overlaps(Witness::Work(example));
    }
    Overlap::cannot_tell("only work outside the years 0 to 9999 seems to fall under both")
}

struct Unsettled;

impl From<TooMany> for Unsettled {
    fn from(_: TooMany) -> Self {
        Self
    }
}

impl From<GaveUp> for Unsettled {
    fn from(_: GaveUp) -> Self {
        Self
    }
}

/// Work that meets all of the conditions.
fn find(
    conditions: &[&Condition],
    vocabulary: &Vocabulary,
    opaque: Opaque,
) -> Result<Option<Example>, Unsettled> {
    let mut atoms = Atoms::new(vocabulary);
    let parts: Result<Vec<_>, _> =
        conditions.iter().map(|condition| atoms.formula(condition, true)).collect();
    let formula = Formula::All(parts?);
    Ok(Rules::of(&atoms).find(&formula, opaque)?)
}

/// As few of the conditions as contradict one another already.
fn conflict(conditions: Vec<&Condition>, vocabulary: &Vocabulary) -> Witness {
    let mut kept: Vec<&Condition> = conditions.into_iter().flat_map(conjuncts).collect();
    if kept.len() <= MAX_CONFLICT {
        for index in (0..kept.len()).rev() {
            let dropped = kept.remove(index);
            if !matches!(find(&kept, vocabulary, Opaque::Free), Ok(None)) {
                kept.insert(index, dropped);
            }
        }
    }
    Witness::Conflict { conditions: kept.iter().map(ToString::to_string).collect() }
}

fn conjuncts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}
