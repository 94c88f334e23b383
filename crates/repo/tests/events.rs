//! Commit events: an honest one is verified by undoing it, a lying one is refused for its lie.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use bytes::Bytes;
use common::{Account, NOW, claim, create, delete, did, event, key, record, update};
use hypercerts_lexicon::{Cid, Tid};
use hypercerts_repo::car::{encode_car, read_all};
use hypercerts_repo::mst::empty_root;
use hypercerts_repo::{
    Action, Commit, CommitData, CommitEventParts, Head, RepoOp, VerifiedChange, VerifiedCommit,
    VerifyError, VerifyErrorKind, Write, verify_commit_event, verify_sync_event,
};
use proptest::prelude::*;

/// A commit of three operations on a repository of some size, and the head before it.
fn scene() -> (Account, Head, CommitData) {
    let mut account = Account::with_claims(60);
    let before = account.head();
    let writes = [update(&claim(10), "changed"), delete(&claim(20)), create(&claim(99), "new")];
    let commit = account.write(&writes).unwrap();
    (account, before, commit)
}

fn verify(
    account: &Account,
    event: &CommitEventParts<'_>,
    known: Option<&Head>,
) -> Result<VerifiedCommit, VerifyError> {
    verify_commit_event(event, &account.key.public(), known, NOW)
}

/// The event with other blocks than its own.
fn with_blocks(commit: &CommitData, keep: impl Fn(&Cid) -> bool) -> Vec<u8> {
    let (roots, mut blocks) = read_all(&commit.event_car(), Default::default()).unwrap();
    blocks.retain(|(cid, _)| keep(cid));
    encode_car(&roots[0], &blocks)
}

#[test]
fn an_honest_event_gives_its_records() {
    let (account, before, commit) = scene();
    let verified = account.receive(&commit, Some(&before)).unwrap();
    assert_eq!(verified.head(), &commit.head);
    assert_eq!(verified.did(), &account.did);
    assert_eq!((verified.since(), verified.prev_data()), (Some(before.rev), Some(before.data)));
    let [
        VerifiedChange::Put { record: updated, prev: Some(_) },
        VerifiedChange::Delete { path, .. },
        VerifiedChange::Put { record: created, prev: None },
    ] = verified.changes()
    else {
        panic!("{verified:?}");
    };
    assert_eq!(updated.path(), &claim(10));
    assert_eq!(updated.value().unwrap().get("title").unwrap().as_str(), Some("changed"));
    assert_eq!(path, &claim(20));
    assert_eq!((created.cid(), created.rev()), (record("new").0, commit.head.rev));
    assert_eq!(created.commit(), commit.head.commit);
}

#[test]
fn the_first_commits_of_an_account_are_verified_without_a_head() {
    let mut account = Account::new();
    let first = account.write(&[create(&claim(1), "first"), create(&claim(2), "second")]).unwrap();
    assert!(account.receive(&first, None).is_ok());

    let account = Account::with_repo();
    let created =
        hypercerts_repo::create_repo(account.did.clone(), account.next_rev(), &account.key);
    assert!(account.receive(&created, None).unwrap().changes().is_empty());
}

#[test]
fn events_out_of_their_order_break_the_chain_or_are_stale() {
    let (mut account, before, first) = scene();
    let second = account.write(&[create(&claim(98), "x")]).unwrap();
    let skipped = account.receive(&second, Some(&before)).unwrap_err();
    assert!(skipped.is_broken_chain(), "{skipped}");
    let replayed = account.receive(&first, Some(&second.head)).unwrap_err();
    assert!(replayed.is_stale(), "{replayed}");
    let repeated = account.receive(&second, Some(&second.head)).unwrap_err();
    assert!(repeated.is_stale(), "{repeated}");
    let other_tree = Head { data: empty_root(), ..before };
    let refused = account.receive(&first, Some(&other_tree)).unwrap_err();
    assert!(matches!(refused, VerifyError::WrongPrevData { .. }), "{refused}");
    assert!(refused.is_broken_chain());
}

#[test]
fn another_key_or_another_account_is_refused() {
    let (account, before, commit) = scene();
    let blocks = commit.event_car();
    let honest = event(&account.did, &commit, &blocks);
    let refused = verify_commit_event(&honest, &key(8).public(), Some(&before), NOW).unwrap_err();
    assert!(refused.is_signature(), "{refused}");
    let bob = did("bob");
    let stolen = CommitEventParts { did: &bob, ..honest };
    assert!(matches!(verify(&account, &stolen, None), Err(VerifyError::WrongAccount { .. })));
}

#[test]
fn a_signature_in_its_high_form_is_refused() {
    let (account, before, commit) = scene();
    let mut bytes = commit.commit_block.to_vec();
    let sig = *Commit::decode(&bytes).unwrap().sig();
    let at = bytes.windows(64).position(|window| window == sig).unwrap();
    negate_k256(&mut bytes[at + 32..at + 64]);
    let cid = Cid::of_drisl(&bytes);
    let (_, mut blocks) = read_all(&commit.event_car(), Default::default()).unwrap();
    blocks[0] = (cid, Bytes::from(bytes));
    let car = encode_car(&cid, &blocks);
    let lie = CommitEventParts { commit: cid, ..event(&account.did, &commit, &car) };
    let refused = verify(&account, &lie, Some(&before)).unwrap_err();
    assert!(refused.is_signature() && refused.to_string().contains("low-S"), "{refused}");
}

/// s becomes n − s: the other valid signature over the same bytes.
fn negate_k256(s: &mut [u8]) {
    let order = data_encoding::HEXLOWER
        .decode(b"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
        .unwrap();
    let mut borrow = 0i16;
    for at in (0..32).rev() {
        let digit = i16::from(order[at]) - i16::from(s[at]) - borrow;
        borrow = i16::from(digit < 0);
        s[at] = digit.rem_euclid(256) as u8;
    }
}

#[test]
fn a_revision_from_the_future_is_refused() {
    let (account, before, commit) = scene();
    let blocks = commit.event_car();
    let event = event(&account.did, &commit, &blocks);
    let key = account.key.public();
    let at = |now| verify_commit_event(&event, &key, Some(&before), now);
    let rev = commit.head.rev.micros();
    assert!(at(rev - 5 * 60 * 1_000_000).is_ok());
    let refused = at(rev - 5 * 60 * 1_000_000 - 1).unwrap_err();
    assert!(refused.is_future(), "{refused}");
}

#[test]
fn an_event_must_agree_with_its_commit() {
    let (account, before, commit) = scene();
    let blocks = commit.event_car();
    let honest = event(&account.did, &commit, &blocks);
    let later = Tid::next_after(Some(commit.head.rev), NOW, 1);
    let lie = CommitEventParts { rev: later, ..honest };
    assert!(matches!(verify(&account, &lie, Some(&before)), Err(VerifyError::WrongRev { .. })));
    let lie = CommitEventParts { commit: before.commit, ..honest };
    assert!(matches!(verify(&account, &lie, Some(&before)), Err(VerifyError::WrongCommit { .. })));
    let lie = CommitEventParts { prev_data: None, ..honest };
    let refused = verify(&account, &lie, Some(&before)).unwrap_err();
    assert!(matches!(refused, VerifyError::NoPrevData) && refused.is_broken_chain());
    let lie = CommitEventParts { since: None, ..honest };
    assert!(verify(&account, &lie, None).unwrap_err().is_malformed());
    let lie = CommitEventParts { since: None, prev_data: None, ..honest };
    assert!(verify(&account, &lie, None).unwrap_err().is_broken_chain());
}

#[test]
fn operations_that_hide_invent_or_repeat_something_are_refused() {
    let (account, before, commit) = scene();
    let blocks = commit.event_car();
    let check = |ops: &[RepoOp]| {
        verify(
            &account,
            &CommitEventParts { ops, ..event(&account.did, &commit, &blocks) },
            Some(&before),
        )
        .unwrap_err()
    };
    for hidden in 0..3 {
        let mut ops = commit.ops.clone();
        ops.remove(hidden);
        assert!(matches!(check(&ops), VerifyError::NotInverted { .. }), "{hidden} hidden");
    }
    let invented = |action, n, cid, prev| {
        let mut ops = commit.ops.clone();
        ops.push(RepoOp::new(action, claim(n), cid, prev).unwrap());
        check(&ops)
    };
    let x = Some(record("x").0);
    assert!(invented(Action::Create, 97, x, None).is_broken_chain());
    assert!(!invented(Action::Delete, 97, None, x).is_stale());
    assert!(matches!(invented(Action::Delete, 99, None, x), VerifyError::DuplicateOp(_)));
    let mut ops = commit.ops.clone();
    ops[0] = RepoOp::new(Action::Update, claim(10), commit.ops[0].cid(), x).unwrap();
    assert!(matches!(check(&ops), VerifyError::NotInverted { .. }), "another prev");
    ops[0] = RepoOp::new(Action::Update, claim(10), x, commit.ops[0].prev()).unwrap();
    assert!(matches!(check(&ops), VerifyError::OpMismatch { .. }), "another cid");
    ops[0] = RepoOp::new(Action::Create, claim(10), commit.ops[0].cid(), None).unwrap();
    assert!(check(&ops).is_broken_chain(), "an update told as a create");
    let many: Vec<_> =
        (0..201).map(|n| RepoOp::new(Action::Create, claim(n), x, None).unwrap()).collect();
    assert!(matches!(check(&many), VerifyError::TooManyOps(201)));
}

#[test]
fn an_operation_with_fields_that_do_not_go_together_cannot_be_made() {
    let (x, y) = (Some(record("x").0), Some(record("y").0));
    for (action, cid, prev) in [
        (Action::Create, None, None),
        (Action::Create, x, y),
        (Action::Update, x, x),
        (Action::Update, x, None),
        (Action::Update, None, x),
        (Action::Delete, None, None),
        (Action::Delete, x, y),
    ] {
        assert!(RepoOp::new(action, claim(1), cid, prev).is_err(), "{action:?} {cid:?} {prev:?}");
    }
}

#[test]
fn missing_and_damaged_blocks_are_noticed() {
    let (account, before, commit) = scene();
    let refusal = |blocks: &[u8]| {
        verify(&account, &event(&account.did, &commit, blocks), Some(&before)).unwrap_err()
    };
    for (cid, _) in &commit.new_records {
        assert!(refusal(&with_blocks(&commit, |other| other != cid)).is_malformed());
    }
    for missing in [commit.head.commit, commit.head.data] {
        assert!(refusal(&with_blocks(&commit, |cid| *cid != missing)).is_malformed());
    }
    let car = commit.event_car();
    assert!(refusal(&car[..car.len() - 1]).is_malformed());
    for at in (100..car.len()).step_by(97) {
        let mut damaged = car.clone();
        damaged[at] ^= 1;
        assert!(refusal(&damaged).is_malformed(), "byte {at}");
    }
    assert!(matches!(refusal(&vec![0; 2_000_001]), VerifyError::TooLarge(_)));
}

#[test]
fn an_event_without_operations_still_shows_its_tree() {
    let (account, before, commit) = scene();
    let rev = account.next_rev();
    let (cid, bytes) =
        Commit::sign(account.did.clone(), rev, commit.head.data, &account.key).encode();
    let head = Head { commit: cid, rev, data: commit.head.data };
    let renewed = |blocks: Vec<(Cid, Bytes)>, data| {
        let car = encode_car(&cid, &blocks);
        let parts = CommitEventParts {
            did: &account.did,
            rev,
            since: Some(commit.head.rev),
            prev_data: Some(data),
            commit: cid,
            ops: &[],
            blocks: &car,
        };
        verify(&account, &parts, None).map(|verified| *verified.head())
    };
    let root = account.blocks.block(&commit.head.data).unwrap().clone();
    let all = vec![(cid, bytes.clone()), (commit.head.data, root)];
    assert_eq!(renewed(all.clone(), commit.head.data).unwrap(), head);
    assert!(renewed(vec![(cid, bytes)], commit.head.data).unwrap_err().is_malformed());
    assert!(renewed(all, before.data).unwrap_err().is_broken_chain());
}

#[test]
fn a_sync_event_shows_a_signed_head() {
    let (account, _, commit) = scene();
    let (key, car) = (account.key.public(), commit.sync_car());
    let head = verify_sync_event(&account.did, commit.head.rev, &car, &key, NOW).unwrap();
    assert_eq!(head.head(), &commit.head);
    let wrong_rev = verify_sync_event(&account.did, account.next_rev(), &car, &key, NOW);
    assert!(wrong_rev.unwrap_err().is_malformed());
    let wrong_key =
        verify_sync_event(&account.did, commit.head.rev, &car, &common::key(1).public(), NOW);
    assert!(wrong_key.unwrap_err().is_signature());
}

#[test]
fn what_is_verified_and_what_signs_may_cross_threads() {
    fn assert<T: Send + Sync>() {}
    assert::<hypercerts_repo::SecretKey>();
    assert::<hypercerts_repo::PublicKey>();
    assert::<VerifiedCommit>();
    assert::<VerifyError>();
    assert::<hypercerts_repo::WriteError>();
}

/// A batch over a few dozen paths; what fits the repository is made of it.
fn batch(account: &Account, choices: &[(u32, u8)]) -> Vec<Write> {
    let mut tree = hypercerts_repo::mst::Tree::at(account.head().data);
    let mut writes: Vec<Write> = Vec::new();
    for &(n, flavour) in choices {
        let path = claim(n);
        if writes.iter().any(|write| write.path() == &path) {
            continue;
        }
        let title = format!("{n} {flavour} {}", account.next_rev());
        writes.push(match tree.get(&account.blocks, path.key()).unwrap() {
            None => create(&path, &title),
            Some(_) if flavour % 2 == 0 => delete(&path),
            Some(_) => update(&path, &title),
        });
    }
    writes
}

fn choices() -> impl Strategy<Value = Vec<(u32, u8)>> {
    prop::collection::vec((0u32..120, any::<u8>()), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn applying_and_inverting_gives_the_old_root(batches in prop::collection::vec(choices(), 1..6)) {
        let mut account = Account::with_repo();
        for choices in batches {
            let before = account.head();
            let writes = batch(&account, &choices);
            let commit = account.write(&writes).unwrap();
            let verified = account.receive(&commit, Some(&before));
            prop_assert!(verified.is_ok(), "{:?}", verified.err());
            prop_assert_eq!(verified.unwrap().changes().len(), commit.ops.len());
        }
    }

    #[test]
    fn tampering_with_a_commit_never_verifies(
        (first, second) in (choices(), choices()),
        at: prop::sample::Index,
        how in 0u8..4,
        bit in 0u8..8,
    ) {
        let mut account = Account::with_claims(40);
        account.write(&batch(&account, &first)).unwrap();
        let before = account.head();
        let mut commit = account.write(&batch(&account, &second)).unwrap();
        let op = at.index(commit.ops.len());
        let mut blocks = commit.event_car();
        match how {
            0 => drop(commit.ops.remove(op)),
            1 => {
                let told = &commit.ops[op];
                let other = Some(record("tampered").0);
                commit.ops[op] = match told.action() {
                    Action::Create => RepoOp::new(Action::Update, told.path().clone(), told.cid(), other),
                    action => RepoOp::new(action, told.path().clone(), told.cid(), other),
                }.unwrap();
            }
            2 => {
                let at = at.index(blocks.len());
                blocks[at] ^= 1 << bit;
            }
            _ => blocks.truncate(at.index(blocks.len())),
        }
        let lie = event(&account.did, &commit, &blocks);
        let outcome = verify(&account, &lie, Some(&before));
        prop_assert!(outcome.is_err(), "{outcome:?}");
        prop_assert_ne!(outcome.unwrap_err().kind(), VerifyErrorKind::Stale);
    }

    #[test]
    fn no_choice_of_blocks_and_operations_makes_the_verifier_panic(
        kept in prop::collection::vec(any::<bool>(), 40),
        told in prop::collection::vec((0u32..70, 0u8..3), 0..12),
    ) {
        let (account, before, commit) = scene();
        let mut place = kept.iter().cycle();
        let (roots, mut blocks) = read_all(&commit.event_car(), Default::default()).unwrap();
        blocks.retain(|(cid, _)| *cid == roots[0] || *place.next().unwrap());
        let car = encode_car(&roots[0], &blocks);
        let mut tree = hypercerts_repo::mst::Tree::at(commit.head.data);
        let mut ops: Vec<RepoOp> = Vec::new();
        for (n, flavour) in told {
            let there = tree.get(&account.blocks, claim(n).key()).unwrap();
            let other = Some(record("other").0);
            let op = match (there, flavour) {
                (None, _) => RepoOp::new(Action::Delete, claim(n), None, other),
                (Some(_), 0) => RepoOp::new(Action::Update, claim(n), there, other),
                (Some(_), _) => RepoOp::new(Action::Create, claim(n), there, None),
            };
            if ops.iter().all(|op| op.path() != &claim(n)) {
                ops.push(op.unwrap());
            }
        }
        let lie = CommitEventParts { ops: &ops, ..event(&account.did, &commit, &car) };
        prop_assert!(verify(&account, &lie, Some(&before)).is_err());
    }

    #[test]
    fn no_bytes_make_the_verifiers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (account, key) = (Account::new(), key(7).public());
        let rev = account.next_rev();
        let car = encode_car(&Cid::of_drisl(&bytes), &[(Cid::of_drisl(&bytes), Bytes::from(bytes.clone()))]);
        let _ = Commit::decode(&bytes);
        for blocks in [&bytes, &car] {
            let parts = CommitEventParts {
                did: &account.did, rev, since: None, prev_data: None, commit: Cid::of_drisl(&bytes), ops: &[], blocks,
            };
            prop_assert!(verify_commit_event(&parts, &key, None, NOW).is_err());
            prop_assert!(verify_sync_event(&account.did, rev, blocks, &key, NOW).is_err());
            prop_assert!(hypercerts_repo::verify_record(blocks, &account.did, &claim(1), &key).is_err());
            let repo = hypercerts_repo::verify_repo(&blocks[..], &account.did, &key, Default::default());
            prop_assert!(repo.is_err());
        }
    }
}
