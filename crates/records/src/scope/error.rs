//! Why a scope cannot be read, or not be matched.

use hypercerts_lexicon::AtUri;

/// What is wrong with a scope. `at` counts characters of the expression from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error(
        "this scope is written for people, not for software: {0:?}; to be matched, it has to name tags"
    )]
    OnlyForPeople(String),
    #[error("this scope has a form that is not known here: {0}")]
    UnknownForm(String),
    #[error("this expression has more than {limit} {what}; divide it or say it more simply")]
    TooLarge { what: &'static str, limit: usize },
    #[error("character {at}: {message}")]
    Syntax { at: usize, message: String },
    #[error("character {at}: this expression uses {what}, which work scopes do not have")]
    Unsupported { at: usize, what: String },
    #[error("character {at}: {message}")]
    Type { at: usize, message: String },
    #[error(
        "matching was stopped after {limit} steps: the expression goes through too many entries"
    )]
    TooCostly { limit: u32 },
    #[error("a whole number grew beyond 64 bits while the expression was evaluated")]
    Overflow,
    #[error("the expression divided a whole number by zero")]
    DivisionByZero,
    #[error(
        "this expression compares an `existing` claim with a `new` one, so it needs two claims to be matched"
    )]
    NeedsTwoClaims,
    #[error(
        "this expression is about one claim; one that compares two speaks of `existing` and `new`"
    )]
    NeedsOneClaim,
    #[error("{0:?} is not an operator of a scope tree; `all`, `any` and `not` are")]
    UnknownOperator(String),
    #[error("{0}, a part of this scope, leads back to itself")]
    Cycle(AtUri),
    #[error("the tree of this scope is deeper than {limit} levels")]
    TooDeep { limit: usize },
    #[error("{0}, a part of this scope, could not be found")]
    Missing(AtUri),
    #[error("{uri}, a part of this scope, is {found}, where {wanted} is needed")]
    WrongRecord { uri: AtUri, found: String, wanted: &'static str },
}

impl ScopeError {
    /// Whether the scope may be perfectly good and only something about it is not at hand.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }

    /// Whether the scope is a text that was never meant for software.
    #[must_use]
    pub fn is_only_for_people(&self) -> bool {
        matches!(self, Self::OnlyForPeople(_))
    }
}
