//! NSIDs: names of record types and API methods.

use super::domain::{check_label, starts_with_letter};
use super::{Checked, Syntax, SyntaxError, text_impls};

/// A domain, a dot and a name.
const MAX_LENGTH: usize = 253 + 1 + 63;

/// A namespaced identifier such as `org.hypercerts.claim.activity`: a domain written backwards (the
/// authority), then a name.
///
/// Rule: AT Protocol "NSID" page. At least three segments and at most 317 bytes; an authority whose
/// first segment begins with a letter; a name of letters and digits that begins with a letter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nsid(String);

text_impls!(Nsid);

impl Nsid {
    /// Reads an NSID; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Nsid.check(text).map(|()| Self(text.to_owned()))
    }

    /// The domain that governs this name, in domain order and lower case: `claim.hypercerts.org`.
    pub fn authority(&self) -> String {
        let segments: Vec<&str> = self.parts().0.rsplit('.').collect();
        segments.join(".").to_ascii_lowercase()
    }

    /// The last segment: `activity`.
    pub fn name(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('.').expect("invariant: an NSID has three segments")
    }
}

pub(super) fn check(text: &str) -> Checked {
    let (authority, name) = text.rsplit_once('.').ok_or("it needs at least three segments")?;
    if text.len() > MAX_LENGTH {
        return Err("it is longer than 317 bytes");
    }
    if !authority.contains('.') {
        return Err("it needs at least three segments");
    }
    authority.split('.').try_for_each(check_label)?;
    if !starts_with_letter(authority) {
        return Err("its first segment must begin with a letter");
    }
    check_label(name)?;
    if !starts_with_letter(name) || name.contains('-') {
        return Err("its last segment must be letters and digits, beginning with a letter");
    }
    Ok(())
}
