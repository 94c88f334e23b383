//! Writing a CAR, whole or piece by piece as it is streamed.

use std::io::{self, Write};

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Value, drisl, map};

use super::{CID_LEN, varint};

/// The header of a CAR with one root, or with none (as for loose blocks).
pub fn encode_header(root: Option<&Cid>) -> Vec<u8> {
    let roots = root.map(|cid| Value::Link(*cid)).into_iter().collect();
    let header = map! { "version" => Value::Int(1), "roots" => Value::List(roots) };
    let header = drisl::encode(&Value::Map(header));
    let mut out = Vec::with_capacity(header.len() + 1);
    varint::write(header.len(), &mut out);
    out.extend_from_slice(&header);
    out
}

/// One section of a CAR: the block behind its CID.
pub fn encode_block(cid: &Cid, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + CID_LEN + 4);
    push_block(cid, bytes, &mut out);
    out
}

/// A whole CAR, in the order given.
pub fn encode_car<'a>(root: &Cid, blocks: impl IntoIterator<Item = &'a (Cid, Bytes)>) -> Vec<u8> {
    let mut out = encode_header(Some(root));
    for (cid, bytes) in blocks {
        push_block(cid, bytes, &mut out);
    }
    out
}

/// Writes the header of a CAR with one root, or with none.
pub fn write_header(out: &mut impl Write, root: Option<&Cid>) -> io::Result<()> {
    out.write_all(&encode_header(root))
}

/// Writes one block.
pub fn write_block(out: &mut impl Write, cid: &Cid, bytes: &[u8]) -> io::Result<()> {
    let mut length = Vec::with_capacity(4);
    varint::write(CID_LEN + bytes.len(), &mut length);
    out.write_all(&length)?;
    out.write_all(&cid.to_bytes())?;
    out.write_all(bytes)
}

fn push_block(cid: &Cid, bytes: &[u8], out: &mut Vec<u8>) {
    varint::write(CID_LEN + bytes.len(), out);
    out.extend_from_slice(&cid.to_bytes());
    out.extend_from_slice(bytes);
}
