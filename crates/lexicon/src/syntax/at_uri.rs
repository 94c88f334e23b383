//! AT-URIs: addresses of accounts, collections and records.

use super::at_identifier::AtIdentifier;
use super::did::Did;
use super::nsid::Nsid;
use super::record_key::RecordKey;
use super::{Checked, Syntax, SyntaxError, at_identifier, nsid, record_key, text_impls};

const SCHEME: &str = "at://";
const MAX_LENGTH: usize = 8 * 1024;

/// `at://<account>[/<collection>[/<record key>]]`.
///
/// Rule: AT Protocol "AT URI scheme" page, the restricted form that records use: no query, no
/// fragment, no trailing slash, nothing percent-encoded; at most 8 KiB.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtUri(String);

text_impls!(AtUri);

impl AtUri {
    /// Reads an AT-URI; the error names the rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Syntax::AtUri.check(text).map(|()| Self(text.to_owned()))
    }

    /// The address of a record.
    pub fn record(did: &Did, collection: &Nsid, rkey: &RecordKey) -> Self {
        Self(format!("{SCHEME}{did}/{collection}/{rkey}"))
    }

    /// The account.
    pub fn authority(&self) -> AtIdentifier {
        let [authority, ..] = self.parts();
        authority
            .and_then(|text| AtIdentifier::parse(text).ok())
            .expect("invariant: an AT-URI has a valid authority")
    }

    /// The account, if it is named by DID.
    pub fn did(&self) -> Option<Did> {
        match self.authority() {
            AtIdentifier::Did(did) => Some(did),
            AtIdentifier::Handle(_) => None,
        }
    }

    /// The collection, unless the address is that of an account.
    pub fn collection(&self) -> Option<Nsid> {
        let [_, collection, _] = self.parts();
        collection.and_then(|text| Nsid::parse(text).ok())
    }

    /// The record key, if the address is that of a record.
    pub fn rkey(&self) -> Option<RecordKey> {
        let [_, _, rkey] = self.parts();
        rkey.and_then(|text| RecordKey::parse(text).ok())
    }

    fn parts(&self) -> [Option<&str>; 3] {
        let mut parts = self.0[SCHEME.len()..].split('/');
        [parts.next(), parts.next(), parts.next()]
    }
}

pub(super) fn check(text: &str) -> Checked {
    if text.len() > MAX_LENGTH {
        return Err("it is longer than 8 KiB");
    }
    let rest = text.strip_prefix(SCHEME).ok_or("it does not begin with “at://”")?;
    let mut parts = rest.split('/');
    at_identifier::check(parts.next().unwrap_or_default())
        .map_err(|_| "what follows “at://” must be a DID or a handle")?;
    if let Some(collection) = parts.next() {
        nsid::check(collection).map_err(|_| "its collection must be an NSID")?;
    }
    if let Some(rkey) = parts.next() {
        record_key::check(rkey).map_err(|_| "its last part must be a record key")?;
    }
    match parts.next() {
        Some(_) => Err("nothing may follow the record key"),
        None => Ok(()),
    }
}
