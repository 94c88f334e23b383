//! Any record of the Hypercerts family, as one type.

use std::collections::BTreeSet;

use hypercerts_lexicon::{DataError, Datetime, Nsid, Value, json};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::account::{EntityFollow, EvmLink, Follow, Like, Repost, SignatureProof};
use crate::badge::{BadgeAward, BadgeDefinition, BadgeResponse};
use crate::board::{Board, DisplayProfile};
use crate::certified::{Location, Organization, Profile};
use crate::claim::{Claim, Contribution, ContributorInformation, Rights};
use crate::collection::{Collection, Feature};
use crate::context::{Acknowledgement, Attachment, Evaluation, Measurement};
use crate::edition::{Normalised, normalise};
use crate::funding::Receipt;
use crate::lock::ClaimLock;
use crate::object::TYPE;
use crate::vocabulary::{VocabTag, WorkscopeTag};
use crate::work_scope::{Ops, WorkScopeExpr};

/// How many things are left out of a record before it counts as unreadable.
const MAX_LEFT_OUT: usize = 50;

/// A record that does not have the shape of its type.
#[derive(Debug, thiserror::Error)]
#[error(
    "this {collection} record cannot be read: {source}; validate it to learn where it departs from its schema"
)]
pub struct ReadError {
    collection: Nsid,
    source: serde_json::Error,
}

impl ReadError {
    #[must_use]
    pub fn collection(&self) -> &Nsid {
        &self.collection
    }
}

/// Declares [`Record`] and what it does alike for every type.
macro_rules! record_types {
    ($($name:ident,)*) => {
        /// A record in today's terms.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Record {
            $($name($name),)*
            /// A type that has no typed form here, with its `$type`.
            Other(Value),
        }

        impl Record {
            /// The collections of all types that have a typed form.
            pub const COLLECTIONS: &[&str] = &[$($name::NSID,)*];

            /// Reads a record of `collection`, in whatever edition it is written.
            ///
            /// Every record that is valid by its schema can be read, and so can many that are not:
            /// limits are left to [`judge`](crate::judge).
            pub fn read(collection: &Nsid, value: &Value) -> Result<Self, ReadError> {
                Self::of_normalised(collection, &normalise(collection, value))
            }

            /// Reads as much of a record as has the shape of its type, and names the fields of which something
            /// had to be left out.
            ///
            /// Fails if something is left out that no record of its type can be without.
            pub fn read_partly(
                collection: &Nsid,
                value: &Value,
            ) -> Result<(Self, BTreeSet<String>), ReadError> {
                let today = normalise(collection, value);
                match today.nsid() {
                    $(Some($name::NSID) => {
                        let (record, left_out) = read_typed_partly(collection, today.value())?;
                        Ok((Self::$name(record), left_out))
                    })*
                    _ => Ok((Self::Other(today.value().clone()), BTreeSet::new())),
                }
            }

            pub(crate) fn of_normalised(
                collection: &Nsid,
                today: &Normalised<'_>,
            ) -> Result<Self, ReadError> {
                match today.nsid() {
                    $(Some($name::NSID) => read_typed(collection, today.value()).map(Self::$name),)*
                    _ => Ok(Self::Other(today.value().clone())),
                }
            }

            /// The record with its `$type`, as a repository stores it.
            ///
            /// Fails if it holds what the data model has no place for, such as lists nested too deep.
            pub fn into_value(self) -> Result<Value, DataError> {
                match self {
                    $(Self::$name(record) => record.into_value(),)*
                    Self::Other(value) => Ok(value),
                }
            }

            /// The collection that records of this type live in; `None` for [`Record::Other`].
            #[must_use]
            pub fn nsid(&self) -> Option<&'static str> {
                match self {
                    $(Self::$name(_) => Some($name::NSID),)*
                    Self::Other(_) => None,
                }
            }

            /// When the author's software says the record was made.
            #[must_use]
            pub fn created_at(&self) -> Option<Datetime> {
                match self {
                    $(Self::$name(record) => record.dated().cloned(),)*
                    Self::Other(value) => Datetime::parse(value.get("createdAt")?.as_str()?).ok(),
                }
            }
        }

        $(impl From<$name> for Record {
            fn from(record: $name) -> Self {
                Self::$name(record)
            }
        })*
    };
}

record_types! {
    Claim,
    Measurement,
    Evaluation,
    Attachment,
    Contribution,
    ContributorInformation,
    Rights,
    Location,
    Collection,
    Feature,
    Receipt,
    Acknowledgement,
    Profile,
    Organization,
    WorkscopeTag,
    VocabTag,
    WorkScopeExpr,
    Ops,
    BadgeDefinition,
    BadgeAward,
    BadgeResponse,
    Follow,
    EntityFollow,
    Like,
    Repost,
    EvmLink,
    SignatureProof,
    Board,
    DisplayProfile,
    ClaimLock,
}

impl Record {
    /// What the record calls itself, if its type has a name or title and it is there.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Claim(claim) => Some(&claim.title),
            Self::Attachment(attachment) => Some(&attachment.title),
            Self::Collection(collection) => Some(&collection.title),
            Self::Feature(feature) => Some(&feature.title),
            Self::Rights(rights) => Some(&rights.rights_name),
            Self::WorkscopeTag(tag) => Some(&tag.name),
            Self::VocabTag(tag) => Some(&tag.name),
            Self::Location(place) => place.name.as_deref(),
            Self::Profile(profile) => profile.display_name.as_deref(),
            Self::ContributorInformation(contributor) => contributor.display_name.as_deref(),
            Self::WorkScopeExpr(scope) => scope.label.as_deref(),
            Self::BadgeDefinition(badge) => Some(&badge.title),
            Self::DisplayProfile(profile) => profile.display_name.as_deref(),
            Self::Other(value) => value.get("title").and_then(Value::as_str),
            _ => None,
        }
    }
}

fn read_typed<T: DeserializeOwned>(collection: &Nsid, value: &Value) -> Result<T, ReadError> {
    serde_json::from_value(without_type(value))
        .map_err(|source| ReadError { collection: collection.clone(), source })
}

/// Takes out what cannot be read, one field or entry of a list after another, until the rest can.
fn read_typed_partly<T: DeserializeOwned>(
    collection: &Nsid,
    value: &Value,
) -> Result<(T, BTreeSet<String>), ReadError> {
    let mut json = without_type(value);
    let mut left_out = BTreeSet::new();
    for _ in 0..=MAX_LEFT_OUT {
        let error = match serde_path_to_error::deserialize(&json) {
            Ok(record) => return Ok((record, left_out)),
            Err(error) => error,
        };
        match take_out(&mut json, error.path()) {
            Some(field) => left_out.insert(field),
            None => break,
        };
    }
    serde_json::from_value(json)
        .map(|record| (record, left_out))
        .map_err(|source| ReadError { collection: collection.clone(), source })
}

/// Takes out the field, or the entry of its list, that a path leads into; `None` if there is none.
fn take_out(record: &mut serde_json::Value, path: &serde_path_to_error::Path) -> Option<String> {
    let mut steps = path.iter();
    let Some(Segment::Map { key }) = steps.next() else { return None };
    match (record.get_mut(key)?, steps.next()) {
        (serde_json::Value::Array(entries), Some(Segment::Seq { index }))
            if *index < entries.len() =>
        {
            entries.remove(*index);
        }
        _ => {
            record.as_object_mut()?.remove(key);
        }
    }
    Some(key.clone())
}

fn without_type(value: &Value) -> serde_json::Value {
    let mut json = json::to_json(value);
    if let Some(fields) = json.as_object_mut() {
        fields.remove(TYPE);
    }
    json
}
