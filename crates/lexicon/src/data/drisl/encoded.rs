//! DRISL written as JSON, or whatever serde writes, without values in between.

use std::cell::RefCell;

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::decode::inner;
use super::reader::{Item, Reader};
use crate::data::MAX_DEPTH;
use crate::data::error::DataError;
use crate::data::json;

/// A value that stays encoded. Serializes to what its [`Value`](crate::Value) would, and fails
/// where [`decode`](super::decode()) would.
#[derive(Clone, Copy, Debug)]
pub struct Encoded<'a>(pub &'a [u8]);

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reader = RefCell::new(Reader::new(self.0));
        let done = Next { reader: &reader, depth: MAX_DEPTH }.serialize(serializer)?;
        reader.borrow().end().map_err(Error::custom)?;
        Ok(done)
    }
}

/// The value that comes next; serializing it reads it. Serde hands out what it serializes behind
/// a shared reference, hence the cell; no borrow of it outlasts the reading of one item.
struct Next<'r, 'a> {
    reader: &'r RefCell<Reader<'a>>,
    /// Levels of lists and maps that it may hold.
    depth: usize,
}

impl<'r, 'a> Next<'r, 'a> {
    fn inner<E: Error>(&self) -> Result<Self, E> {
        let depth = inner(self.depth).map_err(E::custom)?;
        Ok(Self { reader: self.reader, depth })
    }

    fn read<T, E: Error>(
        &self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, DataError>,
    ) -> Result<T, E> {
        read(&mut self.reader.borrow_mut()).map_err(E::custom)
    }

    fn list<S: Serializer>(&self, length: usize, serializer: S) -> Result<S::Ok, S::Error> {
        let next = self.inner()?;
        let mut list = serializer.serialize_seq(Some(length))?;
        for _ in 0..length {
            list.serialize_element(&next)?;
        }
        list.end()
    }

    fn map<S: Serializer>(&self, length: usize, serializer: S) -> Result<S::Ok, S::Error> {
        let next = self.inner()?;
        let mut map = serializer.serialize_map(Some(length))?;
        let mut last = None;
        for _ in 0..length {
            let key = self.read(|reader| reader.key(last))?;
            map.serialize_entry(key, &next)?;
            last = Some(key);
        }
        map.end()
    }
}

impl Serialize for Next<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.read(Reader::item)? {
            Item::Null => serializer.serialize_unit(),
            Item::Bool(value) => serializer.serialize_bool(value),
            Item::Int(value) => serializer.serialize_i64(value),
            Item::Text(text) => serializer.serialize_str(text),
            Item::Bytes(bytes) => json::serialize_bytes(bytes, serializer),
            Item::Link(cid) => json::serialize_link(&cid, serializer),
            Item::List(length) => self.list(length, serializer),
            Item::Map(length) => self.map(length, serializer),
        }
    }
}
