//! Writing DRISL.

use super::{FALSE, LINK_HEAD, NULL, TRUE, major};
use crate::data::value::Value;

/// The encoding of `value`.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded_len(value));
    encode_into(value, &mut out);
    out
}

/// Appends the encoding of `value` to `out`.
pub fn encode_into(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(false) => out.push(FALSE),
        Value::Bool(true) => out.push(TRUE),
        Value::Int(integer) => {
            let (major, argument) = int_head(*integer);
            head(out, major, argument);
        }
        Value::Text(text) => string(out, major::TEXT, text.as_bytes()),
        Value::Bytes(bytes) => string(out, major::BYTES, bytes),
        Value::Link(cid) => {
            out.extend_from_slice(&LINK_HEAD);
            out.extend_from_slice(&cid.to_bytes());
        }
        Value::List(values) => {
            head(out, major::LIST, values.len() as u64);
            values.iter().for_each(|value| encode_into(value, out));
        }
        Value::Map(map) => {
            head(out, major::MAP, map.len() as u64);
            for (key, value) in map.iter() {
                string(out, major::TEXT, key.as_bytes());
                encode_into(value, out);
            }
        }
    }
}

/// A negative integer n is written as −1 − n.
fn int_head(integer: i64) -> (u8, u64) {
    if integer < 0 { (major::NEGATIVE, !integer as u64) } else { (major::UNSIGNED, integer as u64) }
}

fn string(out: &mut Vec<u8>, major: u8, bytes: &[u8]) {
    head(out, major, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A major type and its argument in the shortest form.
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    match argument {
        0..24 => out.push(major | argument as u8),
        24..0x100 => out.extend_from_slice(&[major | 24, argument as u8]),
        0x100..0x1_0000 => {
            out.push(major | 25);
            out.extend_from_slice(&(argument as u16).to_be_bytes());
        }
        0x1_0000..0x1_0000_0000 => {
            out.push(major | 26);
            out.extend_from_slice(&(argument as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&argument.to_be_bytes());
        }
    }
}

fn encoded_len(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Int(integer) => head_len(int_head(*integer).1),
        Value::Text(text) => string_len(text.len()),
        Value::Bytes(bytes) => string_len(bytes.len()),
        Value::Link(_) => LINK_HEAD.len() + 36,
        Value::List(values) => {
            head_len(values.len() as u64) + values.iter().map(encoded_len).sum::<usize>()
        }
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| string_len(key.len()) + encoded_len(value));
            head_len(map.len() as u64) + entries.sum::<usize>()
        }
    }
}

fn string_len(length: usize) -> usize {
    head_len(length as u64) + length
}

fn head_len(argument: u64) -> usize {
    match argument {
        0..24 => 1,
        24..0x100 => 2,
        0x100..0x1_0000 => 3,
        0x1_0000..0x1_0000_0000 => 5,
        _ => 9,
    }
}
