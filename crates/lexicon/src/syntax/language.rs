//! Language tags.

use super::{Checked, Syntax, SyntaxError, text_impls};

/// Longest tag accepted, in bytes. Real ones stay below 40.
const MAX_LENGTH: usize = 256;

/// Tags registered before the present grammar, which does not cover them.
const GRANDFATHERED: [&str; 18] = [
    "en-GB-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "no-bok",
    "sgn-BE-FR",
    "sgn-BE-NL",
    "sgn-CH-DE",
];

/// A well-formed BCP 47 language tag such as `en`, `pt-BR` or `zh-Hant`.
///
/// Rule: the `language` string format of the AT Protocol "Lexicon" page; grammar of RFC 5646
/// section 2.1. Stricter than that grammar in what the protocol's vectors ask: the language itself
/// is lower case, and not of four letters (which are reserved); no variant and no extension
/// singleton occurs twice (RFC 5646, 2.2.9).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

text_impls!(Language);

impl Language {
    /// Reads a language tag; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Language.check(text).map(|()| Self(text.to_owned()))
    }
}

pub(super) fn check(text: &str) -> Checked {
    if text.len() > MAX_LENGTH {
        return Err("it is longer than 256 characters");
    }
    if GRANDFATHERED.contains(&text) {
        return Ok(());
    }
    let mut subtags = Subtags { rest: Some(text) };
    if !subtags.peek_is(is_private_marker) {
        language(&mut subtags)?;
        subtags.take_if(|subtag| subtag.len() == 4 && is_alphabetic(subtag));
        subtags.take_if(is_region);
        variants(&mut subtags)?;
        extensions(&mut subtags)?;
    }
    private_use(&mut subtags)?;
    match subtags.rest {
        Some(_) => Err("one of its parts is not of a known kind, or stands in the wrong place"),
        None => Ok(()),
    }
}

/// What is left of a tag, read part by part.
struct Subtags<'a> {
    rest: Option<&'a str>,
}

impl<'a> Subtags<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.rest.and_then(|rest| rest.split('-').next())
    }

    fn peek_is(&self, test: impl Fn(&str) -> bool) -> bool {
        self.peek().is_some_and(test)
    }

    fn take_if(&mut self, test: impl Fn(&str) -> bool) -> Option<&'a str> {
        let subtag = self.peek().filter(|subtag| test(subtag))?;
        self.rest = self.rest.and_then(|rest| rest.split_once('-')).map(|(_, rest)| rest);
        Some(subtag)
    }

    /// How many parts in a row pass the test.
    fn take_while(&mut self, test: impl Fn(&str) -> bool) -> usize {
        std::iter::from_fn(|| self.take_if(&test)).count()
    }
}

fn language(subtags: &mut Subtags<'_>) -> Checked {
    let is_language = |subtag: &str| {
        matches!(subtag.len(), 2 | 3 | 5..=8)
            && subtag.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let language =
        subtags.take_if(is_language).ok_or("it must begin with a language, such as “en”")?;
    if language.len() <= 3 {
        for _ in 0..3 {
            subtags.take_if(|subtag| subtag.len() == 3 && is_alphabetic(subtag));
        }
    }
    Ok(())
}

fn variants(subtags: &mut Subtags<'_>) -> Checked {
    let start = subtags.rest;
    let mut count = 0;
    while let Some(variant) = subtags.take_if(is_variant) {
        let mut earlier = Subtags { rest: start };
        for _ in 0..count {
            if earlier.take_if(is_variant).is_some_and(|one| one.eq_ignore_ascii_case(variant)) {
                return Err("one of its variants occurs twice");
            }
        }
        count += 1;
    }
    Ok(())
}

fn extensions(subtags: &mut Subtags<'_>) -> Checked {
    let mut seen = 0u64;
    let is_singleton =
        |subtag: &str| subtag.len() == 1 && is_alphanumeric(subtag) && !is_private_marker(subtag);
    while let Some(singleton) = subtags.take_if(is_singleton) {
        let bit = singleton_bit(singleton);
        if seen & bit != 0 {
            return Err("one of its extensions occurs twice");
        }
        seen |= bit;
        if subtags.take_while(|part| (2..=8).contains(&part.len()) && is_alphanumeric(part)) == 0 {
            return Err("one of its extensions is empty");
        }
    }
    Ok(())
}

fn private_use(subtags: &mut Subtags<'_>) -> Checked {
    if subtags.take_if(is_private_marker).is_none() {
        return Ok(());
    }
    match subtags.take_while(|part| (1..=8).contains(&part.len()) && is_alphanumeric(part)) {
        0 => Err("something must follow its “x”"),
        _ => Ok(()),
    }
}

/// A bit of its own for each letter, whatever its case, and each digit.
fn singleton_bit(singleton: &str) -> u64 {
    match singleton.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(letter @ b'a'..=b'z') => 1 << (letter - b'a'),
        Some(digit @ b'0'..=b'9') => 1 << (26 + digit - b'0'),
        _ => 0,
    }
}

fn is_region(subtag: &str) -> bool {
    match subtag.len() {
        2 => is_alphabetic(subtag),
        3 => subtag.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

fn is_variant(subtag: &str) -> bool {
    let long_enough = match subtag.len() {
        4 => subtag.starts_with(|first: char| first.is_ascii_digit()),
        length => (5..=8).contains(&length),
    };
    long_enough && is_alphanumeric(subtag)
}

fn is_private_marker(subtag: &str) -> bool {
    subtag.eq_ignore_ascii_case("x")
}

fn is_alphabetic(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_alphanumeric(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
