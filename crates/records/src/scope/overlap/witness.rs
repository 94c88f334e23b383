//! What shows that two claims have something in common, or nothing.

use std::fmt::{self, Display, Formatter};

use hypercerts_lexicon::Datetime;
use serde::Serialize;

use super::super::{Context, Place, Vocabulary};

/// What an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Witness {
    /// One of the two, or both, leave the dimension open.
    Open,
    /// Both name this account.
    SameAccount { did: String },
    /// Both refer to this record.
    SameRecord { uri: String },
    /// Both name somebody or something like this; the name is all that says so.
    SameName { name: String },
    /// All contributors of both have DIDs, and no DID is in both.
    OtherAccounts,
    /// Work that falls under both scopes.
    Work(Example),
    /// Both scopes say the same in words.
    SameWords { words: String },
    /// Conditions of the two scopes that no work can meet together.
    Conflict { conditions: Vec<String> },
    /// Both cover this time; a missing end is open.
    Days { from: Option<Datetime>, to: Option<Datetime> },
    /// One ends before the other begins.
    Gap { ends: Datetime, begins: Datetime },
    /// These two places meet.
    Places { one: String, other: String },
    /// No place of the one meets one of the other.
    OtherPlaces,
}

/// An example of work, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Example {
    /// It has these tags and what they imply, and no others.
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Datetime>,
}

impl Example {
    /// The example as something to match scopes against.
    #[must_use]
    pub fn context(&self, vocabulary: &Vocabulary) -> Context {
        let context = Context::new()
            .tagged(vocabulary, self.tags.iter().map(String::as_str))
            .during(self.start.as_ref(), self.end.as_ref());
        match (&self.country, &self.region) {
            (Some(country), _) => context.at(Place::in_country(country)),
            (None, Some(region)) => context.at(Place::in_region(region)),
            (None, None) => context,
        }
    }
}

impl Display for Example {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.tags.is_empty() {
            true => f.write_str("work without tags")?,
            false => write!(f, "work tagged {}", self.tags.join(", "))?,
        }
        match (&self.country, &self.region) {
            (Some(place), _) | (None, Some(place)) => write!(f, " in {place}")?,
            (None, None) => {}
        }
        if let Some(start) = &self.start {
            write!(f, " from {start}")?;
        }
        self.end.as_ref().map_or(Ok(()), |end| write!(f, " until {end}"))
    }
}

impl Display for Witness {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("one of them leaves this open"),
            Self::SameAccount { did } => write!(f, "both name {did}"),
            Self::SameRecord { uri } => write!(f, "both refer to {uri}"),
            Self::SameName { name } => write!(f, "both name “{name}”, and only the name says so"),
            Self::OtherAccounts => f.write_str("the contributors are different accounts"),
            Self::Work(example) => write!(f, "{example} falls under both"),
            Self::SameWords { words } => write!(f, "both say “{words}”"),
            Self::Conflict { conditions } => {
                write!(f, "no work can be all of: {}", conditions.join("; "))
            }
            Self::Days { from, to } => match (from, to) {
                (Some(from), Some(to)) => write!(f, "both cover {from} to {to}"),
                (Some(from), None) => write!(f, "both cover all from {from}"),
                (None, Some(to)) => write!(f, "both cover all until {to}"),
                (None, None) => f.write_str("neither says when"),
            },
            Self::Gap { ends, begins } => {
                write!(f, "one ends on {ends}, before the other begins on {begins}")
            }
            Self::Places { one, other } => write!(f, "{one} and {other} meet"),
            Self::OtherPlaces => f.write_str("no place of the one meets one of the other"),
        }
    }
}
