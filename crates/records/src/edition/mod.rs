//! The editions a record can be written in, and today's form of each.
//!
//! Lexicons grew while records were already being written. A record of another *edition* is *normalised*:
//! rewritten in today's terms, so that everything above reads one model. What it was written in is never lost:
//! [`Reading`] says the edition, and the record itself stays as it was signed.
//!
//! How the edition is told: every type has a *lineage*, the editions before today's from the oldest on, each
//! with the collections it had for itself and the shapes that give it away. A record is of the oldest edition
//! that it shows a sign of; without any sign it is of today's. Nothing else is looked at, so the same record
//! is always of the same edition, whether it is valid or not.
//!
//! What today's schemas have no place for stays where it was, and the typed records hand it out, such as
//! [`Claim::evidence`](crate::Claim::evidence).

mod certified;
mod claim;
mod collection;
mod context;
mod judge;
mod kind;
mod lineage;
mod mend;
mod normal;

use std::fmt;

use hypercerts_lexicon::{Nsid, Value};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::record::{ReadError, Record};

pub use judge::{Judgement, judge, judge_new};
pub use kind::current;
pub use normal::{Normalised, normalise};

/// Which shape of its type a record is written in. As JSON it is its [`name`](Self::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// Today's.
    Current,
    /// That of the documentation of activity claims, with helper records for work scopes. It can still be
    /// written, and has schemas of its own.
    Document,
    /// An earlier one, by its name. It is read but no longer written.
    Earlier(&'static str),
}

impl Edition {
    /// A short name that stays the same for ever.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Document => "document",
            Self::Earlier(name) => name,
        }
    }

    /// The edition of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|edition| edition.name() == name)
    }

    /// Every edition of any type, each once.
    pub fn all() -> impl Iterator<Item = Self> {
        let earlier = lineage::eras().map(|era| era.edition).filter(|it| *it != Self::Document);
        [Self::Current, Self::Document].into_iter().chain(earlier)
    }

    /// What is particular about records of this edition, as a sentence for people.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Current => "Written in today's edition.",
            Self::Document | Self::Earlier(_) => lineage::eras()
                .find(|era| era.edition == self)
                .map_or("Written in an earlier edition.", |era| era.words),
        }
    }

    /// The editions that records of a type can be in, by today's name of the type: the oldest first, today's
    /// last.
    pub fn of_type(nsid: &str) -> impl Iterator<Item = Self> {
        let lineage = lineage::ALL.iter().find(|lineage| lineage.today == nsid);
        let eras = lineage.into_iter().flat_map(|lineage| lineage.eras);
        eras.map(|era| era.edition).chain([Self::Current])
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Edition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name)
            .ok_or_else(|| D::Error::custom(format!("there is no edition called {name:?}")))
    }
}

/// A record in today's terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the record was written in.
    pub edition: Edition,
    pub record: Record,
}

impl Reading {
    /// Reads a record of any edition.
    pub fn of(collection: &Nsid, value: &Value) -> Result<Self, ReadError> {
        let today = normalise(collection, value);
        let record = Record::of_normalised(collection, &today)?;
        Ok(Self { edition: today.edition(), record })
    }
}
