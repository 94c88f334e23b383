//! The data model: what records, commits and messages are made of.
//!
//! A [`Value`](value::Value) has two encodings. [`drisl`] is binary, has exactly one form for each
//! value, and is what gets hashed and signed. [`json`] is what travels over HTTP and is read by
//! people. Both readers are for bytes from strangers: they refuse what the protocol refuses and
//! keep within the limits below, whatever the input claims.

pub mod blob;
pub mod cid;
pub mod drisl;
pub mod error;
pub mod json;
pub mod map;
pub mod value;

/// Deepest nesting of lists and maps that is read.
pub const MAX_DEPTH: usize = 32;

/// Most values (lists, maps and what they hold) in one document. A value takes about 40 bytes of
/// memory but can be encoded in one; this keeps a reader's memory in proportion.
pub const MAX_VALUES: usize = 1 << 18;

/// Integers lie between minus this and this (2^53 − 1), the range every JSON reader keeps exact.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// What may still be read of one document.
pub(crate) struct Budget {
    values: usize,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { values: MAX_VALUES }
    }

    pub(crate) fn spend(&mut self) -> Result<(), error::DataError> {
        self.values = self.values.checked_sub(1).ok_or(error::DataError::TooManyValues)?;
        Ok(())
    }
}
