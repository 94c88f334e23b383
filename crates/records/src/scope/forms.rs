//! The forms in which records hold a scope, and what each means.
//!
//! | Form | Meaning |
//! |---|---|
//! | expression | itself |
//! | tag lists (`allOf`, `anyOf`, `noneOf`) | all of the first, one of the second, none of the third; an empty list asks for nothing |
//! | tree | `all`, `any`, `not` of tags and further operators; `not` of several: none of them |
//! | text | all of its keys, if it is a list of keys; otherwise for people only |

use hypercerts_lexicon::AtUri;

use super::program::{Condition, Program, Quantity, Side};
use super::{Kind, Records, Scope, ScopeError};
use crate::{
    Cel, Ops, Record, ScopeLogic, ScopeTerm, ScopeTerms, StrongRef, WorkScope, WorkScopeExpr,
};

/// Levels of a tree.
const MAX_DEPTH: usize = 32;
/// Parts of a tree in all. A record that several others refer to counts each time.
const MAX_PARTS: u32 = 4_000;
const MAX_KEYS: usize = 100;

pub(super) fn read(scope: &WorkScope, records: &dyn Records) -> Result<Scope, ScopeError> {
    let mut reader = Reader { records, path: Vec::new(), depth: 0, parts: 0 };
    let condition = match scope {
        WorkScope::Cel(cel) => return expression(cel, records),
        WorkScope::Text(text) => return Ok(self::text(&text.scope)),
        WorkScope::Record(reference) => reader.referred(reference)?,
        WorkScope::Logic(logic) => reader.logic(logic)?,
        WorkScope::Unknown(value) => {
            let name = value.type_name().unwrap_or("without a $type").to_owned();
            return Err(ScopeError::UnknownForm(name));
        }
    };
    Ok(match condition {
        Condition::All(parts) if parts.is_empty() => Scope::unconstrained(),
        condition => of_tags(condition, reader.parts),
    })
}

fn of_tags(condition: Condition, cost: u32) -> Scope {
    Scope::of_program(Program { condition, of_two: false, uses_place: [false; 2], cost })
}

fn expression(cel: &Cel, records: &dyn Records) -> Result<Scope, ScopeError> {
    let mut scope = Scope::parse(&cel.expression)?;
    let Kind::Condition(program) = &scope.kind else { return Ok(scope) };
    let denied = program.condition.denied_tags();
    for reference in cel.used_tags.iter().take(MAX_KEYS) {
        if let Some(Record::WorkscopeTag(tag)) = records.record(reference) {
            scope.tags.push(tag.key);
        }
    }
    let affirmed = program.condition.affirmed_tags();
    scope.tags.retain(|tag| affirmed.contains(tag) || !denied.contains(tag));
    scope.tags.sort_unstable();
    scope.tags.dedup();
    Ok(scope)
}

pub(super) fn text(text: &str) -> Scope {
    let keys: Vec<&str> = text.split(',').map(str::trim).collect();
    if keys.len() > MAX_KEYS || !keys.iter().all(|key| is_key(key)) {
        return Scope { kind: Kind::Text(text.to_owned()), tags: Vec::new() };
    }
    let keys: Box<[Box<str>]> = keys.into_iter().map(Box::from).collect();
    of_tags(Condition::Tagged(Side::First, Quantity::All, keys), 1)
}

/// Small letters and digits in groups with `_`, `-`, `.` or `:` between them.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.split(['_', '-', '.', ':']).all(|group| {
            !group.is_empty()
                && group.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

struct Reader<'a> {
    records: &'a dyn Records,
    /// The records on the way from the root to here.
    path: Vec<AtUri>,
    depth: usize,
    parts: u32,
}

impl Reader<'_> {
    fn count(&mut self) -> Result<(), ScopeError> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(ScopeError::TooLarge { what: "parts", limit: MAX_PARTS as usize });
        }
        Ok(())
    }

    /// Runs `read` one level deeper.
    fn below(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Condition, ScopeError>,
    ) -> Result<Condition, ScopeError> {
        if self.depth >= MAX_DEPTH {
            return Err(ScopeError::TooDeep { limit: MAX_DEPTH });
        }
        self.depth += 1;
        let condition = read(self);
        self.depth -= 1;
        condition
    }

    /// What a record covers: a tag, tag lists or an operator.
    fn referred(&mut self, reference: &StrongRef) -> Result<Condition, ScopeError> {
        self.count()?;
        let uri = reference.uri();
        if self.path.contains(uri) {
            return Err(ScopeError::Cycle(uri.clone()));
        }
        match self.find(reference)? {
            Record::WorkscopeTag(tag) => Ok(tagged(tag.key)),
            Record::WorkScopeExpr(lists) => self.lists(&lists),
            Record::Ops(ops) => {
                self.path.push(uri.clone());
                let condition = self.below(|reader| reader.operator(&ops));
                self.path.pop();
                condition
            }
            other => Err(wrong(uri, &other, "a tag or an operator of a scope")),
        }
    }

    fn find(&self, reference: &StrongRef) -> Result<Record, ScopeError> {
        let record = self.records.record(reference);
        record.ok_or_else(|| ScopeError::Missing(reference.uri().clone()))
    }

    fn operator(&mut self, ops: &Ops) -> Result<Condition, ScopeError> {
        let parts = |reader: &mut Self| -> Result<Vec<Condition>, ScopeError> {
            ops.args.iter().map(|argument| reader.referred(argument)).collect()
        };
        match ops.op.as_str() {
            "all" => parts(self).map(Condition::All),
            "any" => parts(self).map(Condition::Any),
            "not" => parts(self).map(none),
            other => Err(ScopeError::UnknownOperator(other.chars().take(64).collect())),
        }
    }

    fn lists(&mut self, lists: &WorkScopeExpr) -> Result<Condition, ScopeError> {
        let all_of = self.tags(&lists.all_of)?;
        let any_of = self.tags(&lists.any_of)?;
        let none_of = self.tags(&lists.none_of)?;
        Ok(three_lists(all_of, any_of, none_of))
    }

    fn tags(&mut self, references: &[StrongRef]) -> Result<Vec<Condition>, ScopeError> {
        references.iter().map(|reference| self.tag(reference)).collect()
    }

    fn tag(&mut self, reference: &StrongRef) -> Result<Condition, ScopeError> {
        self.count()?;
        match self.find(reference)? {
            Record::WorkscopeTag(tag) => Ok(tagged(tag.key)),
            other => Err(wrong(reference.uri(), &other, "a tag")),
        }
    }

    fn logic(&mut self, logic: &ScopeLogic) -> Result<Condition, ScopeError> {
        self.count()?;
        self.below(|reader| match logic {
            ScopeLogic::Terms(terms) => reader.terms(terms),
            ScopeLogic::All(parts) => reader.parts(&parts.args).map(Condition::All),
            ScopeLogic::Any(parts) => reader.parts(&parts.args).map(Condition::Any),
            ScopeLogic::Not(part) => reader.logic(&part.arg).map(|part| none(vec![part])),
            ScopeLogic::Atom(atom) => reader.tag(&atom.atom),
            ScopeLogic::Unknown(value) => {
                let name = value.type_name().unwrap_or("without a $type").to_owned();
                Err(ScopeError::UnknownForm(name))
            }
        })
    }

    fn parts(&mut self, parts: &[ScopeLogic]) -> Result<Vec<Condition>, ScopeError> {
        parts.iter().map(|part| self.logic(part)).collect()
    }

    fn terms(&mut self, terms: &ScopeTerms) -> Result<Condition, ScopeError> {
        let mut list = |terms: &[ScopeTerm]| -> Result<Vec<Condition>, ScopeError> {
            terms.iter().map(|term| self.term(term)).collect()
        };
        Ok(three_lists(list(&terms.all_of)?, list(&terms.any_of)?, list(&terms.none_of)?))
    }

    fn term(&mut self, term: &ScopeTerm) -> Result<Condition, ScopeError> {
        match term {
            ScopeTerm::Tag(reference) => self.tag(reference),
            ScopeTerm::Label(label) => self.count().map(|()| tagged(label.clone())),
        }
    }
}

fn tagged(key: String) -> Condition {
    Condition::Tagged(Side::First, Quantity::All, [key.into_boxed_str()].into())
}

fn none(parts: Vec<Condition>) -> Condition {
    Condition::Not(Box::new(Condition::Any(parts)))
}

fn three_lists(
    all_of: Vec<Condition>,
    any_of: Vec<Condition>,
    none_of: Vec<Condition>,
) -> Condition {
    let mut parts = all_of;
    if !any_of.is_empty() {
        parts.push(Condition::Any(any_of));
    }
    if !none_of.is_empty() {
        parts.push(none(none_of));
    }
    Condition::All(parts)
}

fn wrong(uri: &AtUri, found: &Record, wanted: &'static str) -> ScopeError {
    let found = found.nsid().unwrap_or("a record of another type").to_owned();
    ScopeError::WrongRecord { uri: uri.clone(), found, wanted }
}
