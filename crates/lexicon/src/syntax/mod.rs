//! Identifiers of the AT Protocol, one module each.
//!
//! Every type keeps its text private and is made by `parse` alone (or from parts that are already
//! valid), so whoever holds a [`Did`](did::Did) never checks it again. Nothing is trimmed or
//! repaired on the way in; the one exception is a handle, which the protocol stores in lower case.
//!
//! The rules are those of the identifier pages of the AT Protocol specification and hold against
//! its interoperability vectors. Whether an identifier leads anywhere is for others to find out.

pub mod at_identifier;
pub mod at_uri;
pub mod cid_text;
pub mod datetime;
pub mod did;
mod domain;
pub mod handle;
pub mod language;
pub mod nsid;
pub mod record_key;
pub mod tid;
pub mod uri;

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that was expected to be an identifier and is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{shown:?} is not {syntax}: {reason}")]
pub struct SyntaxError {
    syntax: Syntax,
    shown: String,
    reason: &'static str,
}

impl SyntaxError {
    pub(crate) fn new(syntax: Syntax, text: &str, reason: &'static str) -> Self {
        Self { syntax, shown: shorten(text, 80), reason }
    }

    /// Which syntax the text should have had.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The rule it breaks, as the end of a sentence.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// The kinds of identifier, which are also the string formats a Lexicon document can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    AtIdentifier,
    AtUri,
    Cid,
    Datetime,
    Did,
    Handle,
    Language,
    Nsid,
    RecordKey,
    Tid,
    Uri,
}

/// What is wrong with a text, as the end of a sentence; `Ok` if nothing is.
pub(crate) type Checked = Result<(), &'static str>;

impl Syntax {
    /// Checks `text` without keeping it; nothing is allocated when it is well formed.
    pub fn check(self, text: &str) -> Result<(), SyntaxError> {
        self.problem_of(text).map_err(|reason| SyntaxError::new(self, text, reason))
    }

    pub(crate) fn problem_of(self, text: &str) -> Checked {
        match self {
            Self::AtIdentifier => at_identifier::check(text),
            Self::AtUri => at_uri::check(text),
            Self::Cid => cid_text::check(text),
            Self::Datetime => datetime::check(text),
            Self::Did => did::check(text),
            Self::Handle => handle::check(text),
            Self::Language => language::check(text),
            Self::Nsid => nsid::check(text),
            Self::RecordKey => record_key::check(text),
            Self::Tid => tid::check(text),
            Self::Uri => uri::check(text),
        }
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtIdentifier => "a DID or a handle",
            Self::AtUri => "an AT-URI",
            Self::Cid => "a CID",
            Self::Datetime => "a datetime",
            Self::Did => "a DID",
            Self::Handle => "a handle",
            Self::Language => "a language tag",
            Self::Nsid => "an NSID",
            Self::RecordKey => "a record key",
            Self::Tid => "a TID",
            Self::Uri => "a URI",
        })
    }
}

/// At most `limit` bytes of `text`, cut between characters, with `…` where something was cut.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = (0..=limit).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    format!("{}…", &text[..end])
}

/// What every identifier that is a checked text has in common. `parse` is the type's own.
macro_rules! text_impls {
    ($name:ident) => {
        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> String {
                identifier.0
            }
        }

        $crate::syntax::parsed_impls!($name);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// What every identifier has in common that can be parsed and displayed.
macro_rules! parsed_impls {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::syntax::SyntaxError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {parsed_impls, text_impls};
