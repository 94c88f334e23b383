//! The file: its header, its blocks, their order, and whether each is what it is named by.
//!
//! Damage is noted and reading goes on, so that all of it can be told and named. Only what makes the
//! rest unreadable, or breaks a limit, ends it.

use std::collections::BTreeMap;
use std::io::Read;

use hypercerts_lexicon::{Cid, Codec};
use hypercerts_repo::MemoryBlocks;
use hypercerts_repo::car::{CarError, CarLimits, CarReader, Section};

use super::Limits;
use super::fields::ShapeError;
use super::manifest::Manifest;

/// A header with one root has 59 bytes.
const MAX_HEADER: usize = 1024;
/// How many faults are told apart; the rest is counted.
const MAX_FAULTS: usize = 100;

/// What a file turned out to hold.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub root: Option<Cid>,
    /// There if it is what the root names and can be read.
    pub manifest: Option<Manifest>,
    /// Every block but blobs, each hashing to its CID.
    pub blocks: MemoryBlocks,
    /// The blobs that hash to their CID, and their sizes.
    pub blobs: BTreeMap<Cid, u64>,
    pub faults: Vec<Fault>,
    /// Faults there was no room to tell.
    pub more_faults: usize,
    pub bytes: u64,
}

/// Something about the file that is not as it must be.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Car(#[from] CarError),
    #[error("its header names {0} roots instead of one")]
    Roots(usize),
    #[error("it ends behind its header, without a manifest")]
    Empty,
    #[error(
        "the header names the root {root}, but the file begins with {found}: one of the two is damaged, or the \
         order of the blocks is not that of a bundle"
    )]
    RootNotFirst { root: Cid, found: Cid },
    #[error(
        "the manifest, the block at byte {at}, is damaged: it hashes to {actual} instead of {root}"
    )]
    ManifestDamaged { at: u64, root: Cid, actual: Cid },
    #[error("the manifest is not one: {0}")]
    Manifest(#[from] ShapeError),
    #[error("the block at byte {at} is damaged: it is named {cid} but hashes to {actual}")]
    Damaged { at: u64, cid: Cid, actual: Cid },
    #[error("the block {cid} at byte {at} stands there twice, or not in its place")]
    Disorder { at: u64, cid: Cid },
    #[error("the block {cid} belongs to nothing in the bundle")]
    Stray { cid: Cid },
    #[error("the blob {cid} has {actual} bytes, but the manifest says {said}")]
    BlobSize { cid: Cid, said: u64, actual: u64 },
    #[error("the blob {cid} is missing or damaged")]
    NoBlob { cid: Cid },
    #[error("the blob {cid} is shown by no record in the bundle")]
    StrayBlob { cid: Cid },
    #[error("{what}: more than the {limit} that are read of a bundle")]
    OverLimit { what: &'static str, limit: u64 },
}

impl Fault {
    /// The name of the block that is damaged, if that is the fault.
    pub fn damaged(&self) -> Option<Cid> {
        match self {
            Self::Damaged { cid, .. } => Some(*cid),
            _ => None,
        }
    }

    /// The file may be good, but was not read to its end.
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::OverLimit { .. } | Self::Car(CarError::Io(_)))
    }
}

impl Contents {
    /// Reads a file as far as it can be read.
    pub fn read(source: impl Read, limits: &Limits) -> Self {
        let mut contents = Self::default();
        if let Err(last) = contents.fill(source, limits) {
            contents.fault(last);
        }
        contents
    }

    pub fn fault(&mut self, fault: Fault) {
        match self.faults.len() < MAX_FAULTS {
            true => self.faults.push(fault),
            false => self.more_faults += 1,
        }
    }

    fn fill(&mut self, source: impl Read, limits: &Limits) -> Result<(), Fault> {
        let car_limits = CarLimits { header: MAX_HEADER, block: limits.blob.saturating_add(36) };
        let mut car = CarReader::new(source, car_limits)?;
        let &[root] = car.roots() else { return Err(Fault::Roots(car.roots().len())) };
        self.root = Some(root);
        let first = car.next_section()?.ok_or(Fault::Empty)?;
        let manifest = self.take_manifest(root, &first, limits)?;
        let mut room = Room::of(limits, &manifest, first.bytes.len())?;
        self.manifest = Some(manifest);
        let mut previous = None;
        while let Some(section) = car.next_section()? {
            if section.cid == root || previous.is_some_and(|previous| section.cid <= previous) {
                self.fault(Fault::Disorder { at: section.at, cid: section.cid });
            }
            previous = Some(section.cid);
            self.take(section, &mut room)?;
        }
        Ok(())
    }

    fn take_manifest(
        &mut self,
        root: Cid,
        first: &Section,
        limits: &Limits,
    ) -> Result<Manifest, Fault> {
        self.bytes += first.bytes.len() as u64;
        if first.cid != root {
            return Err(Fault::RootNotFirst { root, found: first.cid });
        }
        if !root.matches(&first.bytes) {
            let actual = Cid::of_drisl(&first.bytes);
            return Err(Fault::ManifestDamaged { at: first.at, root, actual });
        }
        let manifest = Manifest::decode(&first.bytes)?;
        let most = manifest.accounts.len().max(manifest.records().count());
        match most <= limits.records {
            true => Ok(manifest),
            false => Err(over("records or accounts", limits.records as u64)),
        }
    }

    fn take(&mut self, section: Section, room: &mut Room) -> Result<(), Fault> {
        let Section { at, cid, bytes } = section;
        self.bytes += bytes.len() as u64;
        room.take(&cid, bytes.len())?;
        if !cid.matches(&bytes) {
            let (codec, digest) = (cid.codec(), *Cid::of_raw(&bytes).digest());
            self.fault(Fault::Damaged { at, cid, actual: Cid::new(codec, digest) });
        } else if cid.codec() == Codec::Raw {
            self.take_blob(cid, bytes.len() as u64);
        } else {
            self.blocks.insert(cid, bytes);
        }
        Ok(())
    }

    fn take_blob(&mut self, cid: Cid, actual: u64) {
        let listed = self.manifest.as_ref().and_then(|manifest| {
            let at = manifest.blobs.binary_search_by(|blob| blob.cid.cmp(&cid)).ok()?;
            Some(manifest.blobs[at].size)
        });
        match listed {
            None => self.fault(Fault::Stray { cid }),
            Some(said) if said != actual => self.fault(Fault::BlobSize { cid, said, actual }),
            Some(_) => drop(self.blobs.insert(cid, actual)),
        }
    }
}

/// What may still be read.
struct Room {
    limits: Limits,
    held: usize,
    blobs: u64,
}

impl Room {
    fn of(limits: &Limits, manifest: &Manifest, manifest_len: usize) -> Result<Self, Fault> {
        let mut room = Self { limits: *limits, held: limits.held, blobs: limits.blobs };
        room.take(&manifest.subject.cid, manifest_len)?;
        Ok(room)
    }

    fn take(&mut self, cid: &Cid, len: usize) -> Result<(), Fault> {
        match cid.codec() {
            Codec::Raw => {
                let left = self.blobs.checked_sub(len as u64);
                self.blobs = left.ok_or(over("bytes of blobs", self.limits.blobs))?;
            }
            Codec::Drisl => {
                let left = self.held.checked_sub(len);
                let limit = self.limits.held as u64;
                self.held = left.ok_or(over("bytes of records and proofs", limit))?;
            }
        }
        Ok(())
    }
}

fn over(what: &'static str, limit: u64) -> Fault {
    Fault::OverLimit { what, limit }
}
