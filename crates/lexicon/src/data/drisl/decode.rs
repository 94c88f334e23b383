//! Reading DRISL into values.

use super::reader::{Item, Reader};
use crate::data::MAX_DEPTH;
use crate::data::error::DataError;
use crate::data::map::Map;
use crate::data::value::Value;

/// Entries that room is made for before any was read, whatever length the input declares.
const FIRST_ROOM: usize = 16;

/// Reads one value that fills all of `bytes`.
pub fn decode(bytes: &[u8]) -> Result<Value, DataError> {
    let mut reader = Reader::new(bytes);
    let value = value(&mut reader, MAX_DEPTH)?;
    reader.end().map(|()| value)
}

/// Reads the value that `bytes` begin with, and how many bytes it takes.
pub fn decode_prefix(bytes: &[u8]) -> Result<(Value, usize), DataError> {
    let mut reader = Reader::new(bytes);
    let value = value(&mut reader, MAX_DEPTH)?;
    Ok((value, reader.place()))
}

/// One value that holds at most `depth` levels of lists and maps.
fn value(reader: &mut Reader<'_>, depth: usize) -> Result<Value, DataError> {
    Ok(match reader.item()? {
        Item::Null => Value::Null,
        Item::Bool(value) => Value::Bool(value),
        Item::Int(value) => Value::Int(value),
        Item::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Item::Text(text) => Value::Text(text.to_owned()),
        Item::Link(cid) => Value::Link(cid),
        Item::List(length) => Value::List(list(reader, length, inner(depth)?)?),
        Item::Map(length) => Value::Map(map(reader, length, inner(depth)?)?),
    })
}

/// The depth that is left inside a list or a map.
pub(super) fn inner(depth: usize) -> Result<usize, DataError> {
    depth.checked_sub(1).ok_or(DataError::TooDeep)
}

fn list(reader: &mut Reader<'_>, length: usize, depth: usize) -> Result<Vec<Value>, DataError> {
    let mut values = Vec::with_capacity(length.min(FIRST_ROOM));
    for _ in 0..length {
        values.push(value(reader, depth)?);
    }
    Ok(values)
}

fn map(reader: &mut Reader<'_>, length: usize, depth: usize) -> Result<Map, DataError> {
    let mut map = Map::with_capacity(length.min(FIRST_ROOM));
    for _ in 0..length {
        let key = reader.key(map.last_key())?;
        map.push_greatest(key, value(reader, depth)?);
    }
    Ok(map)
}
