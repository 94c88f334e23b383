//! Numbers that records keep as text, read exactly: amounts, measured values, weights, scores.
//!
//! The data model has no fractions and no numbers past 64 bits, so the schemas keep such numbers in strings
//! of up to 500 bytes. The string stays what it is ([`DecimalText`]); a [`Decimal`] is its value, for
//! checking and comparing. No floating point is involved, and nothing is rounded.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longer than any number the schemas let through.
const MAX_LENGTH: usize = 512;
/// Bounds what [`Decimal`]'s `Display` writes.
const MAX_EXPONENT: i32 = 999;

/// A number in a record, as its author wrote it. A valid record may hold text here that is no number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DecimalText(String);

impl DecimalText {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number.
    pub fn decimal(&self) -> Result<Decimal, DecimalError> {
        Decimal::parse(&self.0)
    }

    /// The number, where the schema asks for one above zero.
    pub fn positive(&self) -> Result<Decimal, DecimalError> {
        let decimal = self.decimal()?;
        if decimal.is_positive() {
            Ok(decimal)
        } else {
            Err(DecimalError::NotPositive(self.0.clone()))
        }
    }
}

impl From<&str> for DecimalText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for DecimalText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for DecimalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not the number that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    #[error(
        "{0:?} is not a decimal number; write it like 1234.56, with a point and no other marks"
    )]
    Malformed(String),
    #[error("this number has {0} characters; more than {MAX_LENGTH} are not read")]
    TooLong(usize),
    #[error("{0:?} has an exponent beyond {MAX_EXPONENT}")]
    OutOfRange(String),
    #[error("{0:?} is not above zero")]
    NotPositive(String),
}

/// An exact decimal number.
///
/// Written as `[+-]digits[.digits][e[+-]digits]`. Two spellings of one number are equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// The significant digits, without zeros at either end; empty for zero. The value is
    /// `0.<digits> × 10^exponent`.
    digits: String,
    exponent: i32,
}

impl Decimal {
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        if text.len() > MAX_LENGTH {
            return Err(DecimalError::TooLong(text.len()));
        }
        let malformed = || DecimalError::Malformed(text.to_owned());
        let (negative, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, read_exponent(exponent).ok_or_else(malformed)?)
            }
            None => (unsigned, 0),
        };
        if exponent.abs() > MAX_EXPONENT {
            return Err(DecimalError::OutOfRange(text.to_owned()));
        }
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return Err(malformed()),
            None => (mantissa, ""),
        };
        if !is_digits(whole) {
            return Err(malformed());
        }
        Ok(Self::normal(negative, whole, fraction, exponent))
    }

    /// Drops the zeros at both ends of `whole.fraction × 10^exponent`.
    fn normal(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Self {
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading_zeros = all.len() - significant.len();
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, digits, exponent: 0 };
        }
        // Both lengths are at most MAX_LENGTH.
        let shift = whole.len() as i32 - leading_zeros as i32;
        Self { negative, digits, exponent: exponent + shift }
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    #[must_use]
    pub fn is_positive(&self) -> bool {
        !self.negative && !self.is_zero()
    }

    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    fn sign(&self) -> i8 {
        i8::from(self.is_positive()) - i8::from(self.negative)
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        // Without zeros at either end, digits after the point compare like words in a dictionary.
        self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits))
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The exponent; one that is too long to be a number of 32 bits counts as the largest there is.
fn read_exponent(text: &str) -> Option<i32> {
    let (negative, digits) = split_sign(text);
    if !is_digits(digits) {
        return None;
    }
    let size = digits.parse().unwrap_or(i32::MAX);
    Some(if negative { -size } else { size })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sign().cmp(&other.sign()).then_with(|| match self.negative {
            true => other.cmp_magnitude(self),
            false => self.cmp_magnitude(other),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Plain notation in its shortest form: `-0.5`, `1000`, never `1e3`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let length = self.digits.len();
        match usize::try_from(self.exponent) {
            Ok(0) | Err(_) => {
                write!(f, "0.{}{}", "0".repeat(self.exponent.unsigned_abs() as usize), self.digits)
            }
            Ok(whole) if whole >= length => {
                write!(f, "{}{}", self.digits, "0".repeat(whole - length))
            }
            Ok(whole) => write!(f, "{}.{}", &self.digits[..whole], &self.digits[whole..]),
        }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}
