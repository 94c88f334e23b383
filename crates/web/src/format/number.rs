//! Numbers as people read them, and sums of money.
//!
//! A number is shown as it was written, in groups of three; nothing is rounded. Money is added
//! digit by digit: no float ever holds an amount. [`approximate`] leaves exactness, for lengths
//! and areas in drawings.

use hypercerts_records::Decimal;

/// Thin, unbreakable space between groups of three digits.
const GROUP: char = '\u{202f}';

/// Sets a plain number in groups of three, `12 400.5`; anything else is returned as it is.
pub fn grouped(number: &str) -> String {
    let (sign, unsigned) = match number.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", number),
    };
    let (whole, fraction) = halves(unsigned);
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || unsigned.ends_with('.') {
        return number.to_owned();
    }
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", in_threes(whole))
}

fn in_threes(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    text
}

/// An amount with its currency beside it: `€12 400`, `0.5 ETH`.
pub fn money(amount: &str, currency: &str) -> String {
    let number = grouped(amount);
    match symbol(currency) {
        Some(symbol) => format!("{symbol}{number}"),
        None => format!("{number}\u{a0}{currency}"),
    }
}

/// A sum of money: cents are written with two places.
pub fn money_sum(amount: &Decimal, currency: &str) -> String {
    let mut text = amount.to_string();
    let places = halves(&text).1.len();
    if places == 1 && symbol(currency).is_some() {
        text.push('0');
    }
    money(&text, currency)
}

/// Only signs that name one currency: `$` alone could be a dozen of them.
fn symbol(currency: &str) -> Option<&'static str> {
    match currency {
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        "USD" => Some("US$"),
        _ => None,
    }
}

/// The exact sum of two amounts that are zero or more; `None` for others, and for a sum longer
/// than any number a record can hold.
pub fn plus(left: &Decimal, right: &Decimal) -> Option<Decimal> {
    if left.is_negative() || right.is_negative() {
        return None;
    }
    let (left, right) = (left.to_string(), right.to_string());
    let ((left, left_places), (right, right_places)) = (halves(&left), halves(&right));
    let places = left_places.len().max(right_places.len());
    let digits = add(&aligned(left, left_places, places), &aligned(right, right_places, places));
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let text = if places == 0 { digits.clone() } else { format!("{whole}.{fraction}") };
    Decimal::parse(&text).ok()
}

/// The digits before and after the point.
fn halves(number: &str) -> (&str, &str) {
    number.split_once('.').unwrap_or((number, ""))
}

fn aligned(whole: &str, fraction: &str, places: usize) -> String {
    format!("{whole}{fraction:0<places$}")
}

/// Adds two whole numbers written in digits.
fn add(left: &str, right: &str) -> String {
    let width = left.len().max(right.len()) + 1;
    let (left, right) = (format!("{left:0>width$}"), format!("{right:0>width$}"));
    let mut carry = 0;
    let mut digits: Vec<char> = Vec::with_capacity(width);
    for (a, b) in left.bytes().zip(right.bytes()).rev() {
        let sum = (a - b'0') + (b - b'0') + carry;
        digits.push(char::from(b'0' + sum % 10));
        carry = sum / 10;
    }
    digits.iter().rev().collect()
}

/// The nearest machine number: good for drawing, not for counting.
pub fn approximate(number: &Decimal) -> f64 {
    number.to_string().parse().unwrap_or(0.0)
}

/// A file's size as people say it, in powers of ten: `412 KB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(amounts: &[&str]) -> Option<String> {
        let zero = Decimal::parse("0").ok()?;
        let sum =
            amounts.iter().try_fold(zero, |sum, text| plus(&sum, &Decimal::parse(text).ok()?));
        sum.map(|sum| sum.to_string())
    }

    #[test]
    fn tenths_add_up_exactly() {
        assert_eq!(sum(&["0.1", "0.2", "1000", "99.995"]).as_deref(), Some("1100.295"));
        assert_eq!(sum(&["0.5", "0.5"]).as_deref(), Some("1"));
        assert_eq!(sum(&[]).as_deref(), Some("0"));
    }

    #[test]
    fn amounts_longer_than_any_machine_integer_add_up() {
        let nines = "9".repeat(50);
        assert_eq!(sum(&[&nines, "1"]), Some(format!("1{}", "0".repeat(50))));
    }

    #[test]
    fn what_cannot_be_added_is_not() {
        assert_eq!(sum(&["-1"]), None);
        assert_eq!(sum(&["1e900", "1"]), None);
    }

    #[test]
    fn digits_are_grouped_and_text_is_left_alone() {
        assert_eq!(grouped("999"), "999");
        assert_eq!(grouped("131250"), "131\u{202f}250");
        assert_eq!(grouped("-1234567.125"), "−1\u{202f}234\u{202f}567.125");
        for text in ["about 50", "1.2.3", "", ".5", "5.", "1e9", "٣"] {
            assert_eq!(grouped(text), text);
        }
    }

    #[test]
    fn a_currency_stands_beside_its_amount() {
        assert_eq!(money("12400", "EUR"), "€12\u{202f}400");
        assert_eq!(money("0.5", "ETH"), "0.5\u{a0}ETH");
        let half = Decimal::parse("10.50").expect("a number");
        assert_eq!(money_sum(&half, "USD"), "US$10.50");
        assert_eq!(money_sum(&half, "ETH"), "10.5\u{a0}ETH");
    }

    #[test]
    fn sizes_are_said_in_powers_of_ten() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(411_400), "412 KB");
        assert_eq!(size(4_250_000), "4.2 MB");
    }
}
