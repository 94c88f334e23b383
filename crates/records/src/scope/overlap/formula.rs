//! A condition as a formula over *atoms*: questions that are answered yes or no.
//!
//! Three kinds of atoms are understood: whether work has a tag, whether its place has a country, region or
//! continent, whether it starts or ends at a moment or later. Everything else is *opaque*.

use std::collections::HashMap;

use super::super::Vocabulary;
use super::super::program::{
    Comparison, Condition, Given, Moment, Operands, Quantity, Side, Source, Text, TextField, Texts,
};

/// Different atoms of one question, so that it stays bounded.
const MAX_ATOMS: usize = 512;

/// A question about work.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Atom {
    /// It has the concept with this canonical name.
    Tag(String),
    /// This field of its place is the text.
    Place(TextField, String),
    /// That edge of its time is not before the moment.
    From(Edge, i64),
    /// A condition that is not looked into.
    Opaque(Condition),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Edge {
    Start,
    End,
}

/// A formula in which only atoms are negated.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Formula {
    Constant(bool),
    /// The atom of that number is as the flag says.
    Literal(usize, bool),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// More atoms than are looked at.
#[derive(Debug)]
pub(super) struct TooMany;

/// Numbers atoms while conditions become formulas.
pub(super) struct Atoms<'v> {
    vocabulary: &'v Vocabulary,
    all: Vec<Atom>,
    tags: HashMap<String, usize>,
}

type Translated = Result<Formula, TooMany>;

impl<'v> Atoms<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary) -> Self {
        Self { vocabulary, all: Vec::new(), tags: HashMap::new() }
    }

    pub(super) fn all(&self) -> &[Atom] {
        &self.all
    }

    pub(super) fn vocabulary(&self) -> &'v Vocabulary {
        self.vocabulary
    }

    /// `condition`, or its negation if it is not `wanted`.
    pub(super) fn formula(&mut self, condition: &Condition, wanted: bool) -> Translated {
        match condition {
            Condition::Constant(value) => Ok(Formula::Constant(*value == wanted)),
            Condition::Not(inner) => self.formula(inner, !wanted),
            Condition::All(parts) => self.group(parts, wanted, wanted),
            Condition::Any(parts) => self.group(parts, !wanted, wanted),
            Condition::Tagged(Side::First, quantity, keys) => {
                let atoms = keys.iter().map(|key| self.tag(key));
                let literals = literals(atoms.collect::<Result<_, _>>()?, wanted);
                Ok(joined((*quantity == Quantity::All) == wanted, literals))
            }
            Condition::TextIn(
                Text::Field(Source::Place(Side::First), field),
                Texts::Constant(texts),
            ) if is_understood(*field) => {
                let atoms =
                    texts.iter().map(|text| self.atom(Atom::Place(*field, text.to_string())));
                let literals = literals(atoms.collect::<Result<_, _>>()?, wanted);
                Ok(joined(!wanted, literals))
            }
            Condition::Compare(comparison, operands) => {
                match self.comparison(*comparison, operands) {
                    Some(compared) => Ok(negated_unless(wanted, compared?)),
                    None => self.opaque(condition, wanted),
                }
            }
            Condition::Given(Given::Text(Text::Field(Source::Place(Side::First), field)))
                if is_understood(*field) =>
            {
                let missing = self.atom(Atom::Place(*field, String::new()))?;
                Ok(Formula::Literal(missing, !wanted))
            }
            _ => self.opaque(condition, wanted),
        }
    }

    fn group(&mut self, parts: &[Condition], all: bool, wanted: bool) -> Translated {
        let parts: Result<_, _> = parts.iter().map(|part| self.formula(part, wanted)).collect();
        Ok(joined(all, parts?))
    }

    fn tag(&mut self, key: &str) -> Result<usize, TooMany> {
        let name = self.vocabulary.canonical(key);
        if let Some(&number) = self.tags.get(name) {
            return Ok(number);
        }
        let number = self.push(Atom::Tag(name.to_owned()))?;
        self.tags.insert(name.to_owned(), number);
        Ok(number)
    }

    fn atom(&mut self, atom: Atom) -> Result<usize, TooMany> {
        match self.all.iter().position(|known| *known == atom) {
            Some(number) => Ok(number),
            None => self.push(atom),
        }
    }

    fn push(&mut self, atom: Atom) -> Result<usize, TooMany> {
        if self.all.len() >= MAX_ATOMS {
            return Err(TooMany);
        }
        self.all.push(atom);
        Ok(self.all.len() - 1)
    }

    fn opaque(&mut self, condition: &Condition, wanted: bool) -> Translated {
        let number = self.atom(Atom::Opaque(condition.clone()))?;
        Ok(Formula::Literal(number, wanted))
    }

    /// A comparison of a part of the place with a text, or of an edge of the time with a moment.
    fn comparison(&mut self, comparison: Comparison, operands: &Operands) -> Option<Translated> {
        match operands {
            Operands::Texts(
                [Text::Field(Source::Place(Side::First), field), Text::Constant(text)]
                | [Text::Constant(text), Text::Field(Source::Place(Side::First), field)],
            ) if is_understood(*field) => self.place(comparison, *field, text),
            Operands::Moments([Moment::Constant(moment), edge]) => {
                self.moment(comparison.turned(), edge, *moment)
            }
            Operands::Moments([edge, Moment::Constant(moment)]) => {
                self.moment(comparison, edge, *moment)
            }
            _ => None,
        }
    }

    fn place(
        &mut self,
        comparison: Comparison,
        field: TextField,
        text: &str,
    ) -> Option<Translated> {
        let wanted = match comparison {
            Comparison::Equal => true,
            Comparison::Unequal => false,
            _ => return None,
        };
        let atom = self.atom(Atom::Place(field, text.to_owned()));
        Some(atom.map(|number| Formula::Literal(number, wanted)))
    }

    fn moment(&mut self, comparison: Comparison, edge: &Moment, moment: i64) -> Option<Translated> {
        let edge = match edge {
            Moment::Start(Side::First) => Edge::Start,
            Moment::End(Side::First) => Edge::End,
            _ => return None,
        };
        let mut from = |moment, wanted| {
            self.atom(Atom::From(edge, moment)).map(|number| Formula::Literal(number, wanted))
        };
        // Moments are whole microseconds, so after one means from the next on.
        let after = moment.saturating_add(1);
        Some(match comparison {
            Comparison::AtLeast => from(moment, true),
            Comparison::More => from(after, true),
            Comparison::Less => from(moment, false),
            Comparison::AtMost => from(after, false),
            Comparison::Equal => both(from(moment, true), from(after, false), true),
            Comparison::Unequal => both(from(moment, false), from(after, true), false),
        })
    }
}

fn is_understood(field: TextField) -> bool {
    matches!(field, TextField::Country | TextField::Region | TextField::Continent)
}

fn literals(atoms: Vec<usize>, wanted: bool) -> Vec<Formula> {
    atoms.into_iter().map(|atom| Formula::Literal(atom, wanted)).collect()
}

fn joined(all: bool, parts: Vec<Formula>) -> Formula {
    if all { Formula::All(parts) } else { Formula::Any(parts) }
}

fn both(one: Translated, other: Translated, all: bool) -> Translated {
    Ok(joined(all, vec![one?, other?]))
}

fn negated_unless(wanted: bool, formula: Formula) -> Formula {
    if wanted { formula } else { negated(formula) }
}

fn negated(formula: Formula) -> Formula {
    match formula {
        Formula::Constant(value) => Formula::Constant(!value),
        Formula::Literal(atom, wanted) => Formula::Literal(atom, !wanted),
        Formula::All(parts) => Formula::Any(parts.into_iter().map(negated).collect()),
        Formula::Any(parts) => Formula::All(parts.into_iter().map(negated).collect()),
    }
}
