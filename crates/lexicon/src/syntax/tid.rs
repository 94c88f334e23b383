//! TIDs: timestamps that sort as text and name records and revisions.

use std::fmt;

use super::{Checked, Syntax, SyntaxError, parsed_impls};

const LENGTH: usize = 13;
const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
const CLOCK_BITS: u32 = 10;
const MAX_CLOCK_ID: u16 = (1 << CLOCK_BITS) - 1;
const MAX_MICROS: u64 = (1 << 53) - 1;
/// Value of each byte in [`ALPHABET`]; 255 for bytes outside it.
const DIGITS: [u8; 256] = digits();

/// A timestamp identifier: one zero bit, 53 bits of microseconds since 1970, 10 bits that tell
/// clocks apart. As text 13 characters whose order is the order of the numbers.
///
/// Rule: AT Protocol "TID" page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tid(u64);

parsed_impls!(Tid);

impl Tid {
    /// The greatest TID there is. The syntax leaves room for one bit more than a clock fills.
    pub const MAX: Self = Self(u64::MAX);

    /// `micros` past 53 bits (the year 2255) count as the last moment there is; of `clock_id` the
    /// low 10 bits are used.
    pub fn new(micros: u64, clock_id: u16) -> Self {
        Self(micros.min(MAX_MICROS) << CLOCK_BITS | u64::from(clock_id & MAX_CLOCK_ID))
    }

    /// A TID for now that is greater than `prev`, even if the clock stood still or ran backwards.
    /// Only after [`Tid::MAX`] there is nothing greater, and it comes again.
    pub fn next_after(prev: Option<Self>, now_micros: u64, clock_id: u16) -> Self {
        let now = Self::new(now_micros, clock_id);
        match prev {
            Some(prev) if now <= prev => {
                let next = Self::new(prev.micros() + 1, clock_id);
                next.max(Self(prev.0.saturating_add(1)))
            }
            _ => now,
        }
    }

    /// Reads a TID; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        read(text).map_err(|reason| SyntaxError::new(Syntax::Tid, text, reason))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> u64 {
        self.0 >> CLOCK_BITS
    }

    /// The 10 bits that tell clocks apart.
    pub fn clock_id(self) -> u16 {
        (self.0 as u16) & MAX_CLOCK_ID
    }
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; LENGTH];
        for (place, byte) in text.iter_mut().rev().enumerate() {
            *byte = ALPHABET[(self.0 >> (5 * place)) as usize & 31];
        }
        f.write_str(std::str::from_utf8(&text).expect("invariant: the alphabet is ASCII"))
    }
}

pub(super) fn check(text: &str) -> Checked {
    read(text).map(|_| ())
}

fn read(text: &str) -> Result<Tid, &'static str> {
    if text.len() != LENGTH {
        return Err("it must have 13 characters");
    }
    let mut bits = 0u64;
    for byte in text.bytes() {
        let digit = DIGITS[usize::from(byte)];
        if digit == u8::MAX {
            return Err("only the digits 2–7 and the letters a–z are allowed");
        }
        // 13 digits hold 65 bits. The first falls out here; the first digit is looked at below.
        bits = bits << 5 | u64::from(digit);
    }
    if DIGITS[usize::from(text.as_bytes()[0])] > 15 {
        return Err("it must begin with one of 234567abcdefghij");
    }
    Ok(Tid(bits))
}

const fn digits() -> [u8; 256] {
    let mut table = [u8::MAX; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        table[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    table
}
