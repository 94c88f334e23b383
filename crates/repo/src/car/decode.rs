//! Reading a CAR: a decoder that is fed bytes as they come, and an adapter over [`Read`].

use std::io::Read;

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Value, drisl};

use super::varint::{self, Varint};
use super::{CID_LEN, CarError};
use crate::blocks::Block;

/// How many bytes [`CarReader`] asks its source for at once.
const CHUNK: usize = 64 * 1024;

/// The most a reader takes from a CAR at once, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct CarLimits {
    /// The header; the usual one has 59.
    pub header: usize,
    /// A block with its CID.
    pub block: usize,
}

/// A block as it stands in a CAR, which may be damaged or forged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Where in the CAR the section begins, in bytes.
    pub at: u64,
    /// The CID in front of the bytes.
    pub cid: Cid,
    /// The bytes.
    pub bytes: Bytes,
}

impl Section {
    fn read(section: &[u8], at: u64) -> Result<Self, CarError> {
        let (cid, bytes) = section.split_at(CID_LEN);
        let cid = Cid::from_bytes(cid)
            .map_err(|error| CarError::BadCid { at, reason: error.to_string() })?;
        // A copy of its own, so that keeping one small block does not keep a whole chunk alive.
        Ok(Section { at, cid, bytes: Bytes::copy_from_slice(bytes) })
    }

    /// The block, if the bytes hash to the CID.
    pub fn into_block(self) -> Result<Block, CarError> {
        let Section { at, cid, bytes } = self;
        if cid.matches(&bytes) { Ok((cid, bytes)) } else { Err(CarError::WrongHash { cid, at }) }
    }
}

impl Default for CarLimits {
    fn default() -> Self {
        CarLimits { header: 16 * 1024, block: 2 * 1024 * 1024 }
    }
}

/// Decodes a CAR from pieces of any size; it does no I/O.
///
/// Feed it with [`push`](Self::push), take blocks with [`next_block`](Self::next_block) until that
/// says `None`, and close with [`finish`](Self::finish). It holds at most one block more than what
/// was pushed. After an error it gives nothing but that the input is bad: drop it.
#[derive(Debug)]
pub struct CarDecoder {
    limits: CarLimits,
    roots: Option<Vec<Cid>>,
    buffer: Vec<u8>,
    /// How much of `buffer` is already used up.
    used: usize,
    /// How many bytes of the CAR came before `buffer`.
    offset: u64,
}

impl CarDecoder {
    /// A decoder at the beginning of a CAR.
    pub fn new(limits: CarLimits) -> Self {
        CarDecoder { limits, roots: None, buffer: Vec::new(), used: 0, offset: 0 }
    }

    /// Appends input.
    pub fn push(&mut self, input: &[u8]) {
        self.offset += self.used as u64;
        self.buffer.drain(..self.used);
        self.used = 0;
        self.buffer.extend_from_slice(input);
    }

    /// The roots, once enough was pushed to know the header.
    pub fn roots(&mut self) -> Result<Option<&[Cid]>, CarError> {
        if self.roots.is_none() {
            let limit = self.limits.header;
            let Some((start, len)) = self.section()? else { return Ok(None) };
            if len == 0 || len > limit {
                return Err(CarError::HeaderSize { len, limit });
            }
            let Some(header) = self.buffer.get(start..start + len) else { return Ok(None) };
            self.roots = Some(read_header(header)?);
            self.used = start + len;
        }
        Ok(self.roots.as_deref())
    }

    /// The next block, its hash checked; `None` when more input is needed.
    pub fn next_block(&mut self) -> Result<Option<Block>, CarError> {
        self.next_section()?.map(Section::into_block).transpose()
    }

    /// The next section, its hash unchecked; `None` when more input is needed.
    pub fn next_section(&mut self) -> Result<Option<Section>, CarError> {
        if self.roots()?.is_none() {
            return Ok(None);
        }
        let at = self.position();
        let limit = self.limits.block;
        let Some((start, len)) = self.section()? else { return Ok(None) };
        if !(CID_LEN..=limit).contains(&len) {
            return Err(CarError::BlockSize { at, len, limit });
        }
        let Some(section) = self.buffer.get(start..start + len) else { return Ok(None) };
        let section = Section::read(section, at)?;
        self.used = start + len;
        Ok(Some(section))
    }

    /// Checks that the CAR may end here.
    pub fn finish(&mut self) -> Result<(), CarError> {
        let complete = self.roots()?.is_some() && self.used == self.buffer.len();
        let at = self.offset + self.buffer.len() as u64;
        if complete { Ok(()) } else { Err(CarError::Truncated { at }) }
    }

    fn position(&self) -> u64 {
        self.offset + self.used as u64
    }

    /// Where the next section's content begins in the buffer, and its length.
    fn section(&self) -> Result<Option<(usize, usize)>, CarError> {
        let bad = CarError::BadLength { at: self.position() };
        match varint::read(&self.buffer[self.used..]) {
            Varint::Complete(value, width) => {
                let len = usize::try_from(value).map_err(|_| bad)?;
                Ok(Some((self.used + width, len)))
            }
            Varint::Incomplete => Ok(None),
            Varint::Invalid => Err(bad),
        }
    }
}

/// Reads a CAR from a source, block by block, each hash checked.
///
/// Memory: one block and a chunk of 64 KiB. An error ends the iteration.
#[derive(Debug)]
pub struct CarReader<R> {
    source: R,
    chunk: Vec<u8>,
    decoder: CarDecoder,
    roots: Vec<Cid>,
    ended: bool,
}

impl<R: Read> CarReader<R> {
    /// Reads the header. How much a source may send in all is the caller's to bound, with
    /// [`Read::take`].
    pub fn new(source: R, limits: CarLimits) -> Result<Self, CarError> {
        let mut reader = CarReader {
            source,
            chunk: vec![0; CHUNK],
            decoder: CarDecoder::new(limits),
            roots: Vec::new(),
            ended: false,
        };
        loop {
            if let Some(roots) = reader.decoder.roots()? {
                reader.roots = roots.to_vec();
                return Ok(reader);
            }
            if !reader.fill()? {
                let at = reader.decoder.offset + reader.decoder.buffer.len() as u64;
                return Err(CarError::Truncated { at });
            }
        }
    }

    /// All roots the header names.
    pub fn roots(&self) -> &[Cid] {
        &self.roots
    }

    /// The first root: in a repository, the commit.
    pub fn root(&self) -> Result<Cid, CarError> {
        self.roots.first().copied().ok_or(CarError::NoRoot)
    }

    /// The next section, its hash unchecked; `None` at the end. For those who want to name what is
    /// damaged and read on; everyone else iterates over blocks.
    pub fn next_section(&mut self) -> Result<Option<Section>, CarError> {
        loop {
            if let Some(section) = self.decoder.next_section()? {
                return Ok(Some(section));
            }
            if !self.fill()? {
                return self.decoder.finish().map(|()| None);
            }
        }
    }

    /// Moves a chunk from the source into the decoder; says whether there was any.
    fn fill(&mut self) -> Result<bool, CarError> {
        loop {
            match self.source.read(&mut self.chunk) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.decoder.push(&self.chunk[..read]);
                    return Ok(true);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl<R: Read> Iterator for CarReader<R> {
    type Item = Result<Block, CarError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let block = self.next_section().and_then(|next| next.map(Section::into_block).transpose());
        self.ended = !matches!(block, Ok(Some(_)));
        block.transpose()
    }
}

/// Reads a CAR that is in memory: its roots and all blocks in their order.
pub fn read_all(car: &[u8], limits: CarLimits) -> Result<(Vec<Cid>, Vec<Block>), CarError> {
    let mut decoder = CarDecoder::new(limits);
    decoder.push(car);
    let mut blocks = Vec::new();
    while let Some(block) = decoder.next_block()? {
        blocks.push(block);
    }
    decoder.finish()?;
    Ok((decoder.roots.unwrap_or_default(), blocks))
}

fn read_header(header: &[u8]) -> Result<Vec<Cid>, CarError> {
    let bad = |reason: &str| CarError::BadHeader { reason: reason.to_owned() };
    let value =
        drisl::decode(header).map_err(|error| CarError::BadHeader { reason: error.to_string() })?;
    let map = value.as_map().ok_or_else(|| bad("it is not a map"))?;
    if map.get("version").and_then(Value::as_int) != Some(1) {
        return Err(bad("its version is not 1"));
    }
    if map.len() != 2 {
        return Err(bad("it has other fields than version and roots"));
    }
    let roots = map.get("roots").and_then(Value::as_list).ok_or_else(|| bad("it has no roots"))?;
    roots.iter().map(|root| root.as_link().ok_or_else(|| bad("a root is not a CID"))).collect()
}
