//! Reading DRISL.

use super::{FALSE, LINK_HEAD, NULL, TRUE, major};
use crate::data::cid::Cid;
use crate::data::error::DataError;
use crate::data::map::{Map, canonical_order};
use crate::data::value::Value;
use crate::data::{Budget, MAX_DEPTH, MAX_INTEGER};

/// Entries that room is made for before any was read, whatever length the input declares.
const FIRST_ROOM: usize = 16;

/// Reads one value that fills all of `bytes`.
pub fn decode(bytes: &[u8]) -> Result<Value, DataError> {
    let (value, length) = decode_prefix(bytes)?;
    if length == bytes.len() {
        Ok(value)
    } else {
        Err(DataError::Drisl { offset: length, problem: "something follows the value" })
    }
}

/// Reads the value that `bytes` begin with, and how many bytes it takes.
pub fn decode_prefix(bytes: &[u8]) -> Result<(Value, usize), DataError> {
    let mut reader = Reader { bytes, place: 0, budget: Budget::new() };
    let value = reader.value(MAX_DEPTH)?;
    Ok((value, reader.place))
}

struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
    budget: Budget,
}

impl<'a> Reader<'a> {
    /// One value that holds at most `depth` levels of lists and maps.
    fn value(&mut self, depth: usize) -> Result<Value, DataError> {
        self.budget.spend()?;
        let start = self.place;
        let first = self.byte()?;
        match first >> 5 {
            major::UNSIGNED => self.integer(first).map(Value::Int),
            major::NEGATIVE => self.integer(first).map(|integer| Value::Int(!integer)),
            major::BYTES => self.string(first).map(|bytes| Value::Bytes(bytes.to_vec())),
            major::TEXT => self.text(first).map(|text| Value::Text(text.to_owned())),
            major::LIST => self.list(first, depth).map(Value::List),
            major::MAP => self.map(first, depth).map(Value::Map),
            major::TAG => self.link(start).map(Value::Link),
            _ => self.simple(first),
        }
    }

    fn list(&mut self, first: u8, depth: usize) -> Result<Vec<Value>, DataError> {
        let depth = depth.checked_sub(1).ok_or(DataError::TooDeep)?;
        let length = self.count(first, 1)?;
        let mut values = Vec::with_capacity(length.min(FIRST_ROOM));
        for _ in 0..length {
            values.push(self.value(depth)?);
        }
        Ok(values)
    }

    fn map(&mut self, first: u8, depth: usize) -> Result<Map, DataError> {
        let depth = depth.checked_sub(1).ok_or(DataError::TooDeep)?;
        let length = self.count(first, 2)?;
        let mut map = Map::with_capacity(length.min(FIRST_ROOM));
        for _ in 0..length {
            let key = self.key()?;
            if map.last_key().is_some_and(|last| canonical_order(last, key).is_ge()) {
                return Err(self.problem("keys are not in order, or occur twice"));
            }
            let value = self.value(depth)?;
            map.push_greatest(key, value);
        }
        Ok(map)
    }

    fn key(&mut self) -> Result<&'a str, DataError> {
        let first = self.byte()?;
        if first >> 5 != major::TEXT {
            return Err(self.problem("a key is not text"));
        }
        self.text(first)
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

    fn simple(&self, first: u8) -> Result<Value, DataError> {
        match first {
            FALSE => Ok(Value::Bool(false)),
            TRUE => Ok(Value::Bool(true)),
            NULL => Ok(Value::Null),
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
