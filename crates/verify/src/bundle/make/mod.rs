//! Making a bundle: asking for the evidence, and putting it into a file.
//!
//! An index says which records there are around the subject; what they point at is found in the
//! records themselves. Nothing an index or a host says is believed: a record is taken with its proof
//! or not at all, and what is not taken is named with the reason.

mod account;
mod fetch;
mod gather;
mod spool;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use bytes::Bytes;
use hypercerts_lexicon::{AtUri, Cid, Did};
use hypercerts_repo::{Block, car};

pub use gather::gather;

use super::Limits;
use super::manifest::{AccountEntry, CommitEntry, Manifest, Missing, Reason, RecordEntry, Subject};
use account::Known;
use fetch::Proven;
use spool::Spool;

/// The records that an index names around the subject. Only addresses are taken from it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// In any order; repetitions do no harm.
    pub uris: Vec<AtUri>,
    /// The index says that there are more than it names.
    pub more: bool,
}

/// What goes into a bundle.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Take the files that the records show, too.
    pub blobs: bool,
    pub limits: Limits,
}

/// How far the gathering is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Records and blobs that were asked for.
    pub done: usize,
    /// Those known of so far.
    pub known: usize,
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error("{0} names no record by its account's DID")]
    NotARecord(AtUri),
    /// Without the subject there is nothing to bundle.
    #[error("{uri} cannot be bundled: {reason}")]
    Subject { uri: AtUri, reason: Reason },
    #[error("more than {0} records belong to it, and a bundle holds no more")]
    TooMany(usize),
    #[error("its records and their proofs have more than the {0} bytes a bundle holds")]
    TooLarge(usize),
    #[error("the blobs cannot be kept until the bundle is written: {0}")]
    Spool(#[from] io::Error),
}

/// A bundle, ready to be written.
#[derive(Debug)]
pub struct Bundle {
    manifest: Manifest,
    root: Block,
    /// Every block but the manifest and the blobs.
    blocks: BTreeMap<Cid, Bytes>,
    blobs: Spool,
}

impl Bundle {
    fn assemble(subject: Subject, evidence: Evidence) -> Self {
        let Evidence { accounts, records, stock, blobs, missing } = evidence;
        let mut blocks = BTreeMap::new();
        let mut entries: BTreeMap<&Did, BTreeMap<Cid, Vec<RecordEntry>>> =
            accounts.keys().map(|did| (did, BTreeMap::new())).collect();
        for proven in records.values() {
            let record = RecordEntry { path: proven.path.clone(), cid: proven.cid };
            let commits = entries.entry(&proven.did).or_default();
            commits.entry(proven.commit).or_default().push(record);
            let needed =
                proven.blocks.iter().filter_map(|cid| Some((*cid, stock.get(cid)?.clone())));
            blocks.extend(needed);
        }
        let mut listed = Vec::new();
        for (did, commits) in entries {
            let Some(known) = accounts.get(did) else { continue };
            let (identity, operations) = known.evidence.blocks();
            listed.push(AccountEntry {
                did: did.clone(),
                identity: identity.0,
                commits: commits.into_iter().map(commit_entry).collect(),
            });
            blocks.extend(operations.into_iter().chain([identity]));
        }
        let missing = missing.into_iter().map(|(what, reason)| Missing { what, reason }).collect();
        let manifest = Manifest { subject, accounts: listed, blobs: blobs.entries(), missing };
        let root = manifest.encode();
        Self { manifest, root, blocks, blobs }
    }

    /// What names the bundle, to the last bit.
    pub fn root(&self) -> Cid {
        self.root.0
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Bytes of all blocks but blobs.
    fn held(&self) -> usize {
        self.root.1.len() + self.blocks.values().map(Bytes::len).sum::<usize>()
    }

    /// Writes the file: the manifest, then all other blocks in the order of their binary CIDs, which
    /// puts blobs before everything else.
    pub fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        car::write_header(out, Some(&self.root.0))?;
        car::write_block(out, &self.root.0, &self.root.1)?;
        for cid in self.blobs.cids() {
            car::write_block(out, &cid, &self.blobs.read(&cid)?)?;
        }
        for (cid, bytes) in &self.blocks {
            car::write_block(out, cid, bytes)?;
        }
        Ok(())
    }
}

fn commit_entry((commit, mut records): (Cid, Vec<RecordEntry>)) -> CommitEntry {
    records.sort_by(|a, b| a.path.cmp(&b.path));
    CommitEntry { commit, records }
}

/// All that was gathered.
struct Evidence {
    accounts: BTreeMap<Did, Known>,
    records: BTreeMap<AtUri, Proven>,
    /// Blocks of the proofs, those that are no longer needed included.
    stock: BTreeMap<Cid, Bytes>,
    blobs: Spool,
    missing: BTreeMap<String, Reason>,
}

/// DIDs in the order of the manifest.
type Dids = BTreeSet<Did>;
