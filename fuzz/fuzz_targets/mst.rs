//! Blocks of a hostile repository, as a plan: the last is the root of its tree. The account signs it, so
//! everything behind the signature has to hold out by itself.
#![no_main]

use std::collections::BTreeMap;

use hypercerts_fuzz::{did, key, plan};
use hypercerts_lexicon::{Cid, Tid};
use hypercerts_repo::mst::{Tree, Visit, Walk};
use hypercerts_repo::{
    Commit, MemoryBlocks, RepoLimits, RepoPath, car, verify_record, verify_repo,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut blocks = plan::blocks(data);
    let Some((root, _)) = blocks.last().cloned() else { return };
    let mut store = MemoryBlocks::new();
    blocks.iter().for_each(|(cid, bytes)| store.insert(*cid, bytes.clone()));
    let keys: Vec<_> = Walk::new(&store, root)
        .map_while(Result::ok)
        .filter_map(|visit| match visit {
            Visit::Leaf(path, cid) => Some((path, cid)),
            Visit::Node(..) => None,
        })
        .collect();
    assert!(keys.is_sorted_by(|a, b| a.0 < b.0), "a walk is in order");

    let commit = Commit::sign(did(), Tid::new(1, 1), root, &key()).encode();
    blocks.insert(0, commit.clone());
    let file = car::encode_car(&commit.0, &blocks);
    let public = key().public();
    let whole = verify_repo(file.as_slice(), &did(), &public, RepoLimits::default())
        .map(|records| records.collect::<Result<Vec<_>, _>>());
    if let Ok(Ok(records)) = whole {
        same_root(
            records.iter().map(|record| (record.path().clone(), record.cid())).collect(),
            root,
        );
    }
    for (path, _) in keys.iter().take(3) {
        let _proof = RepoPath::parse(&path.to_string())
            .map(|path| verify_record(&file, &did(), &path, &public).is_ok());
    }
});

/// A tree made of the same records has the same root, or the one that was read was not canonical.
fn same_root(records: BTreeMap<RepoPath, Cid>, root: Cid) {
    let (mut tree, store) = (Tree::empty(), MemoryBlocks::new());
    for (path, cid) in records {
        tree.put(&store, path.key(), cid).expect("invariant: nothing of this tree is missing");
    }
    assert_eq!(tree.root(), root);
}
