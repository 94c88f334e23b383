//! Either way of naming an account.

use std::fmt;

use super::did::Did;
use super::handle::Handle;
use super::{Checked, SyntaxError, did, handle, parsed_impls};

/// A DID or a handle. A text that begins with `did:` is never a handle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtIdentifier {
    /// The permanent name.
    Did(Did),
    /// The changeable name, which has to be resolved.
    Handle(Handle),
}

parsed_impls!(AtIdentifier);

impl AtIdentifier {
    /// Reads a DID or a handle; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        if is_did(text) {
            Did::parse(text).map(Self::Did)
        } else {
            Handle::parse(text).map(Self::Handle)
        }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Did(did) => did.as_str(),
            Self::Handle(handle) => handle.as_str(),
        }
    }
}

impl AsRef<str> for AtIdentifier {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for AtIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Did> for AtIdentifier {
    fn from(did: Did) -> Self {
        Self::Did(did)
    }
}

impl From<Handle> for AtIdentifier {
    fn from(handle: Handle) -> Self {
        Self::Handle(handle)
    }
}

fn is_did(text: &str) -> bool {
    text.starts_with("did:")
}

pub(super) fn check(text: &str) -> Checked {
    if is_did(text) { did::check(text) } else { handle::check(text) }
}
