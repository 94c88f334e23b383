//! DIDs: permanent names of accounts.

use super::{Checked, Syntax, SyntaxError, text_impls};

const MAX_LENGTH: usize = 2048;

/// A decentralised identifier, `did:<method>:<rest>`, of any method.
///
/// Rule: AT Protocol "DID" page. At most 2,048 bytes; the method is lower-case letters, the rest
/// letters, digits and `._:%-`, not ending in `:` or `%`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did(String);

/// The method of a DID; accounts of the AT Protocol have one of the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DidMethod {
    /// `did:plc`: kept in a public directory of signed operations.
    Plc,
    /// `did:web`: kept on a web host.
    Web,
    /// Any other: well formed, but no account of the protocol has one.
    Other,
}

text_impls!(Did);

impl Did {
    /// Reads a DID; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::Did.check(text).map(|()| Self(text.to_owned()))
    }

    /// Which method, for choosing how to resolve it.
    pub fn method(&self) -> DidMethod {
        match self.parts().0 {
            "plc" => DidMethod::Plc,
            "web" => DidMethod::Web,
            _ => DidMethod::Other,
        }
    }

    /// Whether the directory of `did:plc` knows it.
    pub fn is_plc(&self) -> bool {
        self.method() == DidMethod::Plc
    }

    /// What follows the method: the hash of a `did:plc`, the host of a `did:web`.
    pub fn method_specific_id(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.0["did:".len()..].split_once(':').expect("invariant: a DID has three parts")
    }
}

pub(super) fn check(text: &str) -> Checked {
    if text.len() > MAX_LENGTH {
        return Err("it is longer than 2,048 bytes");
    }
    let rest = text.strip_prefix("did:").ok_or("it does not begin with “did:”")?;
    let (method, id) = rest.split_once(':').ok_or("it does not name a method")?;
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err("its method must be lower-case letters");
    }
    check_method_specific_id(id.as_bytes())
}

fn check_method_specific_id(id: &[u8]) -> Checked {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._:%-".contains(byte);
    if !id.iter().all(allowed) {
        return Err("after the method only ASCII letters, digits and ._:%- are allowed");
    }
    match id {
        [] => Err("nothing follows its method"),
        [.., b':' | b'%'] => Err("it must not end in “:” or “%”"),
        _ => Ok(()),
    }
}
