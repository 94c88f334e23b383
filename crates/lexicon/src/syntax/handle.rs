//! Handles: the changeable names of accounts, which are domain names.

use super::domain::{MAX_DOMAIN, check_label, starts_with_letter};
use super::{Checked, Syntax, SyntaxError, text_impls};

/// Top-level domains that are well formed but under which nobody can hold a name.
const RESERVED: [&str; 8] =
    ["alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion"];

/// A handle such as `alice.example.org`, kept in lower case.
///
/// Rule: AT Protocol "Handle" page. A domain name of at least two labels and at most 253 bytes
/// whose last label does not begin with a digit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

text_impls!(Handle);

impl Handle {
    /// Stands where an account's handle could not be verified.
    pub const INVALID: &'static str = "handle.invalid";

    /// Reads a handle, of letters in either case; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Handle.check(text).map(|()| Self(text.to_ascii_lowercase()))
    }

    /// Whether an account may take this handle. `.test` is for development and counts as yes.
    pub fn is_registrable(&self) -> bool {
        let top = self.0.rsplit('.').next().unwrap_or_default();
        !RESERVED.contains(&top)
    }
}

pub(super) fn check(text: &str) -> Checked {
    if text.len() > MAX_DOMAIN {
        return Err("it is longer than 253 bytes");
    }
    let (_, top) = text.rsplit_once('.').ok_or("it needs at least two parts, like a domain")?;
    text.split('.').try_for_each(check_label)?;
    if !starts_with_letter(top) {
        return Err("its last part must begin with a letter");
    }
    Ok(())
}
