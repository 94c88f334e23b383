//! Moments in time, as records write them.

use super::{Checked, Syntax, SyntaxError, text_impls};

const MAX_LENGTH: usize = 64;
/// Length of `YYYY-MM-DDTHH:MM:SS`, the part every datetime begins with.
const FIXED: usize = 19;
const PATTERN: &[u8; FIXED] = b"0000-00-00T00:00:00";
/// Days before each month of a common year.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const SECONDS_A_DAY: i64 = 86_400;
/// Days from the first of January of the year 0 to that of 1970.
const DAYS_TO_1970: i64 = 719_528;

/// A moment with seconds and a time zone: `2025-01-01T00:00:00Z`, `…00.250+02:00`.
///
/// Rule: the `datetime` string format of the AT Protocol "Lexicon" page, what RFC 3339 and ISO 8601
/// have in common. Capital `T` and `Z`; any number of digits after the point as far as 64 characters
/// in all; no `-00:00`; a real day and time whose year in UTC lies between 0 and 9999. The text is
/// kept as it was written; order and equality are those of the text, so compare moments by
/// [`unix_micros`](Self::unix_micros).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Datetime(String);

text_impls!(Datetime);

impl Datetime {
    /// Reads a datetime; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Datetime.check(text).map(|()| Self(text.to_owned()))
    }

    /// Microseconds since 1970-01-01T00:00:00Z; digits past the sixth are dropped.
    pub fn unix_micros(&self) -> i64 {
        read(&self.0).expect("invariant: a Datetime is valid")
    }

    /// The moment in UTC with milliseconds, the protocol's preferred form. What lies outside the
    /// years 0 to 9999 counts as the nearest moment within.
    pub fn from_unix_micros(micros: i64) -> Self {
        let micros = micros.clamp(first_micros(), last_micros());
        let (day, time) = (
            micros.div_euclid(SECONDS_A_DAY * 1_000_000),
            micros.rem_euclid(SECONDS_A_DAY * 1_000_000),
        );
        let (year, month, day) = civil(day + DAYS_TO_1970);
        let (seconds, millis) = (time / 1_000_000, time % 1_000_000 / 1_000);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        Self(format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        ))
    }
}

pub(super) fn check(text: &str) -> Checked {
    read(text).map(|_| ())
}

/// The moment in microseconds since 1970.
fn read(text: &str) -> Result<i64, &'static str> {
    let bytes = text.as_bytes();
    if bytes.len() > MAX_LENGTH {
        return Err("it is longer than 64 characters");
    }
    let (fixed, rest) = bytes.split_first_chunk::<FIXED>().ok_or(FORM)?;
    let seconds = read_fixed(fixed)?;
    let (micros, zone) = read_fraction(rest)?;
    let utc = seconds - read_zone(zone)?;
    let micros = utc * 1_000_000 + micros;
    if !(first_micros()..=last_micros()).contains(&micros) {
        return Err("in UTC it lies outside the years 0 to 9999");
    }
    Ok(micros)
}

const FORM: &str = "it must look like 2025-01-31T23:59:59Z, with seconds and a time zone";

/// Seconds since 1970 of the part without fraction and zone.
fn read_fixed(text: &[u8; FIXED]) -> Result<i64, &'static str> {
    let fits = |(byte, pattern): (&u8, &u8)| match pattern {
        b'0' => byte.is_ascii_digit(),
        _ => byte == pattern,
    };
    if !text.iter().zip(PATTERN).all(fits) {
        return Err(FORM);
    }
    let number = |from: usize, to: usize| digits(&text[from..to]);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return Err("there is no such day");
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err("there is no such time of day");
    }
    Ok(days(year, month, day) * SECONDS_A_DAY + hour * 3_600 + minute * 60 + second)
}

/// Microseconds of an optional `.123…`, and what follows.
fn read_fraction(text: &[u8]) -> Result<(i64, &[u8]), &'static str> {
    let [b'.', rest @ ..] = text else { return Ok((0, text)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return Err("digits must follow the point after its seconds");
    }
    let used = length.min(6);
    let micros = digits(&rest[..used]) * 10i64.pow(6 - used as u32);
    Ok((micros, &rest[length..]))
}

/// Seconds that the zone is ahead of UTC.
fn read_zone(text: &[u8]) -> Result<i64, &'static str> {
    let &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = text else {
        return if text == b"Z" { Ok(0) } else { Err(FORM) };
    };
    let all_digits = [h1, h2, m1, m2].iter().all(u8::is_ascii_digit);
    let (hours, minutes) = (digits(&[h1, h2]), digits(&[m1, m2]));
    if !all_digits || hours > 23 || minutes > 59 {
        return Err("its time zone must be Z or like +02:00");
    }
    match (sign, hours * 3_600 + minutes * 60) {
        (b'-', 0) => Err("“-00:00” is not allowed; write Z"),
        (b'-', seconds) => Ok(-seconds),
        (_, seconds) => Ok(seconds),
    }
}

fn digits(text: &[u8]) -> i64 {
    text.iter().fold(0, |sum, byte| sum * 10 + i64::from(byte.wrapping_sub(b'0')))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, for years from 0 and months 1 to 12.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap_day = i64::from(month > 2 && is_leap(year));
    days_before_year(year) + DAYS_BEFORE[month as usize - 1] + leap_day + day - 1 - DAYS_TO_1970
}

/// Days from the first of January of the year 0, itself a leap year, to that of `year`.
fn days_before_year(year: i64) -> i64 {
    let leap_years =
        if year == 0 { 0 } else { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 };
    year * 365 + leap_years
}

/// Year, month and day of a number of days since the first of January of the year 0.
fn civil(day: i64) -> (i64, i64, i64) {
    // 146,097 days make 400 years; the estimate is at most one year too late.
    let estimate = day * 400 / 146_097;
    let year = if days_before_year(estimate) > day { estimate - 1 } else { estimate };
    let year = if days_before_year(year + 1) <= day { year + 1 } else { year };
    let mut rest = day - days_before_year(year);
    let mut month = 1;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

fn first_micros() -> i64 {
    -DAYS_TO_1970 * SECONDS_A_DAY * 1_000_000
}

fn last_micros() -> i64 {
    days(9_999, 12, 31) * SECONDS_A_DAY * 1_000_000 + SECONDS_A_DAY * 1_000_000 - 1
}
