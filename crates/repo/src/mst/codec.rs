//! The encoding of a node: `{l: link|null, e: [{p, k, v, t: link|null}, …]}` in DRISL.
//!
//! `l` is the child left of all leaves, `t` the child right of a leaf, `v` the leaf's record. Of
//! each key only the part `k` is written that differs from the key before it in the node; `p` says
//! how many bytes the two share. All of that has exactly one right form, and only that is read.
//! The shape is fixed, so it is read directly instead of through a general data model: a
//! repository of 50,000 records has some 17,000 nodes.

use hypercerts_lexicon::{Cid, Codec};

use super::key::{Key, KeyTextError};

/// The longest node that is read or written, in bytes. By chance no node gets anywhere near it (a
/// node has more than 100 leaves once in 10¹² times), but whoever picks record keys by their hash
/// can pile any number of leaves into one node, and compressed keys unfold to twenty times their
/// size in memory.
pub const MAX_NODE_LEN: usize = 256 * 1024;

/// A node's bytes break a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// Longer than [`MAX_NODE_LEN`].
    #[error("it has {0} bytes, more than the {MAX_NODE_LEN} a node may have")]
    TooLong(usize),
    /// Not the canonical DRISL encoding of a node.
    #[error("it is not a node in canonical DRISL (at byte {at})")]
    Encoding {
        /// Where the encoding goes wrong.
        at: usize,
    },
    /// A link is not the CID of a DRISL block: neither a node nor a record.
    #[error("a link in it is not the CID of a node or a record (at byte {at})")]
    Link {
        /// Where the link begins.
        at: usize,
    },
    /// `p` is not the length of the longest common prefix with the key before.
    #[error("the key after {after:?} is not compressed as far as it can be, or further")]
    Compression {
        /// The key before; empty at the beginning.
        after: String,
    },
    /// A key has letters or a form that no key has.
    #[error(transparent)]
    KeyText(#[from] KeyTextError),
    /// Keys do not ascend, or lie outside of what the node above leaves for it.
    #[error("its key {0} is out of order")]
    KeyOrder(Key),
    /// The layer of a key is not the layer of the node.
    #[error("its key {key} belongs to layer {found}, not to layer {expected}")]
    Layer {
        /// The key.
        key: Key,
        /// The layer its hash assigns to it.
        found: u32,
        /// The layer of the node.
        expected: u32,
    },
    /// A node at layer 0 has something below it.
    #[error("it is at the lowest layer and yet has a child")]
    BelowBottom,
    /// A node without leaves where none may be: at the top of the tree, or with nothing below it.
    #[error("it has no keys and should have been left out")]
    Superfluous,
}

/// A record in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) key: Key,
    pub(crate) value: Cid,
}

/// A node as it is stored. `children[i]` lies left of `leaves[i]`, the last child right of all, so
/// there is always one child slot more than there are leaves.
#[derive(Debug)]
pub(crate) struct RawNode {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) children: Vec<Option<Cid>>,
}

/// Where a node hangs, and thus what it may contain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// Its layer; `None` for the root, which sets its own.
    pub(crate) layer: Option<u32>,
    /// The key left of the node.
    pub(crate) low: Option<Key>,
    /// The key right of the node.
    pub(crate) high: Option<Key>,
}

impl Place {
    /// The place of child `at` of a node with these leaves at `layer`.
    pub(crate) fn below(&self, layer: u32, leaves: &[Leaf], at: usize) -> Place {
        let key_of = |leaf: &Leaf| leaf.key.clone();
        let left = at.checked_sub(1).and_then(|at| leaves.get(at));
        Place {
            // Layer 0 has no children, so there is no layer below it to name.
            layer: Some(layer.saturating_sub(1)),
            low: left.map(key_of).or_else(|| self.low.clone()),
            high: leaves.get(at).map(key_of).or_else(|| self.high.clone()),
        }
    }
}

impl RawNode {
    /// Reads a node and checks all that can be seen in the node alone.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, NodeError> {
        if bytes.len() > MAX_NODE_LEN {
            return Err(NodeError::TooLong(bytes.len()));
        }
        let mut input = Cursor { bytes, at: 0 };
        input.expect(b"\xa2\x61e")?;
        let count = input.head(ARRAY)?;
        let room = bytes.len() / SMALLEST_ENTRY;
        let mut leaves: Vec<Leaf> = Vec::with_capacity(count.min(room));
        let mut children = Vec::with_capacity(count.min(room) + 1);
        children.push(None);
        let mut key = Vec::new();
        for _ in 0..count {
            let (leaf, child) = input.entry(&mut key, leaves.last())?;
            leaves.push(leaf);
            children.push(child);
        }
        input.expect(b"\x61l")?;
        children[0] = input.optional_link()?;
        if input.at != bytes.len() {
            return Err(NodeError::Encoding { at: input.at });
        }
        Ok(RawNode { leaves, children })
    }

    /// Checks that the node may hang where it does; returns its layer.
    pub(crate) fn check(&self, place: &Place) -> Result<u32, NodeError> {
        let (Some(first), Some(last)) = (self.leaves.first(), self.leaves.last()) else {
            return self.check_leafless(place);
        };
        if place.low.as_ref().is_some_and(|low| first.key <= *low) {
            return Err(NodeError::KeyOrder(first.key.clone()));
        }
        if place.high.as_ref().is_some_and(|high| last.key >= *high) {
            return Err(NodeError::KeyOrder(last.key.clone()));
        }
        let layer = place.layer.unwrap_or_else(|| first.key.layer());
        self.check_layer(layer)?;
        Ok(layer)
    }

    fn check_leafless(&self, place: &Place) -> Result<u32, NodeError> {
        let has_child = self.children.iter().any(Option::is_some);
        match (place.layer, has_child) {
            (None, false) => Ok(0),
            (Some(0), true) => Err(NodeError::BelowBottom),
            (Some(layer), true) => Ok(layer),
            (None, true) | (Some(_), false) => Err(NodeError::Superfluous),
        }
    }

    fn check_layer(&self, expected: u32) -> Result<(), NodeError> {
        if expected == 0 && self.children.iter().any(Option::is_some) {
            return Err(NodeError::BelowBottom);
        }
        for Leaf { key, .. } in &self.leaves {
            let found = key.layer();
            if found != expected {
                return Err(NodeError::Layer { key: key.clone(), found, expected });
            }
        }
        Ok(())
    }
}

/// Writes a node. There is one child slot more than there are leaves.
pub(crate) fn encode(leaves: &[Leaf], children: &[Option<Cid>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + leaves.len() * 128);
    let (left, right) = children.split_first().unwrap_or((&None, &[]));
    out.extend_from_slice(b"\xa2\x61e");
    write_head(ARRAY, leaves.len(), &mut out);
    let mut previous: &[u8] = &[];
    for (leaf, child) in leaves.iter().zip(right) {
        let key = leaf.key.as_str().as_bytes();
        let shared = common_prefix(previous, key);
        out.extend_from_slice(b"\xa4\x61k");
        write_head(BYTES, key.len() - shared, &mut out);
        out.extend_from_slice(&key[shared..]);
        out.extend_from_slice(b"\x61p");
        write_head(UNSIGNED, shared, &mut out);
        out.extend_from_slice(b"\x61t");
        write_optional_link(child.as_ref(), &mut out);
        out.extend_from_slice(b"\x61v");
        write_link(&leaf.value, &mut out);
        previous = key;
    }
    out.extend_from_slice(b"\x61l");
    write_optional_link(left.as_ref(), &mut out);
    out
}

/// How many bytes two keys share at their beginning.
fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

/// Major types of CBOR, in place.
const UNSIGNED: u8 = 0 << 5;
const BYTES: u8 = 2 << 5;
const ARRAY: u8 = 4 << 5;
const NULL: u8 = 0xf6;
/// Tag 42 and the head of a byte string of 37 bytes, the first of which is zero.
const LINK: &[u8] = b"\xd8\x2a\x58\x25\x00";
/// An entry with a one-byte key and no child.
const SMALLEST_ENTRY: usize = 53;

fn write_head(major: u8, value: usize, out: &mut Vec<u8>) {
    match value {
        0..24 => out.push(major | value as u8),
        24..0x100 => out.extend_from_slice(&[major | 24, value as u8]),
        0x100..0x1_0000 => {
            out.push(major | 25);
            out.extend_from_slice(&(value as u16).to_be_bytes());
        }
        _ => {
            out.push(major | 26);
            out.extend_from_slice(&(value as u32).to_be_bytes());
        }
    }
}

fn write_link(cid: &Cid, out: &mut Vec<u8>) {
    out.extend_from_slice(LINK);
    out.extend_from_slice(&cid.to_bytes());
}

fn write_optional_link(cid: Option<&Cid>, out: &mut Vec<u8>) {
    match cid {
        Some(cid) => write_link(cid, out),
        None => out.push(NULL),
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn entry(
        &mut self,
        key: &mut Vec<u8>,
        previous: Option<&Leaf>,
    ) -> Result<(Leaf, Option<Cid>), NodeError> {
        self.expect(b"\xa4\x61k")?;
        let len = self.head(BYTES)?;
        let suffix = self.take(len)?;
        self.expect(b"\x61p")?;
        let shared = self.head(UNSIGNED)?;
        self.expect(b"\x61t")?;
        let child = self.optional_link()?;
        self.expect(b"\x61v")?;
        let value = self.link()?;
        let key = join_key(key, previous, shared, suffix)?;
        Ok((Leaf { key, value }, child))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], NodeError> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..len).ok_or(NodeError::Encoding { at: self.at })?;
        self.at += len;
        Ok(taken)
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), NodeError> {
        let at = self.at;
        if self.take(expected.len())? == expected {
            Ok(())
        } else {
            Err(NodeError::Encoding { at })
        }
    }

    /// The number in the head of an item of the given major type, in its shortest form. No number
    /// in a node needs more than 16 bits but the count of entries; 32 are plenty for that.
    fn head(&mut self, major: u8) -> Result<usize, NodeError> {
        let wrong = NodeError::Encoding { at: self.at };
        let first = self.take(1)?[0];
        let info = first & 0x1f;
        if first & 0xe0 != major {
            return Err(wrong);
        }
        let (value, least) = match info {
            0..24 => return Ok(usize::from(info)),
            24 => (self.big_endian(1)?, 24),
            25 => (self.big_endian(2)?, 0x100),
            26 => (self.big_endian(4)?, 0x1_0000),
            _ => return Err(wrong),
        };
        if value < least { Err(wrong) } else { Ok(value) }
    }

    fn big_endian(&mut self, width: usize) -> Result<usize, NodeError> {
        Ok(self.take(width)?.iter().fold(0, |value, &byte| value << 8 | usize::from(byte)))
    }

    fn link(&mut self) -> Result<Cid, NodeError> {
        let at = self.at;
        self.expect(LINK)?;
        let cid = Cid::from_bytes(self.take(36)?).ok();
        cid.filter(|cid| cid.codec() == Codec::Drisl).ok_or(NodeError::Link { at })
    }

    fn optional_link(&mut self) -> Result<Option<Cid>, NodeError> {
        if self.bytes.get(self.at) == Some(&NULL) {
            self.at += 1;
            return Ok(None);
        }
        self.link().map(Some)
    }
}

/// Puts a compressed key together in `buffer`, which holds the key before it.
fn join_key(
    buffer: &mut Vec<u8>,
    previous: Option<&Leaf>,
    shared: usize,
    suffix: &[u8],
) -> Result<Key, NodeError> {
    let previous = previous.map(|leaf| leaf.key.as_str()).unwrap_or_default();
    let longer_prefix = !suffix.is_empty() && buffer.get(shared) == suffix.first();
    if shared > buffer.len() || longer_prefix {
        return Err(NodeError::Compression { after: previous.to_owned() });
    }
    buffer.truncate(shared);
    buffer.extend_from_slice(suffix);
    let key = Key::from_bytes(buffer)?;
    if key.as_str() <= previous {
        return Err(NodeError::KeyOrder(key));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::common_prefix;

    #[test]
    fn common_prefixes_hold_against_the_interop_vectors() {
        let vectors = include_str!("../../../../fixtures/interop/mst/common_prefix.json");
        let vectors: Vec<serde_json::Value> = serde_json::from_str(vectors).unwrap();
        for vector in vectors {
            let side = |name: &str| vector[name].as_str().unwrap().as_bytes().to_vec();
            let expected = vector["len"].as_u64().unwrap() as usize;
            assert_eq!(common_prefix(&side("left"), &side("right")), expected, "{vector}");
        }
    }
}
