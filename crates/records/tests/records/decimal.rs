//! Exact numbers.

use hypercerts_records::{Decimal, DecimalError, DecimalText, Score, ScoreError};
use proptest::prelude::*;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn spellings_of_one_number_are_equal() {
    for text in ["1.5", "+1.5", "01.50", "15e-1", "0.15E1", "0.015e+2"] {
        assert_eq!(decimal(text), decimal("1.5"), "{text}");
    }
    assert_eq!(decimal("-0.00"), decimal("0"));
}

#[test]
fn a_number_too_fine_for_floating_point_keeps_every_digit() {
    let text = "1234567890123456789012345678901234567890.0123456789";
    assert_eq!(decimal(text).to_string(), text);
    assert!(decimal("0.30000000000000000001") > decimal("0.3"));
}

#[test]
fn numbers_are_shown_plainly() {
    for (text, shown) in [
        ("25000.00", "25000"),
        ("5e-3", "0.005"),
        ("-1.20e3", "-1200"),
        ("0e9", "0"),
        ("12.50", "12.5"),
    ] {
        assert_eq!(decimal(text).to_string(), shown);
    }
}

#[test]
fn what_is_not_a_decimal_number_is_refused_with_the_way_to_write_it() {
    for text in [
        "", "-", ".", "1.", ".5", "1,000", "1 000", "0x10", "NaN", "inf", "1e", "1e1.5", "--1",
        "٣", "12 ha",
    ] {
        let error = Decimal::parse(text).unwrap_err();
        assert_eq!(error, DecimalError::Malformed(text.to_owned()));
        assert!(error.to_string().contains("write it like 1234.56"));
    }
}

#[test]
fn numbers_of_absurd_size_are_refused() {
    assert!(matches!(Decimal::parse("1e1000"), Err(DecimalError::OutOfRange(_))));
    assert!(matches!(Decimal::parse("1e-99999999999999999999"), Err(DecimalError::OutOfRange(_))));
    assert!(matches!(Decimal::parse(&"9".repeat(513)), Err(DecimalError::TooLong(513))));
    assert_eq!(decimal("1e-999").to_string().len(), 1_001);
}

#[test]
fn a_weight_must_be_above_zero() {
    assert!(DecimalText::from("0.6").positive().is_ok());
    for text in ["0", "-3", "0.000"] {
        assert_eq!(
            DecimalText::from(text).positive(),
            Err(DecimalError::NotPositive(text.to_owned()))
        );
    }
}

#[test]
fn a_score_lies_on_its_scale() {
    let score = |min: &str, max: &str, value: &str| Score::new(min, max, value).checked();
    let good = score("0", "5", "4.2").unwrap();
    assert_eq!(
        (good.min(), good.max(), good.value()),
        (&decimal("0"), &decimal("5"), &decimal("4.2"))
    );
    assert!(score("-1", "1", "1.0").is_ok());
    assert!(matches!(score("0", "5", "5.01"), Err(ScoreError::OffScale { .. })));
    assert!(matches!(score("5", "0", "3"), Err(ScoreError::EmptyScale { .. })));
    assert!(matches!(score("0", "5", "good"), Err(ScoreError::NotANumber(_))));
}

proptest! {
    #[test]
    fn order_is_that_of_the_numbers(a in -2_000i64..2_000, b in -2_000i64..2_000, places in 0u32..4, more in 0u32..4) {
        let written = |n: i64, places: u32| {
            let sign = if n < 0 { "-" } else { "" };
            let unit = 10i64.pow(places);
            let fraction = format!("{:0width$}", n.abs() % unit, width = places as usize);
            if places == 0 { n.to_string() } else { format!("{sign}{}.{fraction}", n.abs() / unit) }
        };
        let scaled = |n: i64, places: u32| n * 10i64.pow(4 - places);
        let (left, right) = (decimal(&written(a, places)), decimal(&written(b, more)));
        prop_assert_eq!(left.cmp(&right), scaled(a, places).cmp(&scaled(b, more)));
    }

    #[test]
    fn what_is_shown_reads_as_the_same_number(text in "[+-]?[0-9]{1,60}(\\.[0-9]{1,60})?(e-?[0-9]{1,3})?") {
        let number = decimal(&text);
        // Shown in full, a number with a large exponent is longer than what is read.
        if number.to_string().len() <= 512 {
            prop_assert_eq!(decimal(&number.to_string()), number);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-+.eE0-9 ٣é]{0,20}") {
        if let Ok(number) = Decimal::parse(&text) {
            prop_assert_eq!(number.is_positive(), number > decimal("0"));
        }
    }
}
