//! CIDs written as text in a record, of any kind.

use data_encoding::Encoding;

use super::{Checked, Syntax, SyntaxError, text_impls};
use crate::data::cid::base32;

const LENGTHS: std::ops::RangeInclusive<usize> = 8..=256;

/// The `cid` string format, which is wider than [`Cid`](crate::Cid): any base, any hash.
///
/// Rule: AT Protocol "Lexicon" page. CIDs of version 1. The first letter names the base, as multibase
/// has it; in the usual one (`b`) the text must decode to a CID, in others only its characters are
/// looked at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CidText(String);

text_impls!(CidText);

impl CidText {
    /// Reads a CID of any kind; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Cid.check(text).map(|()| Self(text.to_owned()))
    }
}

pub(super) fn check(text: &str) -> Checked {
    if !LENGTHS.contains(&text.len()) {
        return Err("it must have 8 to 256 characters");
    }
    let (base, digits) = text.as_bytes().split_first().ok_or("it is empty")?;
    let is_digit: fn(&u8) -> bool = match base {
        b'b' => return check_base32(base32(), digits),
        b'Q' => return Err("it is of version 0; version 1 begins with a letter for its base"),
        b'7' => |byte| matches!(byte, b'0'..=b'7'),
        b'f' => |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        b'k' => |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z'),
        b'z' => |byte| byte.is_ascii_alphanumeric() && !b"0OIl".contains(byte),
        b'm' => |byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte),
        _ => return Err("its first letter does not name a base"),
    };
    if digits.iter().all(is_digit) { Ok(()) } else { Err("one of its digits is not of its base") }
}

fn check_base32(encoding: &Encoding, digits: &[u8]) -> Checked {
    let mut buffer = [0u8; 256];
    let size = encoding.decode_len(digits.len()).map_err(|_| "its length is wrong")?;
    let bytes = &mut buffer[..size];
    encoding.decode_mut(digits, bytes).map_err(|_| "it is not lower-case base 32 after its “b”")?;
    check_structure(bytes).ok_or("it does not decode to a CID of version 1")
}

/// Version 1, a codec, a hash function, the length of the hash and just that many bytes.
fn check_structure(bytes: &[u8]) -> Option<()> {
    let (version, rest) = varint(bytes)?;
    let (_codec, rest) = varint(rest)?;
    let (_hash, rest) = varint(rest)?;
    let (length, digest) = varint(rest)?;
    (version == 1 && length == digest.len() as u64).then_some(())
}

/// An unsigned LEB128 number of at most nine bytes, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let last = bytes.iter().take(9).position(|byte| byte & 0x80 == 0)?;
    let value = bytes[..=last].iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f));
    Some((value, &bytes[last + 1..]))
}
