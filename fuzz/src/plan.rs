//! Blocks that refer to one another by number, so that a fuzzer can change one and the hashes still hold.
//!
//! A *plan* is a sequence of blocks, each behind its codec (`r` or `d`) and its length in two bytes. Where
//! a block holds the CID of one before it, the plan has a *placeholder* instead of the hash: [`MARK`],
//! then the other's number, to the length of a hash. [`blocks`] puts in the hashes.

use bytes::Bytes;
use hypercerts_lexicon::Cid;

/// What a placeholder begins with.
const MARK: &[u8; 4] = b"PLAN";
const DIGEST: usize = 32;
/// Blocks of one plan; a number is one byte.
const MOST: usize = 200;

/// The blocks of a plan, as far as it can be read, with their CIDs.
pub fn blocks(mut plan: &[u8]) -> Vec<(Cid, Bytes)> {
    let mut blocks: Vec<(Cid, Bytes)> = Vec::new();
    while let [codec, high, low, rest @ ..] = plan {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (block, after) = rest.split_at(length);
        plan = after;
        let block = filled_in(block, &blocks);
        let cid = if *codec == b'r' { Cid::of_raw(&block) } else { Cid::of_drisl(&block) };
        blocks.push((cid, block.into()));
        if blocks.len() == MOST {
            break;
        }
    }
    blocks
}

fn filled_in(block: &[u8], before: &[(Cid, Bytes)]) -> Vec<u8> {
    let mut block = block.to_vec();
    let mut from = 0;
    while let Some(at) = find(&block[from..], MARK).map(|at| at + from) {
        from = at + MARK.len();
        let number = block.get(from).map_or(usize::MAX, |number| usize::from(*number));
        if let (Some((cid, _)), Some(place)) = (before.get(number), block.get_mut(at..at + DIGEST))
        {
            place.copy_from_slice(cid.digest());
            from = at + DIGEST;
        }
    }
    block
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}
