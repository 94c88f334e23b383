//! Record keys: the names of records within a collection.

use super::tid::Tid;
use super::{Checked, Syntax, SyntaxError, text_impls};

const MAX_LENGTH: usize = 512;

/// A record key: 1 to 512 of `A-Za-z0-9._:~-`, and neither `.` nor `..`.
///
/// Rule: AT Protocol "Record Key" page.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey(String);

text_impls!(RecordKey);

impl RecordKey {
    /// Reads a record key; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::RecordKey.check(text).map(|()| Self(text.to_owned()))
    }
}

impl From<Tid> for RecordKey {
    fn from(tid: Tid) -> Self {
        Self(tid.to_string())
    }
}

pub(super) fn check(text: &str) -> Checked {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:~-".contains(&byte);
    match text {
        "" => Err("it is empty"),
        "." | ".." => Err("“.” and “..” are reserved"),
        _ if text.len() > MAX_LENGTH => Err("it is longer than 512 characters"),
        _ if !text.bytes().all(allowed) => Err("only ASCII letters, digits and ._:~- are allowed"),
        _ => Ok(()),
    }
}
