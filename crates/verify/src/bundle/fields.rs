//! Reading the maps of a bundle: exactly these fields, of these types, and nothing else.

use std::fmt::Display;
use std::str::FromStr;

use hypercerts_lexicon::{Cid, Codec, Map, Value};

/// Why a block is not what its place in a bundle calls for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ShapeError(String);

impl ShapeError {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// A map with a known set of fields.
pub(super) struct Fields<'a> {
    what: &'static str,
    map: &'a Map,
}

impl<'a> Fields<'a> {
    /// `what` is told in errors, like “the manifest”.
    pub fn of(value: &'a Value, what: &'static str, names: &[&str]) -> Result<Self, ShapeError> {
        let map = value.as_map().ok_or_else(|| ShapeError(format!("{what} is not a map")))?;
        match names.iter().all(|name| map.contains_key(name)) && map.len() == names.len() {
            true => Ok(Self { what, map }),
            false => {
                Err(ShapeError(format!("{what} has not exactly the fields {}", names.join(", "))))
            }
        }
    }

    pub fn get(&self, name: &str) -> Result<&'a Value, ShapeError> {
        self.map.get(name).ok_or_else(|| self.wrong(name, "missing"))
    }

    pub fn text(&self, name: &str) -> Result<&'a str, ShapeError> {
        self.get(name)?.as_str().ok_or_else(|| self.wrong(name, "not text"))
    }

    pub fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, ShapeError> {
        self.text(name)?.parse().map_err(|error: T::Err| self.wrong(name, &error.to_string()))
    }

    pub fn bytes(&self, name: &str) -> Result<&'a [u8], ShapeError> {
        self.get(name)?.as_bytes().ok_or_else(|| self.wrong(name, "not bytes"))
    }

    pub fn flag(&self, name: &str) -> Result<bool, ShapeError> {
        self.get(name)?.as_bool().ok_or_else(|| self.wrong(name, "neither true nor false"))
    }

    pub fn number(&self, name: &str) -> Result<u64, ShapeError> {
        let number = self.get(name)?.as_int().and_then(|number| number.try_into().ok());
        number.ok_or_else(|| self.wrong(name, "not a whole number from zero up"))
    }

    /// A link to a block of this kind.
    pub fn link(&self, name: &str, codec: Codec) -> Result<Cid, ShapeError> {
        let link = self.get(name)?.as_link().filter(|cid| cid.codec() == codec);
        link.ok_or_else(|| self.wrong(name, "not a link of the right kind"))
    }

    /// A list of things.
    pub fn list<T>(
        &self,
        name: &str,
        read: impl FnMut(&'a Value) -> Result<T, ShapeError>,
    ) -> Result<Vec<T>, ShapeError> {
        let list = self.get(name)?.as_list().ok_or_else(|| self.wrong(name, "not a list"))?;
        list.iter().map(read).collect()
    }

    /// A list in strictly ascending order of `key`: there is one way to write it, and nothing twice.
    pub fn sorted<T, K: Ord>(
        &self,
        name: &str,
        read: impl FnMut(&'a Value) -> Result<T, ShapeError>,
        key: impl Fn(&T) -> K,
    ) -> Result<Vec<T>, ShapeError> {
        let list = self.list(name, read)?;
        match list.is_sorted_by(|a, b| key(a) < key(b)) {
            true => Ok(list),
            false => Err(self.wrong(name, "out of order, or has an entry twice")),
        }
    }

    fn wrong(&self, name: &str, why: &str) -> ShapeError {
        ShapeError(format!("the field {name} of {} is {why}", self.what))
    }
}
