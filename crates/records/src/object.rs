//! How schema objects and unions become Rust types.
//!
//! [`object!`] declares a struct, [`record!`] one that is a record of its own, [`union!`] an enum. They differ
//! from plain derives in what an open schema asks for: unknown fields and unknown union members are kept, and
//! what was absent is left out again on writing.

use std::collections::BTreeMap;

use hypercerts_lexicon::{Value, json};
use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

pub(crate) const TYPE: &str = "$type";

/// Fields that a schema does not name, as they were found.
pub type Extra = BTreeMap<String, Value>;

/// A struct for an object of a schema. `new` takes what is required; for every other field there is a method of
/// its name that returns the object with that field set, or with items added to that list.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $name:ident {
            required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty,)* }
            optional { $($(#[$optional_meta:meta])* $optional:ident: $optional_type:ty,)* }
            lists { $($(#[$list_meta:meta])* $list:ident: $list_type:ty,)* }
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$required_meta])* pub $required: $required_type,)*
            $(
                $(#[$optional_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_type>,
            )*
            $(
                $(#[$list_meta])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub $list: Vec<$list_type>,
            )*
            /// Fields that the schema does not name, as they were found.
            #[serde(flatten)]
            pub extra: $crate::object::Extra,
        }

        impl $name {
            /// One with what is required and nothing else.
            #[must_use]
            #[allow(clippy::new_without_default, reason = "most objects require something")]
            pub fn new($($required: impl Into<$required_type>),*) -> Self {
                Self {
                    $($required: $required.into(),)*
                    $($optional: None,)*
                    $($list: Vec::new(),)*
                    extra: $crate::object::Extra::new(),
                }
            }

            $(
                #[doc = concat!("The same with another `", stringify!($optional), "`.")]
                #[must_use]
                pub fn $optional(mut self, $optional: impl Into<$optional_type>) -> Self {
                    self.$optional = Some($optional.into());
                    self
                }
            )*

            $(
                #[doc = concat!("The same with more `", stringify!($list), "`.")]
                #[must_use]
                pub fn $list<T: Into<$list_type>>(mut self, $list: impl IntoIterator<Item = T>) -> Self {
                    self.$list.extend($list.into_iter().map(Into::into));
                    self
                }
            )*
        }
    };
}

/// An [`object!`] that is a record: every one has `createdAt` and may carry `signatures`.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident = $nsid:path {
            required { $($required:tt)* }
            optional { $($optional:tt)* }
            lists { $($list:tt)* }
        }
    ) => {
        $crate::object::object! {
            $(#[$meta])*
            $name {
                required {
                    $($required)*
                    /// When the author's software says the record was made.
                    created_at: hypercerts_lexicon::Datetime,
                }
                optional { $($optional)* }
                lists {
                    $($list)*
                    signatures: $crate::parts::Signature,
                }
            }
        }

        $crate::object::stored! { $name = $nsid }

        impl $name {
            pub(crate) fn dated(&self) -> Option<&hypercerts_lexicon::Datetime> {
                Some(&self.created_at)
            }
        }
    };
}

/// What an [`object!`] needs to be a record.
macro_rules! stored {
    ($name:ident = $nsid:path) => {
        impl $name {
            /// The collection that holds records of this type.
            pub const NSID: &'static str = $nsid;

            /// The record with its `$type`, as a repository stores it.
            ///
            /// Fails if `extra` or an unknown union member holds what the data model has no place for, such
            /// as lists nested too deep.
            pub fn into_value(
                self,
            ) -> Result<hypercerts_lexicon::Value, hypercerts_lexicon::DataError> {
                $crate::object::typed_value(Self::NSID, &self)
            }

            /// Checks the record, which is then ready to be written.
            ///
            /// # Errors
            /// Everything that its schema and the rules beyond it have against it, with where and why.
            pub fn build(self) -> Result<$crate::build::ValidRecord, $crate::build::Invalid> {
                $crate::build::ValidRecord::of(self)
            }
        }
    };
}

/// An enum for an open union: members are told apart by their `$type`.
macro_rules! union {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($(#[$member_meta:meta])* $member:ident($content:ty) = $tag:path,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($(#[$member_meta])* $member($content),)*
            /// Anything else, as it was found: the union is open.
            Unknown(hypercerts_lexicon::Value),
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$member(content) => $crate::object::write_member($tag, content, serializer),)*
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let member = serde_json::Value::deserialize(deserializer)?;
                match $crate::object::type_of(&member) {
                    $(Some($tag) => $crate::object::read_member(member).map(Self::$member),)*
                    _ => $crate::object::read_unknown(&member).map(Self::Unknown),
                }
            }
        }
    };
}

pub(crate) use {object, record, stored, union};

/// `object` as a value of the data model, with `$type` added.
pub(crate) fn typed_value<T: Serialize>(
    nsid: &str,
    object: &T,
) -> Result<Value, hypercerts_lexicon::DataError> {
    let json = tagged(nsid, object)
        .expect("invariant: objects are made of maps with text keys, which JSON can always hold");
    json::from_json(&json)
}

fn tagged<T: Serialize>(tag: &str, content: &T) -> Result<serde_json::Value, serde_json::Error> {
    let mut json = serde_json::to_value(content)?;
    if let Some(fields) = json.as_object_mut() {
        fields.insert(TYPE.to_owned(), tag.into());
    }
    Ok(json)
}

pub(crate) fn write_member<T: Serialize, S: Serializer>(
    tag: &str,
    content: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    tagged(tag, content).map_err(S::Error::custom)?.serialize(serializer)
}

pub(crate) fn type_of(json: &serde_json::Value) -> Option<&str> {
    json.get(TYPE)?.as_str()
}

/// Reads an object whose `$type` has told what it is.
pub(crate) fn read_member<T: DeserializeOwned, E: serde::de::Error>(
    mut json: serde_json::Value,
) -> Result<T, E> {
    if let Some(fields) = json.as_object_mut() {
        fields.remove(TYPE);
    }
    serde_json::from_value(json).map_err(E::custom)
}

pub(crate) fn read_unknown<E: serde::de::Error>(json: &serde_json::Value) -> Result<Value, E> {
    json::from_json(json).map_err(E::custom)
}
