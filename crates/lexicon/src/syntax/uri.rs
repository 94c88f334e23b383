//! URIs of any scheme.

use super::{Checked, Syntax, SyntaxError, text_impls};

const MAX_LENGTH: usize = 8 * 1024;
const MAX_SCHEME: usize = 80;

/// A URI that names its scheme.
///
/// Rule: the `uri` string format of the AT Protocol "Lexicon" page. A scheme, `:`, then something
/// that is neither empty nor whitespace; at most 8 KiB. As in the reference implementation an empty
/// host (`file:///…`) is not something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uri(String);

text_impls!(Uri);

impl Uri {
    /// Reads a URI; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Uri.check(text).map(|()| Self(text.to_owned()))
    }

    /// What stands before the first colon, as written.
    pub fn scheme(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

pub(super) fn check(text: &str) -> Checked {
    if text.len() > MAX_LENGTH {
        return Err("it is longer than 8 KiB");
    }
    let (scheme, rest) = text.split_once(':').ok_or("it has no scheme, such as “https:”")?;
    check_scheme(scheme.as_bytes())?;
    if rest.contains(is_space) {
        return Err("it contains white space");
    }
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    if rest.is_empty() || rest.starts_with('/') {
        return Err("nothing to go to follows its scheme");
    }
    Ok(())
}

fn check_scheme(scheme: &[u8]) -> Checked {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let begins_well = scheme.first().is_some_and(u8::is_ascii_alphabetic);
    if !begins_well || scheme.len() > MAX_SCHEME || !scheme.iter().all(allowed) {
        return Err("its scheme must be a letter, then letters, digits, “+”, “-” or “.”");
    }
    Ok(())
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || character.is_control() || character == '\u{feff}'
}
