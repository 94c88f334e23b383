//! Commits: the signed heads of repositories.
//!
//! A commit is `{did, version: 3, data, rev, prev, sig}` in DRISL. `data` is the root of the tree,
//! `rev` a TID that grows with every commit, `prev` is always written and nearly always null, and
//! `sig` signs the encoding of the other five fields.

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Codec, Did, Map, Tid, Value, drisl, map};

use crate::keys::{PublicKey, SIGNATURE_LEN, SecretKey, SignatureError};

const VERSION: i64 = 3;
/// With the longest DID a commit takes less than 2,400 bytes.
const MAX_COMMIT_LEN: usize = 4096;

/// A commit. Decoding one says nothing about its signature; [`verify`](Self::verify) does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    did: Did,
    rev: Tid,
    data: Cid,
    prev: Option<Cid>,
    sig: [u8; SIGNATURE_LEN],
}

/// Where a repository stands: the commit, its revision, and the root of its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The CID of the commit.
    pub commit: Cid,
    /// Its revision.
    pub rev: Tid,
    /// The root of its tree.
    pub data: Cid,
}

/// Why bytes are not a commit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the commit is malformed: {0}")]
pub struct CommitError(String);

impl Commit {
    /// Makes and signs a commit.
    pub fn sign(did: Did, rev: Tid, data: Cid, key: &SecretKey) -> Self {
        let sig = key.sign(&drisl::encode(&Value::Map(unsigned(&did, rev, data, None))));
        Commit { did, rev, data, prev: None, sig }
    }

    /// The commit as a block.
    pub fn encode(&self) -> (Cid, Bytes) {
        let mut fields = self.unsigned();
        fields.insert("sig", Value::Bytes(self.sig.to_vec()));
        let bytes = Bytes::from(drisl::encode(&Value::Map(fields)));
        (Cid::of_drisl(&bytes), bytes)
    }

    /// Reads a commit: these six fields of these types, and nothing else.
    pub fn decode(bytes: &[u8]) -> Result<Self, CommitError> {
        if bytes.len() > MAX_COMMIT_LEN {
            return Err(CommitError(format!("it has more than {MAX_COMMIT_LEN} bytes")));
        }
        let value = drisl::decode(bytes).map_err(|error| CommitError(error.to_string()))?;
        let fields = Fields(value.as_map().ok_or_else(|| wrong("it is not a map"))?);
        if fields.get("version")?.as_int() != Some(VERSION) {
            return Err(wrong("its version is not 3"));
        }
        if fields.0.len() != 6 {
            return Err(wrong("it has other fields than did, version, data, rev, prev and sig"));
        }
        Ok(Commit {
            did: fields.text("did", Did::parse)?,
            rev: fields.text("rev", Tid::parse)?,
            data: fields.link("data")?,
            prev: match fields.get("prev")? {
                Value::Null => None,
                _ => Some(fields.link("prev")?),
            },
            sig: fields.signature()?,
        })
    }

    /// Checks that the signature is by `key`.
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        key.verify(&drisl::encode(&Value::Map(self.unsigned())), &self.sig)
    }

    /// The account.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The revision.
    pub fn rev(&self) -> Tid {
        self.rev
    }

    /// The root of the tree.
    pub fn data(&self) -> Cid {
        self.data
    }

    /// The commit before, which hardly anyone names any more.
    pub fn prev(&self) -> Option<Cid> {
        self.prev
    }

    /// The signature, r‖s.
    pub fn sig(&self) -> &[u8; SIGNATURE_LEN] {
        &self.sig
    }

    fn unsigned(&self) -> Map {
        unsigned(&self.did, self.rev, self.data, self.prev)
    }
}

fn unsigned(did: &Did, rev: Tid, data: Cid, prev: Option<Cid>) -> Map {
    map! {
        "did" => did.as_str(),
        "rev" => rev.to_string(),
        "data" => data,
        "prev" => prev,
        "version" => VERSION,
    }
}

fn wrong(reason: &str) -> CommitError {
    CommitError(reason.to_owned())
}

struct Fields<'a>(&'a Map);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Result<&'a Value, CommitError> {
        self.0.get(name).ok_or_else(|| CommitError(format!("its field {name} is missing")))
    }

    fn text<T, E: std::fmt::Display>(
        &self,
        name: &str,
        parse: fn(&str) -> Result<T, E>,
    ) -> Result<T, CommitError> {
        let text = self.get(name)?.as_str();
        let text = text.ok_or_else(|| CommitError(format!("its field {name} is not text")))?;
        parse(text).map_err(|error| CommitError(format!("its field {name} is wrong: {error}")))
    }

    fn link(&self, name: &str) -> Result<Cid, CommitError> {
        self.get(name)?
            .as_link()
            .filter(|cid| cid.codec() == Codec::Drisl)
            .ok_or_else(|| CommitError(format!("its field {name} is not a link to a block")))
    }

    fn signature(&self) -> Result<[u8; SIGNATURE_LEN], CommitError> {
        self.get("sig")?
            .as_bytes()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| wrong("its signature is not 64 bytes, r then s (is it DER?)"))
    }
}
