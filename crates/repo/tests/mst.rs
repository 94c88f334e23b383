//! The Merkle search tree by itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use common::{interop, interop_json, record};
use hypercerts_lexicon::Cid;
use hypercerts_repo::MemoryBlocks;
use hypercerts_repo::mst::{Key, MstError, NodeError, Tree, Visit, Walk, empty_root, layer_of};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn keys(vector: &serde_json::Value, field: &str) -> Vec<Key> {
    let list = vector[field].as_array().unwrap();
    list.iter().map(|text| key(text.as_str().unwrap())).collect()
}

fn cid(vector: &serde_json::Value, field: &str) -> Cid {
    Cid::parse(vector[field].as_str().unwrap()).unwrap()
}

/// Builds a tree from scratch, all in memory.
fn plant<'a>(leaves: impl IntoIterator<Item = (&'a Key, &'a Cid)>) -> (Cid, MemoryBlocks) {
    let mut tree = Tree::empty();
    let nothing = MemoryBlocks::new();
    for (key, value) in leaves {
        tree.put(&nothing, key, *value).unwrap();
    }
    let changes = tree.take_changes();
    (changes.root, changes.created.into_iter().collect())
}

fn leaves_of(store: &MemoryBlocks, root: Cid) -> Vec<(Key, Cid)> {
    let visits = Walk::new(store, root).map(Result::unwrap);
    visits
        .filter_map(|visit| if let Visit::Leaf(key, cid) = visit { Some((key, cid)) } else { None })
        .collect()
}

fn nodes_of(store: &MemoryBlocks, root: Cid) -> BTreeSet<Cid> {
    let visits = Walk::new(store, root).map(Result::unwrap);
    visits
        .filter_map(|visit| if let Visit::Node(cid, _) = visit { Some(cid) } else { None })
        .collect()
}

/// The keys of the interop suite: six for each layer of 0 to 5, named after their layer.
fn example_keys() -> Vec<Key> {
    interop("mst/example_keys.txt").lines().filter(|line| !line.is_empty()).map(key).collect()
}

#[test]
fn layers_hold_against_the_interop_vectors() {
    for vector in interop_json("mst/key_heights.json") {
        let expected = vector["height"].as_u64().unwrap();
        let found = layer_of(vector["key"].as_str().unwrap().as_bytes());
        assert_eq!(u64::from(found), expected, "{vector}");
    }
    for key in example_keys() {
        let named = u32::from(key.as_str().as_bytes()[1] - b'0');
        assert_eq!(key.layer(), named, "{key}");
    }
}

#[test]
fn the_empty_tree_has_the_root_everyone_knows() {
    let known = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";
    assert_eq!(empty_root(), Cid::parse(known).unwrap());
    assert_eq!(Tree::empty().root(), empty_root());
}

#[test]
fn commit_proofs_hold_against_the_interop_vectors() {
    for vector in interop_json("firehose/commit-proof-fixtures.json") {
        let comment = &vector["comment"];
        let value = cid(&vector, "leafValue");
        let before = keys(&vector, "keys");
        let (root, store) = plant(before.iter().map(|key| (key, &value)));
        assert_eq!(root, cid(&vector, "rootBeforeCommit"), "{comment}");

        let mut tree = Tree::at(root);
        let (adds, dels) = (keys(&vector, "adds"), keys(&vector, "dels"));
        for key in &adds {
            assert_eq!(tree.put(&store, key, value).unwrap(), None);
        }
        for key in &dels {
            assert_eq!(tree.remove(&store, key).unwrap(), Some(value));
        }
        assert_eq!(tree.root(), cid(&vector, "rootAfterCommit"), "{comment}");

        let mut proof = BTreeMap::new();
        for key in adds.iter().chain(&dels) {
            tree.cover(&store, key, &mut proof).unwrap();
        }
        let expected: BTreeSet<Cid> = vector["blocksInProof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cid| Cid::parse(cid.as_str().unwrap()).unwrap())
            .collect();
        assert_eq!(proof.keys().copied().collect::<BTreeSet<_>>(), expected, "{comment}");

        let alone: MemoryBlocks = proof.into_iter().collect();
        let mut undone = Tree::at(tree.root());
        for key in &dels {
            undone.put(&alone, key, value).unwrap();
        }
        for key in &adds {
            undone.remove(&alone, key).unwrap();
        }
        assert_eq!(undone.root(), root, "{comment}: undone with nothing but the proof");
    }
}

#[test]
fn a_failed_operation_leaves_the_tree_as_it_was() {
    let value = record("x").0;
    let all = example_keys();
    let (root, store) = plant(all.iter().map(|key| (key, &value)));
    let nothing = MemoryBlocks::new();
    let mut tree = Tree::at(root);
    assert!(matches!(tree.remove(&nothing, &all[40]), Err(MstError::MissingNode(_))));
    let mut some = store.clone();
    let (path, _) = (tree.path(&store, &all[40]).unwrap(), some.remove(&root));
    some.remove(&path.last().unwrap().0);
    let mut tree = Tree::at(root);
    let _ = tree.get(&store, &all[0]);
    let _ = tree.remove(&some, &all[40]);
    assert_eq!(tree.root(), root);
    assert_eq!(tree.get(&store, &all[40]).unwrap(), Some(value));
}

/// A node by hand: pairs of key and child, and the leftmost child.
fn node(left: Option<Cid>, entries: &[(&str, usize, Option<Cid>)]) -> Bytes {
    use hypercerts_lexicon::{Value, drisl, map};
    let entries = entries.iter().map(|(suffix, shared, child)| {
        let (p, v) = (*shared as i64, record("x").0);
        Value::Map(map! { "k" => suffix.as_bytes(), "p" => p, "t" => *child, "v" => v })
    });
    Bytes::from(drisl::encode(&Value::Map(map! { "l" => left, "e" => entries.collect::<Value>() })))
}

fn reason_of(nodes: &[&Bytes]) -> NodeError {
    let store: MemoryBlocks =
        nodes.iter().map(|&bytes| (Cid::of_drisl(bytes), bytes.clone())).collect();
    let outcome: Result<Vec<_>, _> = Walk::new(&store, Cid::of_drisl(nodes[0])).collect();
    match outcome {
        Err(MstError::BadNode { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

/// What is wrong, nodes of which the first is the root, and the reason expected.
type Case<'a> = (&'a str, &'a [&'a Bytes], fn(&NodeError) -> bool);

#[test]
fn nodes_that_break_one_rule_are_refused_for_it() {
    let a0 = node(None, &[("A0/374913", 0, None)]);
    let a0_cid = Cid::of_drisl(&a0);
    let leafless = node(Some(a0_cid), &[]);
    let cases: &[Case<'_>] = &[
        (
            "keys out of order",
            &[&node(None, &[("B0/601692", 0, None), ("A0/374913", 0, None)])],
            |e| matches!(e, NodeError::KeyOrder(_)),
        ),
        ("a key twice", &[&node(None, &[("B0/601692", 0, None), ("", 9, None)])], |e| {
            matches!(e, NodeError::KeyOrder(_))
        }),
        (
            "keys of two layers",
            &[&node(None, &[("A0/374913", 0, None), ("B1/986427", 0, None)])],
            |e| matches!(e, NodeError::Layer { .. }),
        ),
        (
            "a prefix longer than the key before",
            &[&node(None, &[("A0/374913", 0, None), ("x", 10, None)])],
            |e| matches!(e, NodeError::Compression { .. }),
        ),
        ("a prefix at the first key", &[&node(None, &[("A0/374913", 1, None)])], |e| {
            matches!(e, NodeError::Compression { .. })
        }),
        (
            "a key compressed too little",
            &[&node(None, &[("C0/451630", 0, None), ("C1/438573", 0, None)])],
            |e| matches!(e, NodeError::Compression { .. }),
        ),
        ("a key without slash", &[&node(None, &[("A0374913", 0, None)])], |e| {
            matches!(e, NodeError::KeyText(_))
        }),
        (
            "a child below the lowest layer",
            &[&node(Some(a0_cid), &[("B0/601692", 0, None)]), &a0],
            |e| matches!(e, NodeError::BelowBottom),
        ),
        ("a top without keys", &[&leafless, &a0], |e| matches!(e, NodeError::Superfluous)),
        (
            "an empty node below another",
            &[
                &node(Some(Cid::of_drisl(&node(None, &[]))), &[("B1/986427", 0, None)]),
                &node(None, &[]),
            ],
            |e| matches!(e, NodeError::Superfluous),
        ),
        ("a child two layers below", &[&node(Some(a0_cid), &[("B2/827649", 0, None)]), &a0], |e| {
            matches!(e, NodeError::Layer { .. })
        }),
        (
            "a child on the wrong side",
            &[&node(None, &[("B1/986427", 0, Some(a0_cid))]), &a0],
            |e| matches!(e, NodeError::KeyOrder(_)),
        ),
        (
            "a child that hangs twice",
            &[&node(Some(a0_cid), &[("B1/986427", 0, Some(a0_cid))]), &a0],
            |e| matches!(e, NodeError::KeyOrder(_)),
        ),
        ("a missing null", &[&Bytes::from_static(b"\xa1\x61e\x80")], |e| {
            matches!(e, NodeError::Encoding { .. })
        }),
        ("bytes after the end", &[&Bytes::from_static(b"\xa2\x61e\x80\x61l\xf6\x00")], |e| {
            matches!(e, NodeError::Encoding { .. })
        }),
        ("a count in long form", &[&Bytes::from_static(b"\xa2\x61e\x98\x00\x61l\xf6")], |e| {
            matches!(e, NodeError::Encoding { .. })
        }),
        (
            "a huge count",
            &[&Bytes::from_static(b"\xa2\x61e\x9b\xff\xff\xff\xff\xff\xff\xff\xff")],
            |e| matches!(e, NodeError::Encoding { .. }),
        ),
        ("a large count", &[&Bytes::from_static(b"\xa2\x61e\x9a\xff\xff\xff\xff")], |e| {
            matches!(e, NodeError::Encoding { .. })
        }),
        ("a node of a megabyte", &[&Bytes::from(vec![0; 1 << 20])], |e| {
            matches!(e, NodeError::TooLong(_))
        }),
        ("a link to a blob", &[&node(Some(Cid::of_raw(b"")), &[("B1/986427", 0, None)])], |e| {
            matches!(e, NodeError::Link { .. })
        }),
    ];
    for (what, nodes, expected) in cases {
        let reason = reason_of(nodes);
        assert!(expected(&reason), "{what}: {reason}");
    }
}

#[test]
fn a_tree_that_loads_a_bad_node_says_so() {
    let below = node(None, &[("B1/986427", 0, None)]);
    let top = node(Some(Cid::of_drisl(&below)), &[("A1/076595", 0, None)]);
    let store: MemoryBlocks =
        [&top, &below].map(|bytes| (Cid::of_drisl(bytes), bytes.clone())).into_iter().collect();
    let mut tree = Tree::at(Cid::of_drisl(&top));
    let refused = tree.get(&store, &key("A0/374913")).unwrap_err();
    assert!(matches!(refused, MstError::BadNode { .. }), "{refused}");
}

/// Sorted maps over the example keys, which reach five layers with few keys.
fn small_map() -> impl Strategy<Value = BTreeMap<Key, Cid>> {
    let all = example_keys();
    let count = all.len();
    (subsequence(all, 0..count), any::<u64>()).prop_map(|(keys, seed)| {
        let value = |at: usize| record(&format!("{}", seed.wrapping_add(at as u64) % 7)).0;
        keys.into_iter().enumerate().map(|(at, key)| (key, value(at))).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_insertion_does_not_matter(map in small_map(), order: prop::sample::Index) {
        let (root, store) = plant(&map);
        let mut shuffled: Vec<_> = map.iter().collect();
        let middle = order.index(shuffled.len() + 1);
        shuffled.rotate_left(middle);
        shuffled.reverse();
        prop_assert_eq!(plant(shuffled).0, root);
        prop_assert_eq!(leaves_of(&store, root), map.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn changing_a_stored_tree_gives_what_building_it_anew_gives(
        before in small_map(),
        after in small_map(),
    ) {
        let (old_root, mut store) = plant(&before);
        let mut tree = Tree::at(old_root);
        for key in before.keys().filter(|key| !after.contains_key(key)) {
            prop_assert_eq!(tree.remove(&store, key).unwrap(), before.get(key).copied());
        }
        for (key, value) in &after {
            prop_assert_eq!(tree.put(&store, key, *value).unwrap(), before.get(key).copied());
        }
        let changes = tree.take_changes();
        let (new_root, fresh) = plant(&after);
        prop_assert_eq!(changes.root, new_root);

        let (old, new) = (nodes_of(&store, old_root), nodes_of(&fresh, new_root));
        let created: BTreeSet<Cid> = changes.created.iter().map(|(cid, _)| *cid).collect();
        let removed: BTreeSet<Cid> = changes.removed.iter().copied().collect();
        prop_assert_eq!(created, new.difference(&old).copied().collect::<BTreeSet<_>>());
        prop_assert_eq!(removed, old.difference(&new).copied().collect::<BTreeSet<_>>());

        store.extend(changes.created);
        prop_assert_eq!(leaves_of(&store, new_root), after.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn changes_are_told_from_one_asking_to_the_next(map in small_map(), other in select(example_keys())) {
        let (root, store) = plant(&map);
        let mut tree = Tree::at(root);
        let value = record("another").0;
        let previous = tree.put(&store, &other, value).unwrap();
        tree.root();
        match previous {
            Some(previous) => tree.put(&store, &other, previous).unwrap(),
            None => tree.remove(&store, &other).unwrap(),
        };
        let changes = tree.take_changes();
        prop_assert_eq!(changes.root, root);
        prop_assert!(changes.created.is_empty() && changes.removed.is_empty());
    }

    #[test]
    fn no_bytes_make_a_tree_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..400) {
        let (root, store) = plant(&example_keys().into_iter().map(|key| (key, record("x").0)).collect::<BTreeMap<_, _>>());
        let good = store.block(&root).unwrap();
        let mixed = [&good[..cut.min(good.len())], &bytes[..]].concat();
        for bytes in [bytes, mixed] {
            let bytes = Bytes::from(bytes);
            let cid = Cid::of_drisl(&bytes);
            let store: MemoryBlocks = [(cid, bytes)].into_iter().collect();
            for visit in Walk::new(&store, cid).take(1000) {
                let _ = visit;
            }
            let mut tree = Tree::at(cid);
            let _ = tree.put(&store, &key("C2/014073"), cid);
            let _ = tree.remove(&store, &key("A0/374913"));
        }
    }
}
