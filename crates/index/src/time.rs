//! This machine's clock, in the unit everything here counts in: microseconds since 1970.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hypercerts_lexicon::Datetime;

/// Now, in microseconds since 1970; 0 on a clock before that.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    micros(since)
}

/// A span in microseconds, at most what an `i64` holds.
pub(crate) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// The text form of a stored moment.
pub(crate) fn datetime(micros: i64) -> Datetime {
    Datetime::from_unix_micros(micros)
}
