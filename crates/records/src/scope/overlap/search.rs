//! Whether any work meets a formula: a search with backtracking over the atoms that matter.
//!
//! Answers depend on one another: a tag brings the tags above it, a place has one country, which lies in one
//! region, and nothing ends before it starts. Each choice is carried on to what follows from it, so a
//! contradiction ends a branch at once.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::program::TextField;
use super::super::{Place, region};
use super::formula::{Atom, Atoms, Edge, Formula};
use super::witness::Example;
use crate::scope::context::Entry;
use hypercerts_lexicon::Datetime;

/// Parts of formulas looked at in one search.
const BUDGET: u32 = 2_000_000;

/// The search took too long.
#[derive(Debug)]
pub(super) struct GaveUp;

/// What opaque atoms count for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opaque {
    /// Nothing rests on them: what is found holds whatever they are.
    Avoided,
    /// They may be whatever is wanted: what is not found is nowhere.
    Free,
}

/// What is known about the atoms beside the formula.
pub(super) struct Rules<'a> {
    atoms: &'a [Atom],
    /// For each atom, the tags that it brings, and those that bring it.
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    /// Places that tell all atoms about places apart; for each, how it answers every atom.
    places: Vec<(Cow<'static, Place>, Vec<bool>)>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(atoms: &'a Atoms<'_>) -> Self {
        let (above, below) = implications(atoms);
        Self { atoms: atoms.all(), above, below, places: candidates(atoms.all()) }
    }

    /// Work that meets the formula.
    pub(super) fn find(
        &self,
        formula: &Formula,
        opaque: Opaque,
    ) -> Result<Option<Example>, GaveUp> {
        let answers = vec![None; self.atoms.len()];
        let mut search = Search { rules: self, opaque, answers, trail: Vec::new(), left: BUDGET };
        Ok(search.solve(formula)?.then(|| search.example()))
    }
}

type Arrows = Vec<Vec<usize>>;

fn implications(atoms: &Atoms<'_>) -> (Arrows, Arrows) {
    let all = atoms.all();
    let (mut above, mut below) = (vec![Vec::new(); all.len()], vec![Vec::new(); all.len()]);
    for (one, atom) in all.iter().enumerate() {
        let Atom::Tag(name) = atom else { continue };
        let names: HashSet<&str> = atoms.vocabulary().names(name).into_iter().collect();
        if names.len() == 1 {
            continue;
        }
        for (other, atom) in all.iter().enumerate() {
            if matches!(atom, Atom::Tag(name) if one != other && names.contains(name.as_str())) {
                above[one].push(other);
                below[other].push(one);
            }
        }
    }
    (above, below)
}

/// Every country and every region of the table.
static KNOWN_PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let countries = region::all().flat_map(region::Region::countries).map(Place::in_country);
    countries.chain(region::all().map(|region| Place::in_region(region.name))).collect()
});

fn candidates(atoms: &[Atom]) -> Vec<(Cow<'static, Place>, Vec<bool>)> {
    if !atoms.iter().any(|atom| matches!(atom, Atom::Place(..))) {
        return Vec::new();
    }
    let named = atoms.iter().filter_map(|atom| match atom {
        Atom::Place(TextField::Country, code) => Some(Place::in_country(code)),
        Atom::Place(TextField::Region, name) => Some(Place::in_region(name)),
        _ => None,
    });
    let known = KNOWN_PLACES.iter().map(Cow::Borrowed);
    let all = std::iter::once(Place::default()).chain(named).map(Cow::Owned).chain(known);
    all.map(|place| {
        let answers = atoms.iter().map(|atom| answer(&place, atom)).collect();
        (place, answers)
    })
    .collect()
}

fn answer(place: &Place, atom: &Atom) -> bool {
    matches!(atom, Atom::Place(field, text) if Entry::Place(place).text(*field) == text)
}

struct Search<'a> {
    rules: &'a Rules<'a>,
    opaque: Opaque,
    answers: Vec<Option<bool>>,
    /// Atoms in the order they were answered.
    trail: Vec<usize>,
    left: u32,
}

impl Search<'_> {
    fn solve(&mut self, formula: &Formula) -> Result<bool, GaveUp> {
        let (atom, wanted) = match self.open(formula)? {
            State::Decided(met) => return Ok(met),
            State::Open(atom, wanted) => (atom, wanted),
        };
        for value in [wanted, !wanted] {
            let mark = self.trail.len();
            if self.assume(atom, value) && self.solve(formula)? {
                return Ok(true);
            }
            self.forget(mark);
        }
        Ok(false)
    }

    /// What the answers so far make of the formula, or the answer that would bring it on.
    fn open(&mut self, formula: &Formula) -> Result<State, GaveUp> {
        self.left = self.left.checked_sub(1).ok_or(GaveUp)?;
        match formula {
            Formula::Constant(value) => Ok(State::Decided(*value)),
            Formula::Literal(atom, wanted) => Ok(self.literal(*atom, *wanted)),
            Formula::All(parts) => self.group(parts, false),
            Formula::Any(parts) => self.group(parts, true),
        }
    }

    fn literal(&self, atom: usize, wanted: bool) -> State {
        let avoided = self.opaque == Opaque::Avoided;
        match (self.answers[atom], &self.rules.atoms[atom]) {
            (_, Atom::Opaque(_)) if avoided => State::Decided(false),
            (Some(answer), _) => State::Decided(answer == wanted),
            (None, _) => State::Open(atom, wanted),
        }
    }

    fn group(&mut self, parts: &[Formula], decisive: bool) -> Result<State, GaveUp> {
        let mut first_open = State::Decided(!decisive);
        for part in parts {
            match (self.open(part)?, &first_open) {
                (State::Decided(met), _) if met == decisive => return Ok(State::Decided(met)),
                (state @ State::Open(..), State::Decided(_)) => first_open = state,
                _ => {}
            }
        }
        Ok(first_open)
    }

    /// Answers an atom and what follows from it; false if that contradicts.
    fn assume(&mut self, atom: usize, value: bool) -> bool {
        let mut next = self.trail.len();
        if !self.note(atom, value) {
            return false;
        }
        let rules = self.rules;
        while let Some(&atom) = self.trail.get(next) {
            next += 1;
            let value = self.answers[atom] == Some(true);
            let followers = if value { &rules.above[atom] } else { &rules.below[atom] };
            if !followers.iter().all(|follower| self.note(*follower, value)) {
                return false;
            }
        }
        match rules.atoms[atom] {
            Atom::Place(..) => self.place().is_some(),
            Atom::From(..) => self.time().is_some(),
            Atom::Tag(_) | Atom::Opaque(_) => true,
        }
    }

    fn note(&mut self, atom: usize, value: bool) -> bool {
        match self.answers[atom] {
            Some(known) => known == value,
            None => {
                self.answers[atom] = Some(value);
                self.trail.push(atom);
                true
            }
        }
    }

    fn forget(&mut self, mark: usize) {
        for atom in self.trail.drain(mark..) {
            self.answers[atom] = None;
        }
    }

    /// A place that answers as assumed; anywhere if nothing was assumed.
    fn place(&self) -> Option<Place> {
        let about_places = |atom: &&usize| matches!(self.rules.atoms[**atom], Atom::Place(..));
        let asked: Vec<usize> = self.trail.iter().filter(about_places).copied().collect();
        if asked.is_empty() {
            return Some(Place::default());
        }
        let fits =
            |answers: &[bool]| asked.iter().all(|&atom| self.answers[atom] == Some(answers[atom]));
        let found = self.rules.places.iter().find(|(_, answers)| fits(answers));
        found.map(|(place, _)| place.clone().into_owned())
    }

    /// The earliest start and the latest end that answer as assumed.
    fn time(&self) -> Option<(i64, i64)> {
        let (earliest_start, latest_start) = self.range(Edge::Start);
        let (earliest_end, latest_end) = self.range(Edge::End);
        let possible = earliest_start <= latest_start
            && earliest_end <= latest_end
            && earliest_start <= latest_end;
        possible.then_some((earliest_start, latest_end))
    }

    fn range(&self, edge: Edge) -> (i64, i64) {
        let mut range = (i64::MIN, i64::MAX);
        for &atom in &self.trail {
            match (&self.rules.atoms[atom], self.answers[atom]) {
                (Atom::From(of, moment), Some(true)) if *of == edge => {
                    range.0 = range.0.max(*moment);
                }
                (Atom::From(of, moment), Some(false)) if *of == edge => {
                    range.1 = range.1.min(moment.saturating_sub(1));
                }
                _ => {}
            }
        }
        range
    }

    /// The work that the answers describe.
    fn example(&self) -> Example {
        let place = self.place().unwrap_or_default();
        let (start, end) = self.time().unwrap_or((i64::MIN, i64::MAX));
        Example {
            tags: self.tags(),
            country: some(place.country()),
            region: some(place.region()),
            start: (start != i64::MIN).then(|| moment(start)),
            end: (end != i64::MAX).then(|| moment(end)),
        }
    }

    fn tags(&self) -> Vec<String> {
        let had = |atom: &&usize| self.answers[**atom] == Some(true);
        let names =
            self.trail.iter().filter(had).filter_map(|atom| match &self.rules.atoms[*atom] {
                Atom::Tag(name) => Some(name.clone()),
                _ => None,
            });
        let mut tags: Vec<String> = names.collect();
        tags.sort_unstable();
        tags
    }
}

/// To the microsecond, which [`Datetime::from_unix_micros`] is not.
fn moment(micros: i64) -> Datetime {
    let to_millis = Datetime::from_unix_micros(micros);
    let beyond = micros.rem_euclid(1_000);
    let text = to_millis.as_str().trim_end_matches('Z');
    match Datetime::parse(&format!("{text}{beyond:03}Z")) {
        Ok(exact) if beyond != 0 => exact,
        _ => to_millis,
    }
}

enum State {
    Decided(bool),
    /// The formula gets nearer if this atom is answered so.
    Open(usize, bool),
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
