//! Reading DRISL item by item. Every reader of the encoding stands on this one, so all refuse the same.

use super::{FALSE, LINK_HEAD, NULL, TRUE, major};
use crate::data::cid::Cid;
use crate::data::error::DataError;
use crate::data::map::canonical_order;
use crate::data::{Budget, MAX_INTEGER};

/// A value, or the head of one that holds others.
pub(super) enum Item<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Link(Cid),
    /// That many values follow.
    List(usize),
    /// That many entries follow, each a key and a value.
    Map(usize),
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
    budget: Budget,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0, budget: Budget::new() }
    }

    /// How many bytes were read.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Checks that nothing is left.
    pub fn end(&self) -> Result<(), DataError> {
        match self.place == self.bytes.len() {
            true => Ok(()),
            false => Err(self.problem("something follows the value")),
        }
    }

    pub fn item(&mut self) -> Result<Item<'a>, DataError> {
        self.budget.spend()?;
        let start = self.place;
        let first = self.byte()?;
        match first >> 5 {
            major::UNSIGNED => self.integer(first).map(Item::Int),
            major::NEGATIVE => self.integer(first).map(|integer| Item::Int(!integer)),
            major::BYTES => self.string(first).map(Item::Bytes),
            major::TEXT => self.text(first).map(Item::Text),
            major::LIST => self.count(first, 1).map(Item::List),
            major::MAP => self.count(first, 2).map(Item::Map),
            major::TAG => self.link(start).map(Item::Link),
            _ => self.simple(first),
        }
    }

    /// The key of an entry, which must come after the key of the entry before it.
    pub fn key(&mut self, before: Option<&str>) -> Result<&'a str, DataError> {
        let first = self.byte()?;
        if first >> 5 != major::TEXT {
            return Err(self.problem("a key is not text"));
        }
        let key = self.text(first)?;
        if before.is_some_and(|before| canonical_order(before, key).is_ge()) {
            return Err(self.problem("keys are not in order, or occur twice"));
        }
        Ok(key)
    }

    fn text(&mut self, first: u8) -> Result<&'a str, DataError> {
        let bytes = self.string(first)?;
        std::str::from_utf8(bytes).map_err(|_| self.problem("text is not UTF-8"))
    }

    fn string(&mut self, first: u8) -> Result<&'a [u8], DataError> {
        let length = self.count(first, 1)?;
        self.take(length)
    }

    fn link(&mut self, start: usize) -> Result<Cid, DataError> {
        if !self.bytes[start..].starts_with(&LINK_HEAD) {
            return Err(self.problem("a tag that is not a link"));
        }
        self.place = start + LINK_HEAD.len();
        Ok(Cid::from_bytes(self.take(36)?)?)
    }

    fn simple(&self, first: u8) -> Result<Item<'a>, DataError> {
        match first {
            FALSE => Ok(Item::Bool(false)),
            TRUE => Ok(Item::Bool(true)),
            NULL => Ok(Item::Null),
            0xf9..=0xfb => Err(self.problem("a floating-point number; only integers exist")),
            _ => Err(self.problem("a simple value other than true, false and null")),
        }
    }

    fn integer(&mut self, first: u8) -> Result<i64, DataError> {
        let argument = self.argument(first)?;
        // The argument of a negative integer is one less than its magnitude.
        let limit = MAX_INTEGER as u64 - u64::from(first >> 5 == major::NEGATIVE);
        if argument > limit { Err(DataError::IntegerRange) } else { Ok(argument as i64) }
    }

    /// A declared number of things that take at least `size` bytes each: never more than there
    /// is input left for.
    fn count(&mut self, first: u8, size: usize) -> Result<usize, DataError> {
        let declared = self.argument(first)?;
        let left = (self.bytes.len() - self.place) / size;
        match usize::try_from(declared) {
            Ok(count) if count <= left => Ok(count),
            _ => Err(self.problem("the input ends before what it announces")),
        }
    }

    /// The argument of a head whose first byte is `first`, which must be in its shortest form.
    fn argument(&mut self, first: u8) -> Result<u64, DataError> {
        let (argument, least) = match first & 0x1f {
            small @ 0..24 => (u64::from(small), 0),
            24 => (u64::from(self.byte()?), 24),
            25 => (u64::from(u16::from_be_bytes(self.array()?)), 0x100),
            26 => (u64::from(u32::from_be_bytes(self.array()?)), 0x1_0000),
            27 => (u64::from_be_bytes(self.array()?), 0x1_0000_0000),
            _ => return Err(self.problem("an indefinite length or a reserved head")),
        };
        if argument < least {
            return Err(self.problem("a number is not in its shortest form"));
        }
        Ok(argument)
    }

    fn byte(&mut self) -> Result<u8, DataError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DataError> {
        let array = self.bytes[self.place..].first_chunk::<N>().copied();
        let array = array.ok_or_else(|| self.problem("the input ends in the middle"))?;
        self.place += N;
        Ok(array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DataError> {
        let taken = self.bytes[self.place..].get(..length);
        let taken = taken.ok_or_else(|| self.problem("the input ends in the middle"))?;
        self.place += length;
        Ok(taken)
    }

    fn problem(&self, problem: &'static str) -> DataError {
        DataError::Drisl { offset: self.place, problem }
    }
}
