//! Blobs that wait in a nameless file until the bundle is written, so that they need no memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use hypercerts_lexicon::Cid;

use crate::bundle::manifest::BlobEntry;

/// A place in the file.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: u64,
    len: usize,
}

#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    places: BTreeMap<Cid, Place>,
    end: u64,
}

impl Spool {
    pub fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, places: BTreeMap::new(), end: 0 })
    }

    /// Keeps a blob.
    pub fn keep(&mut self, cid: Cid, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.places.insert(cid, Place { at: self.end, len: bytes.len() });
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// A blob that was kept.
    pub fn read(&mut self, cid: &Cid) -> io::Result<Vec<u8>> {
        let place = self.places.get(cid).copied().ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = vec![0; place.len];
        self.file.seek(SeekFrom::Start(place.at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub fn holds(&self, cid: &Cid) -> bool {
        self.places.contains_key(cid)
    }

    pub fn cids(&self) -> Vec<Cid> {
        self.places.keys().copied().collect()
    }

    /// Bytes of all blobs.
    pub fn bytes(&self) -> u64 {
        self.end
    }

    pub fn entries(&self) -> Vec<BlobEntry> {
        let places = self.places.iter();
        places.map(|(cid, place)| BlobEntry { cid: *cid, size: place.len as u64 }).collect()
    }
}
