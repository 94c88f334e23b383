//! Parameters that several methods share.

use hypercerts_lexicon::{AtUri, Did};
use hypercerts_repo::RepoPath;
use serde::{Deserialize, Deserializer};

use crate::error::Refusal;

/// `did`, and nothing else.
#[derive(Deserialize)]
pub struct DidParam {
    pub did: Did,
}

/// A page size within 1 and `max`, `default` if none is given.
pub fn limit(given: Option<u32>, default: u32, max: u32) -> Result<u32, Refusal> {
    match given.unwrap_or(default) {
        limit if (1..=max).contains(&limit) => Ok(limit),
        limit => {
            Err(Refusal::invalid(format!("limit is {limit}; it must lie within 1 and {max}.")))
        }
    }
}

/// Tells a field that is `null` from one that is absent.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A field that may be absent but not `null`: what would be ignored may have been meant as a guard.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The AT-URI of a record.
pub fn uri(did: &Did, path: &RepoPath) -> AtUri {
    AtUri::record(did, &path.collection(), &path.rkey())
}
