//! The manifest: what a bundle is about, what it holds, and what it could not get.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use hypercerts_lexicon::{AtUri, Cid, Codec, Did, Value, drisl, map};
use hypercerts_repo::{Block, RepoPath};
use serde::Serialize;

use super::fields::{Fields, ShapeError};

/// What every manifest says it is.
const FORMAT: &str = "hypercerts-bundle";
const VERSION: u64 = 1;
/// Letters of what is missing; the longest address of a record has fewer.
const MAX_WHAT: usize = 4096;

/// The content of a bundle. Every list is in ascending order without repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub subject: Subject,
    /// By DID.
    pub accounts: Vec<AccountEntry>,
    /// By CID.
    pub blobs: Vec<BlobEntry>,
    /// By what it is.
    pub missing: Vec<Missing>,
}

/// The record the bundle is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    pub uri: AtUri,
    pub cid: Cid,
}

/// An account, and what of its repository is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEntry {
    pub did: Did,
    /// The block with the evidence for its identity.
    pub identity: Cid,
    /// By the commits' CIDs; nearly always one.
    pub commits: Vec<CommitEntry>,
}

/// A signed state of a repository, and the records it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitEntry {
    pub commit: Cid,
    /// By path.
    pub records: Vec<RecordEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEntry {
    pub path: RepoPath,
    pub cid: Cid,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobEntry {
    pub cid: Cid,
    /// In bytes.
    pub size: u64,
}

/// Something that belongs to the subject and is not in the bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Missing {
    /// A record's address, an account's DID or a blob's CID.
    pub what: String,
    pub reason: Reason,
}

/// Why something is not in a bundle. One word each, so that the same failure makes the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The account's identity could not be asked for.
    IdentityUnreachable,
    /// The account was given up, or never was.
    AccountGone,
    /// What its directory or host says does not hold, or names no key and host.
    IdentityBroken,
    /// The account's host could not be reached.
    HostUnreachable,
    /// The account's host does not serve the repository or the blob.
    NotServed,
    /// The repository proves that there is no such record.
    NotThere,
    /// What the host sent proves nothing.
    NotProven,
    /// It is larger than a bundle takes, or the bundle is full.
    TooLarge,
    /// The index knows of more around this record than it names.
    NotNamed,
}

const REASONS: [(Reason, &str, &str); 9] = [
    (
        Reason::IdentityUnreachable,
        "identity-unreachable",
        "the identity of its account could not be asked for",
    ),
    (Reason::AccountGone, "account-gone", "its account was given up, or never was"),
    (
        Reason::IdentityBroken,
        "identity-broken",
        "the identity of its account does not hold, or names no key and host",
    ),
    (Reason::HostUnreachable, "host-unreachable", "the account's host could not be reached"),
    (Reason::NotServed, "not-served", "the account's host does not serve it"),
    (Reason::NotThere, "not-there", "the repository proves that it is not there (any more)"),
    (Reason::NotProven, "not-proven", "what the account's host sent proves nothing"),
    (Reason::TooLarge, "too-large", "it is larger than there is room for in a bundle"),
    (
        Reason::NotNamed,
        "not-named",
        "the index knows of more records around this one than it names",
    ),
];

impl Reason {
    /// The word that stands in the manifest.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> &'static (Reason, &'static str, &'static str) {
        let row = REASONS.iter().find(|row| row.0 == self);
        row.expect("invariant: the table has a row for every reason")
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().2)
    }
}

impl FromStr for Reason {
    type Err = ShapeError;

    fn from_str(text: &str) -> Result<Self, ShapeError> {
        let row = REASONS.iter().find(|row| row.1 == text);
        row.map(|row| row.0).ok_or_else(|| ShapeError::new("no reason this version knows"))
    }
}

impl Manifest {
    /// The manifest as a block; its CID is the bundle's root.
    pub fn encode(&self) -> Block {
        let bytes = Bytes::from(drisl::encode(&self.value()));
        (Cid::of_drisl(&bytes), bytes)
    }

    /// Reads a manifest: what [`encode`](Self::encode) gives, and nothing else.
    pub fn decode(bytes: &[u8]) -> Result<Self, ShapeError> {
        let value = drisl::decode(bytes).map_err(|error| ShapeError::new(error.to_string()))?;
        let names = ["format", "version", "subject", "accounts", "blobs", "missing"];
        let fields = Fields::of(&value, "the manifest", &names)?;
        if fields.text("format")? != FORMAT || fields.number("version")? != VERSION {
            let reason = format!("it is not of the format {FORMAT}, version {VERSION}");
            return Err(ShapeError::new(reason));
        }
        Ok(Self {
            subject: Subject::read(fields.get("subject")?)?,
            accounts: fields.sorted("accounts", AccountEntry::read, |entry| entry.did.clone())?,
            blobs: fields.sorted("blobs", BlobEntry::read, |entry| entry.cid)?,
            missing: fields.sorted("missing", Missing::read, |entry| entry.what.clone())?,
        })
    }

    /// The address and version of every record, account by account.
    pub fn records(&self) -> impl Iterator<Item = (AtUri, Cid)> {
        self.accounts.iter().flat_map(|account| {
            let records = account.commits.iter().flat_map(|commit| &commit.records);
            records.map(|record| (record.uri(&account.did), record.cid))
        })
    }

    fn value(&self) -> Value {
        Value::Map(map! {
            "format" => FORMAT,
            "version" => Value::Int(VERSION.cast_signed()),
            "subject" => map! { "uri" => self.subject.uri.as_str(), "cid" => self.subject.cid },
            "accounts" => list(&self.accounts, AccountEntry::value),
            "blobs" => list(&self.blobs, BlobEntry::value),
            "missing" => list(&self.missing, Missing::value),
        })
    }
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> Value {
    Value::List(items.iter().map(value).collect())
}

impl Subject {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let fields = Fields::of(value, "the subject", &["uri", "cid"])?;
        Ok(Self { uri: fields.parsed("uri")?, cid: fields.link("cid", Codec::Drisl)? })
    }
}

impl AccountEntry {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let fields = Fields::of(value, "an account", &["did", "identity", "commits"])?;
        Ok(Self {
            did: fields.parsed("did")?,
            identity: fields.link("identity", Codec::Drisl)?,
            commits: fields.sorted("commits", CommitEntry::read, |entry| entry.commit)?,
        })
    }

    fn value(&self) -> Value {
        Value::Map(map! {
            "did" => self.did.as_str(),
            "identity" => self.identity,
            "commits" => list(&self.commits, CommitEntry::value),
        })
    }
}

impl CommitEntry {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let fields = Fields::of(value, "a commit's entry", &["commit", "records"])?;
        Ok(Self {
            commit: fields.link("commit", Codec::Drisl)?,
            records: fields.sorted("records", RecordEntry::read, |entry| entry.path.clone())?,
        })
    }

    fn value(&self) -> Value {
        let records = list(&self.records, RecordEntry::value);
        Value::Map(map! { "commit" => self.commit, "records" => records })
    }
}

impl RecordEntry {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let fields = Fields::of(value, "a record's entry", &["path", "cid"])?;
        Ok(Self { path: fields.parsed("path")?, cid: fields.link("cid", Codec::Drisl)? })
    }

    fn value(&self) -> Value {
        Value::Map(map! { "path" => self.path.as_str(), "cid" => self.cid })
    }

    /// The record's address.
    pub(super) fn uri(&self, did: &Did) -> AtUri {
        AtUri::record(did, &self.path.collection(), &self.path.rkey())
    }
}

impl BlobEntry {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let fields = Fields::of(value, "a blob's entry", &["cid", "size"])?;
        Ok(Self { cid: fields.link("cid", Codec::Raw)?, size: fields.number("size")? })
    }

    fn value(&self) -> Value {
        let size = Value::Int(i64::try_from(self.size).unwrap_or(i64::MAX));
        Value::Map(map! { "cid" => self.cid, "size" => size })
    }
}

impl Missing {
    fn read(value: &Value) -> Result<Self, ShapeError> {
        let fields = Fields::of(value, "an entry of what is missing", &["what", "reason"])?;
        let what = fields.text("what")?;
        match what.len() <= MAX_WHAT {
            true => Ok(Self { what: what.to_owned(), reason: fields.parsed("reason")? }),
            false => Err(ShapeError::new("the name of something missing is too long")),
        }
    }

    fn value(&self) -> Value {
        Value::Map(map! { "what" => self.what.as_str(), "reason" => self.reason.code() })
    }
}
