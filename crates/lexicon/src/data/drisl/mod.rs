//! DRISL, the canonical binary form: a strict profile of CBOR (RFC 8949), formerly strict DAG-CBOR.
//!
//! Definite lengths, integers in their shortest form and within ±(2^53 − 1), text keys in canonical
//! order without duplicates, links under tag 42, no floating-point numbers and no other tags. For
//! each value there is exactly one encoding, so the reader takes nothing else: what it accepts,
//! [`encode`] gives back byte for byte.

mod decode;
mod encode;
mod reader;
mod write_json;

pub use decode::{decode, decode_prefix};
pub use encode::{encode, encode_into};
pub use write_json::write_json;

/// Major types, the top three bits of a head.
mod major {
    pub const UNSIGNED: u8 = 0;
    pub const NEGATIVE: u8 = 1;
    pub const BYTES: u8 = 2;
    pub const TEXT: u8 = 3;
    pub const LIST: u8 = 4;
    pub const MAP: u8 = 5;
    pub const TAG: u8 = 6;
}

const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;

/// What every link begins with: tag 42, a byte string of 37 bytes, whose first is zero.
const LINK_HEAD: [u8; 5] = [0xd8, 0x2a, 0x58, 0x25, 0x00];
