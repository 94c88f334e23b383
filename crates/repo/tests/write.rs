//! Writing: what a batch of writes becomes, and which batches are refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::cell::Cell;
use std::collections::BTreeSet;

use bytes::Bytes;
use common::{Account, claim, create, delete, path, record, update};
use hypercerts_lexicon::{Cid, Tid};
use hypercerts_repo::mst::{MAX_NODE_LEN, Visit, Walk, empty_root};
use hypercerts_repo::write::MAX_OPS;
use hypercerts_repo::{
    Action, BlockStore, Commit, StoreError, Write, WriteError, apply_writes, car, create_repo,
};

#[test]
fn a_new_account_begins_with_an_empty_signed_tree() {
    let account = Account::new();
    let first = create_repo(account.did.clone(), account.next_rev(), &account.key);
    assert_eq!(first.head.data, empty_root());
    assert_eq!((first.since, first.prev_data), (None, None));
    assert!(first.ops.is_empty());
    let commit = Commit::decode(&first.commit_block).unwrap();
    assert_eq!(commit.did(), &account.did);
    assert_eq!(commit.verify(&account.key.public()), Ok(()));
    let (roots, blocks) = car::read_all(&first.event_car(), Default::default()).unwrap();
    assert_eq!(roots, [first.head.commit]);
    assert_eq!(blocks.len(), 2);
}

#[test]
fn a_commit_tells_what_was_there_before() {
    let mut account = Account::with_claims(3);
    let before = account.head();
    let (old, _) = record("claim 1");
    let (new, bytes) = record("claim 1, corrected");
    let commit = account
        .write(&[
            update(&claim(1), "claim 1, corrected"),
            delete(&claim(2)),
            create(&claim(9), "new"),
        ])
        .unwrap();
    assert_eq!(commit.since, Some(before.rev));
    assert_eq!(commit.prev_data, Some(before.data));
    let told: Vec<_> =
        commit.ops.iter().map(|op| (op.action(), op.path().clone(), op.cid(), op.prev())).collect();
    assert_eq!(
        told,
        [
            (Action::Update, claim(1), Some(new), Some(old)),
            (Action::Delete, claim(2), None, Some(record("claim 2").0)),
            (Action::Create, claim(9), Some(record("new").0), None),
        ]
    );
    assert!(commit.new_records.contains(&(new, bytes)));
    assert_eq!(commit.new_records.len(), 2);
}

#[test]
fn batches_that_make_no_sense_are_refused_for_what_is_wrong() {
    let mut account = Account::with_claims(2);
    let before = account.head();
    let mut refusal = |writes: &[Write]| {
        let error = account.write(writes).unwrap_err();
        assert!(error.is_refusal());
        error
    };
    assert!(matches!(refusal(&[]), WriteError::Empty));
    assert!(matches!(refusal(&[create(&claim(0), "again")]), WriteError::Exists { .. }));
    assert!(matches!(refusal(&[update(&claim(7), "x")]), WriteError::Missing(_)));
    assert!(matches!(refusal(&[delete(&claim(7))]), WriteError::Missing(_)));
    assert!(matches!(refusal(&[update(&claim(0), "claim 0")]), WriteError::Unchanged(_)));
    let twice = [create(&claim(5), "x"), delete(&claim(5))];
    assert!(matches!(refusal(&twice), WriteError::Duplicate(path) if path == claim(5)));
    let many: Vec<_> = (100..=100 + MAX_OPS as u32).map(|n| create(&claim(n), "x")).collect();
    assert!(matches!(refusal(&many), WriteError::TooMany(201)));
    let forged =
        Write::Create { path: claim(5), record: Bytes::from_static(b"\xa0"), cid: record("x").0 };
    assert!(matches!(refusal(&[forged]), WriteError::WrongCid(_)));
    let bytes = Bytes::from(vec![0; 2_000_000]);
    let cid = Cid::of_drisl(&bytes);
    let large = Write::Create { path: claim(5), record: bytes, cid };
    assert!(matches!(refusal(&[large]), WriteError::TooLarge(_)));
    assert_eq!(account.head(), before);
}

#[test]
fn a_revision_must_be_later_than_the_last() {
    let account = Account::with_claims(1);
    let head = account.head();
    let earlier = Tid::new(head.rev.micros() - 1, 0);
    for rev in [head.rev, earlier] {
        let writes = [create(&claim(5), "x")];
        let outcome =
            apply_writes(&account.blocks, Some(&head), &account.did, rev, &account.key, &writes);
        assert!(matches!(outcome, Err(WriteError::RevNotLater { .. })));
    }
}

#[test]
fn deleting_everything_leads_back_to_the_empty_tree() {
    let mut account = Account::with_claims(30);
    for n in 0..30 {
        account.write(&[delete(&claim(n))]).unwrap();
    }
    assert_eq!(account.head().data, empty_root());
}

#[test]
fn what_is_removed_may_be_deleted_from_the_store() {
    let mut account = Account::with_claims(300);
    for n in (0..300).step_by(3) {
        let writes = [delete(&claim(n)), create(&claim(1000 + n), "x"), update(&claim(n + 1), "y")];
        let commit = account.write(&writes).unwrap();
        for cid in &commit.removed_nodes {
            assert!(account.blocks.remove(cid).is_some(), "it was in the store");
        }
    }
    let nodes = Walk::new(&account.blocks, account.head().data)
        .filter(|visit| matches!(visit.as_ref().unwrap(), Visit::Node(..)));
    assert!(nodes.count() > 50, "the whole tree can still be walked");
}

/// Counts what is read from a store.
struct Counting<'a> {
    store: &'a dyn BlockStore,
    reads: Cell<usize>,
}

impl BlockStore for Counting<'_> {
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        self.reads.set(self.reads.get() + 1);
        self.store.get(cid)
    }
}

#[test]
fn a_write_reads_only_the_nodes_around_its_path() {
    let account = Account::with_claims(10_000);
    let mut most = 0;
    for n in 0..50 {
        let store = Counting { store: &account.blocks, reads: Cell::new(0) };
        let writes = [create(&claim(20_000 + n * 7), "x")];
        apply_writes(
            &store,
            account.head.as_ref(),
            &account.did,
            account.next_rev(),
            &account.key,
            &writes,
        )
        .unwrap();
        most = most.max(store.reads.get());
    }
    assert!(most <= 20, "{most} nodes read for one write into 10,000 records");
}

#[test]
fn record_keys_picked_by_their_hash_cannot_make_a_node_too_large_to_read() {
    let mut account = Account::with_repo();
    let picked = (0..).map(|n| path(&format!("com.example.mined/{n:04}{}", "x".repeat(500))));
    let mut writes =
        picked.filter(|path| path.key().layer() == 0).map(|path| create(&path, "mined"));
    let refused = loop {
        let batch: Vec<_> = writes.by_ref().take(100).collect();
        if let Err(error) = account.write(&batch) {
            break error;
        }
    };
    assert!(matches!(refused, WriteError::Crowded(len) if len > MAX_NODE_LEN), "{refused}");
    assert!(account.write(&[create(&claim(1), "honest")]).is_ok(), "the repository lives on");
}

#[test]
fn a_store_that_fails_is_not_taken_for_a_refusal() {
    struct Failing;
    impl BlockStore for Failing {
        fn get(&self, _: &Cid) -> Result<Option<Bytes>, StoreError> {
            Err(StoreError::new("the disk is on fire"))
        }
    }
    let account = Account::with_claims(1);
    let writes = [create(&claim(5), "x")];
    let outcome = apply_writes(
        &Failing,
        account.head.as_ref(),
        &account.did,
        account.next_rev(),
        &account.key,
        &writes,
    );
    let error = outcome.unwrap_err();
    assert!(!error.is_refusal());
    assert!(error.to_string().contains("the disk is on fire"));
}

#[test]
fn equal_records_at_two_paths_are_one_block() {
    let mut account = Account::with_repo();
    let commit = account.write(&[create(&claim(1), "same"), create(&claim(2), "same")]).unwrap();
    assert_eq!(commit.new_records.len(), 1);
    let cids: BTreeSet<_> = commit.ops.iter().map(|op| op.cid()).collect();
    assert_eq!(cids.len(), 1);
}

#[test]
fn paths_are_collections_and_record_keys() {
    for good in ["com.example.thing/self", "com.example.thing/a.b_c~d:e-1"] {
        let path = path(good);
        assert_eq!(format!("{}/{}", path.collection(), path.rkey()), good);
        assert_eq!(hypercerts_repo::RepoPath::new(&path.collection(), &path.rkey()), path);
    }
    for bad in [
        "",
        "/",
        "com.example.thing",
        "com.example.thing/",
        "/x",
        "example/x",
        "com.example.thing/..",
        "com.example.thing/a/b",
        "com.example.thing/ä",
        "com.example.thing/a b",
    ] {
        assert!(hypercerts_repo::RepoPath::parse(bad).is_err(), "{bad}");
    }
}
