//! Which kinds of work a claim covers: scopes that compute.
//!
//! A [`Scope`] is read from any form that records have for it: an expression, a record of tag lists, a tree
//! of operators, logic written into the claim, a text. It can be *matched* against a [`Context`], which is
//! everything known about one claim, and two scopes can be asked whether any work falls under both. The
//! [`overlap`] of two claims asks the same of all their dimensions.
//!
//! *Tags* are the words of scopes. What they mean to one another is in a [`Vocabulary`]: to have a tag is to
//! have the more general ones above it, and an alias or a superseded key stands for its tag.
//!
//! Records that a scope refers to are handed in ([`Records`]); which tags may speak for a vocabulary, and
//! which places are in which country, is for the caller to say. `docs/scopes.md` describes the language.

mod cel;
mod context;
mod error;
mod forms;
mod lookup;
pub mod overlap;
mod program;
mod region;
mod vocabulary;
mod words;

pub use context::{Context, Judgement, Material, Person, Place, Quantity};
pub use error::ScopeError;
pub use lookup::Records;
pub use vocabulary::Vocabulary;

use std::fmt;

use program::{Halt, MAX_STEPS, Program};

use crate::Claim;

/// Which kinds of work something covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    kind: Kind,
    /// Tags that the work has if it is as the scope says, sorted.
    tags: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Unconstrained,
    Condition(Program),
    Text(String),
}

impl Scope {
    /// All work.
    #[must_use]
    pub fn unconstrained() -> Self {
        Self { kind: Kind::Unconstrained, tags: Vec::new() }
    }

    /// The scope of a claim. A claim without one covers all work.
    ///
    /// A text is a scope too, if only for people: see [`of_text`](Self::of_text).
    ///
    /// # Errors
    /// The form is unknown, a part of it is wrong, or a record that it needs is not in `records`. The tags
    /// beside an expression are not needed.
    pub fn of(claim: &Claim, records: &dyn Records) -> Result<Self, ScopeError> {
        match &claim.work_scope {
            None => Ok(Self::unconstrained()),
            Some(scope) => forms::read(scope, records),
        }
    }

    /// An expression, as `org.hypercerts.workscope.cel` holds it.
    ///
    /// # Errors
    /// It is too large, is not in the language, or uses a part of CEL that scopes do not have.
    pub fn parse(expression: &str) -> Result<Self, ScopeError> {
        cel::compile(expression).map(Self::of_program)
    }

    /// A text. One that consists of keys such as `library-maintenance`, with commas between them, means all
    /// of those tags. Any other text is for people, and matching it is an error.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        forms::text(text)
    }

    fn of_program(program: Program) -> Self {
        let tags = program.condition.affirmed_tags();
        Self { kind: Kind::Condition(program), tags }
    }

    /// Whether the claim falls under this scope.
    ///
    /// An expression that names `location` is asked of each of the claim's places; one is enough.
    ///
    /// # Errors
    /// The scope is a text for people, compares two claims, or takes too many steps.
    pub fn matches(&self, context: &Context) -> Result<bool, ScopeError> {
        match &self.kind {
            Kind::Unconstrained => Ok(true),
            Kind::Text(text) => Err(ScopeError::OnlyForPeople(text.clone())),
            Kind::Condition(program) if program.of_two => Err(ScopeError::NeedsTwoClaims),
            Kind::Condition(program) => evaluate(program, [context, context]),
        }
    }

    /// Whether two claims meet a condition on both, written with `existing` and `new`.
    ///
    /// # Errors
    /// The scope speaks of one claim, or takes too many steps.
    pub fn matches_two(&self, existing: &Context, new: &Context) -> Result<bool, ScopeError> {
        match &self.kind {
            Kind::Condition(program) if program.of_two => evaluate(program, [existing, new]),
            _ => Err(ScopeError::NeedsOneClaim),
        }
    }

    /// The tags that a claim with this scope has: those that the scope asks for, all or any of them, and
    /// those listed beside an expression that it does not rule out. For [`Context::tagged`].
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(String::as_str)
    }

    #[must_use]
    pub fn is_unconstrained(&self) -> bool {
        matches!(self.kind, Kind::Unconstrained)
    }

    /// The text, if this is a scope that only people understand.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn evaluate(program: &Program, contexts: [&Context; 2]) -> Result<bool, ScopeError> {
    program.holds(contexts).map_err(|halt| match halt {
        Halt::TooCostly => ScopeError::TooCostly { limit: MAX_STEPS },
        Halt::Overflow => ScopeError::Overflow,
        Halt::DivisionByZero => ScopeError::DivisionByZero,
    })
}

/// The scope in words: `mangrove restoration and (fishpond management or ecotourism)`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Unconstrained => f.write_str("all work"),
            Kind::Text(text) => f.write_str(text),
            Kind::Condition(program) => program.condition.fmt(f),
        }
    }
}
