//! Depth-first traversal as a state machine: it says which node it needs next, is given the
//! node's bytes, and checks them. Where the bytes come from, a store or a stream, is its user's
//! affair. Memory is one node a layer.

use hypercerts_lexicon::Cid;

use super::codec::{NodeError, Place, RawNode};
use super::key::Key;

/// What comes next in depth-first order: each node before what is below it, leaves and children
/// from left to right.
#[derive(Debug)]
pub(crate) enum Step {
    /// The node to hand to [`Traversal::enter`] before going on.
    Node(Cid),
    /// A record.
    Leaf(Key, Cid),
}

/// A traversal under way.
#[derive(Debug)]
pub(crate) struct Traversal {
    frames: Vec<Frame>,
    /// The node asked for and not yet given.
    wanted: Option<(Cid, Place)>,
}

#[derive(Debug)]
struct Frame {
    node: RawNode,
    layer: u32,
    place: Place,
    /// Counts children and leaves alternately: 0 is the leftmost child, 1 the first leaf.
    next: usize,
}

impl Traversal {
    pub(crate) fn new(root: Cid) -> Self {
        Traversal { frames: Vec::new(), wanted: Some((root, Place::default())) }
    }

    /// The next step; `None` at the end. Asks again for a node that was not given.
    pub(crate) fn next(&mut self) -> Option<Step> {
        loop {
            if let Some((cid, _)) = self.wanted {
                return Some(Step::Node(cid));
            }
            let frame = self.frames.last_mut()?;
            let at = frame.next / 2;
            let is_child = frame.next % 2 == 0;
            frame.next += 1;
            if !is_child && let Some(leaf) = frame.node.leaves.get(at) {
                return Some(Step::Leaf(leaf.key.clone(), leaf.value));
            }
            match frame.node.children.get(at) {
                Some(Some(child)) if is_child => {
                    let place = frame.place.below(frame.layer, &frame.node.leaves, at);
                    self.wanted = Some((*child, place));
                }
                Some(None) if is_child => {}
                _ => {
                    self.frames.pop();
                }
            }
        }
    }

    /// Takes the bytes of the node last asked for.
    pub(crate) fn enter(&mut self, bytes: &[u8]) -> Result<(), NodeError> {
        let node = RawNode::decode(bytes)?;
        if let Some((_, place)) = self.wanted.take() {
            let layer = node.check(&place)?;
            self.frames.push(Frame { node, layer, place, next: 0 });
        }
        Ok(())
    }
}
