//! Repository paths.

use std::fmt;
use std::str::FromStr;

use hypercerts_lexicon::{Nsid, RecordKey, Syntax, SyntaxError};

use crate::mst::{Key, KeyTextError};

/// The name of a record within its repository: `collection/rkey`, such as
/// `org.hypercerts.claim.activity/3l7z…`. Cheap to clone; ordered as in the tree.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Key);

/// Why text is not a repository path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// Not two parts, or letters that occur in no path.
    #[error("a repository path is a collection and a record key with one slash between")]
    Form(#[from] KeyTextError),
    /// The collection is not an NSID or the record key not a record key.
    #[error(transparent)]
    Part(#[from] SyntaxError),
}

impl RepoPath {
    /// Joins a collection and a record key.
    pub fn new(collection: &Nsid, rkey: &RecordKey) -> Self {
        let key = Key::parse(&format!("{collection}/{rkey}"));
        RepoPath(key.expect("invariant: NSIDs and record keys consist of the letters of a key"))
    }

    /// Reads `collection/rkey`.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::from_key(Key::parse(text)?)
    }

    /// Takes a key of the tree as a path, if its parts are a collection and a record key.
    pub fn from_key(key: Key) -> Result<Self, PathError> {
        let path = RepoPath(key);
        let (collection, rkey) = path.parts();
        Syntax::Nsid.check(collection)?;
        Syntax::RecordKey.check(rkey)?;
        Ok(path)
    }

    /// The collection.
    pub fn collection(&self) -> Nsid {
        Nsid::parse(self.parts().0).expect("invariant: the collection was checked")
    }

    /// The record key.
    pub fn rkey(&self) -> RecordKey {
        RecordKey::parse(self.parts().1).expect("invariant: the record key was checked")
    }

    /// Collection and record key as text.
    pub fn parts(&self) -> (&str, &str) {
        self.as_str().split_once('/').expect("invariant: a path has a slash")
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The path as a key of the tree.
    pub fn key(&self) -> &Key {
        &self.0
    }
}

impl FromStr for RepoPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl AsRef<str> for RepoPath {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RepoPath({})", self.as_str())
    }
}
