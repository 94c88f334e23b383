//! Unsigned LEB128, as far as lengths in a CAR need it.

/// Lengths stay far below 2³⁵; longer varints are refused before they can overflow anything.
const MAX_LEN: usize = 5;

/// What the front of a buffer holds.
pub(super) enum Varint {
    /// The number and how many bytes it takes.
    Complete(u64, usize),
    /// More bytes are needed to know.
    Incomplete,
    /// Too long, or not in its shortest form.
    Invalid,
}

pub(super) fn read(input: &[u8]) -> Varint {
    let mut value = 0;
    for (at, &byte) in input.iter().take(MAX_LEN).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            let padded = byte == 0 && at > 0;
            return if padded { Varint::Invalid } else { Varint::Complete(value, at + 1) };
        }
    }
    if input.len() < MAX_LEN { Varint::Incomplete } else { Varint::Invalid }
}

pub(super) fn write(mut value: usize, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
