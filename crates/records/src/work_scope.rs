//! Which kinds of work a claim covers: the forms in which records say it.
//!
//! Today a scope is an expression or a text in the claim. Claims of other editions refer to a record that
//! holds the logic ([`WorkScopeExpr`], [`Ops`]), or have it in place ([`ScopeLogic`]). What a scope means, and
//! whether two overlap, is not told here.

use hypercerts_lexicon::{Datetime, Value};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::link::StrongRef;
use crate::nsid::{self, shape};
use crate::object::{self, object, record, union};

/// Which kinds of work a claim covers.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkScope {
    Cel(Cel),
    Text(WorkScopeString),
    /// A [`WorkScopeExpr`] or [`Ops`] record.
    Record(StrongRef),
    /// Logic in place.
    Logic(ScopeLogic),
    /// Anything else, as it was found: the union is open.
    Unknown(Value),
}

impl Serialize for WorkScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Cel(cel) => object::write_member(shape::CEL, cel, serializer),
            Self::Text(text) => object::write_member(shape::WORK_SCOPE_STRING, text, serializer),
            Self::Record(link) => object::write_member(shape::STRONG_REF, link, serializer),
            Self::Logic(logic) => logic.serialize(serializer),
            Self::Unknown(value) => value.serialize(serializer),
        }
    }
}

/// Today's schema knows two members. The others are strangers to it, so it lets them through whatever they
/// hold, and what cannot be read as the member it calls itself is kept as it was found.
impl<'de> Deserialize<'de> for WorkScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let member = serde_json::Value::deserialize(deserializer)?;
        match object::type_of(&member) {
            Some(shape::CEL) => object::read_member(member).map(Self::Cel),
            Some(shape::WORK_SCOPE_STRING) => object::read_member(member).map(Self::Text),
            _ => object::read_unknown(&member)
                .map(|kept| Self::of_another_edition(member).unwrap_or(Self::Unknown(kept))),
        }
    }
}

impl WorkScope {
    fn of_another_edition(member: serde_json::Value) -> Option<Self> {
        match object::type_of(&member)? {
            shape::STRONG_REF => serde_json::from_value(member).ok().map(Self::Record),
            shape::SCOPE_TERMS
            | shape::SCOPE_ALL
            | shape::SCOPE_ANY
            | shape::SCOPE_NOT
            | shape::SCOPE_ATOM => serde_json::from_value(member).ok().map(Self::Logic),
            _ => None,
        }
    }
}

object! {
    /// A scope in words.
    WorkScopeString { required { scope: String, } optional {} lists {} }
}

object! {
    /// A scope that software can evaluate.
    Cel {
        required {
            /// An expression of the Common Expression Language.
            expression: String,
            /// The [`WorkscopeTag`](crate::WorkscopeTag) records that the expression names, at most 100.
            used_tags: Vec<StrongRef>,
            version: String,
            created_at: Datetime,
        }
        optional {}
        lists {}
    }
}

union! {
    /// A scope written as logic in the claim, as earlier editions had it.
    ScopeLogic {
        Terms(ScopeTerms) = shape::SCOPE_TERMS,
        /// What all of its parts cover.
        All(ScopeParts) = shape::SCOPE_ALL,
        /// What any of its parts covers.
        Any(ScopeParts) = shape::SCOPE_ANY,
        /// What its part does not cover.
        Not(ScopePart) = shape::SCOPE_NOT,
        /// What a tag covers.
        Atom(ScopeAtom) = shape::SCOPE_ATOM,
    }
}

object! {
    /// Lists of terms. An empty list asks for nothing.
    ScopeTerms {
        required {}
        optional {}
        lists {
            all_of: ScopeTerm,
            any_of: ScopeTerm,
            none_of: ScopeTerm,
        }
    }
}

/// One term of [`ScopeTerms`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum ScopeTerm {
    /// A tag.
    Tag(StrongRef),
    /// A word that no record explains.
    Label(String),
}

object! {
    /// The operands of *all* and *any*.
    ScopeParts { required { args: Vec<ScopeLogic>, } optional {} lists {} }
}

object! {
    /// The operand of *not*.
    ScopePart { required { arg: Box<ScopeLogic>, } optional {} lists {} }
}

object! {
    /// A tag in a tree.
    ScopeAtom { required { atom: StrongRef, } optional {} lists {} }
}

record! {
    /// A scope as lists of tags, in a record of its own. With all three lists empty it covers all work.
    WorkScopeExpr = nsid::WORK_SCOPE_EXPR {
        required {
            /// The version of its meaning, from 1.
            version: u64,
        }
        optional {
            label: String,
            description: String,
        }
        lists {
            /// [`WorkscopeTag`](crate::WorkscopeTag) records that must all apply, at most 100.
            all_of: StrongRef,
            /// Of these at least one, at most 100.
            any_of: StrongRef,
            /// Of these none, at most 100.
            none_of: StrongRef,
        }
    }
}

record! {
    /// One operator of a tree of scopes.
    Ops = nsid::OPS {
        required {
            /// `all`, `any`, `not`, or another word.
            op: String,
            /// [`WorkscopeTag`](crate::WorkscopeTag) or further [`Ops`] records, 1 to 100; for `not` one.
            args: Vec<StrongRef>,
        }
        optional {}
        lists {}
    }
}
