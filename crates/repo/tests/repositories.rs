//! Whole repositories and single proofs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::io::Read;

use bytes::Bytes;
use common::{Account, claim, create, did, key, record};
use hypercerts_lexicon::Cid;
use hypercerts_repo::car::{encode_block, encode_car, encode_header};
use hypercerts_repo::mst::{Visit, Walk};
use hypercerts_repo::{
    Block, Commit, Proof, RepoLimits, VerifiedRecord, VerifyError, proof_blocks, verify_record,
    verify_repo,
};
use proptest::prelude::*;

/// The repository in streamable order, equal records repeated.
fn streamable(account: &Account) -> Vec<Block> {
    let block = |cid: Cid| (cid, account.blocks.block(&cid).unwrap().clone());
    let head = account.head();
    let visits = Walk::new(&account.blocks, head.data).map(|visit| match visit.unwrap() {
        Visit::Node(cid, bytes) => (cid, bytes),
        Visit::Leaf(_, cid) => block(cid),
    });
    std::iter::once(block(head.commit)).chain(visits).collect()
}

fn export(account: &Account) -> Vec<u8> {
    encode_car(&account.head().commit, &streamable(account))
}

fn import(
    account: &Account,
    car: impl Read,
    buffer: usize,
) -> Result<Vec<VerifiedRecord>, VerifyError> {
    let limits = RepoLimits { buffer, ..RepoLimits::default() };
    verify_repo(car, &account.did, &account.key.public(), limits)?.collect()
}

fn assert_claims(records: &[VerifiedRecord], count: u32) {
    assert_eq!(records.len(), count as usize);
    for (n, found) in (0..).zip(records) {
        assert_eq!(found.path(), &claim(n));
        assert_eq!(found.cid(), record(&format!("claim {n}")).0);
    }
}

#[test]
fn a_streamable_repository_needs_no_buffer() {
    let account = Account::with_claims(500);
    let records = import(&account, &export(&account)[..], 0).unwrap();
    assert_claims(&records, 500);
    assert!(records.iter().all(|record| record.commit() == account.head().commit));
}

#[test]
fn the_order_of_blocks_does_not_matter_as_long_as_they_fit_the_buffer() {
    let account = Account::with_claims(500);
    let mut blocks = streamable(&account);
    blocks.reverse();
    blocks.push(record("belongs to nothing"));
    let car = encode_car(&account.head().commit, &blocks);
    assert_claims(&import(&account, &car[..], 1 << 20).unwrap(), 500);
    let refused = import(&account, &car[..], 1 << 14).unwrap_err();
    assert!(refused.is_over_budget(), "{refused}");
}

#[test]
fn equal_records_may_come_once_or_every_time() {
    let mut account = Account::with_repo();
    account.write(&(0..40).map(|n| create(&claim(n), "same")).collect::<Vec<_>>()).unwrap();
    let repeated = streamable(&account);
    let mut once = repeated.clone();
    let mut seen = std::collections::HashSet::new();
    once.retain(|(cid, _)| seen.insert(*cid));
    assert!(once.len() < repeated.len() - 30);
    let root = account.head().commit;
    assert_eq!(import(&account, &encode_car(&root, &repeated)[..], 0).unwrap().len(), 40);
    assert_eq!(import(&account, &encode_car(&root, &repeated)[..], 1 << 20).unwrap().len(), 40);
    assert_eq!(import(&account, &encode_car(&root, &once)[..], 1 << 20).unwrap().len(), 40);
    let refused = import(&account, &encode_car(&root, &once)[..], 0).unwrap_err();
    assert!(refused.is_over_budget(), "{refused}");
}

#[test]
fn an_empty_repository_has_no_records() {
    let account = Account::with_repo();
    assert!(import(&account, &export(&account)[..], 0).unwrap().is_empty());
}

#[test]
fn whatever_is_missing_is_noticed_before_the_end() {
    let account = Account::with_claims(80);
    let blocks = streamable(&account);
    for missing in 0..blocks.len() {
        let mut some = blocks.clone();
        some.remove(missing);
        let car = encode_car(&account.head().commit, &some);
        assert!(import(&account, &car[..], 1 << 20).unwrap_err().is_malformed(), "block {missing}");
    }
    let car = export(&account);
    for cut in (0..car.len()).step_by(53) {
        assert!(import(&account, &car[..cut], 1 << 20).is_err(), "cut at {cut}");
    }
}

#[test]
fn records_before_a_lie_are_given_and_none_after_it() {
    let account = Account::with_claims(80);
    let mut car = export(&account);
    let middle = car.len() / 2;
    car[middle] ^= 1;
    let repo =
        verify_repo(&car[..], &account.did, &account.key.public(), RepoLimits::default()).unwrap();
    let outcomes: Vec<_> = repo.collect();
    let (last, before) = outcomes.split_last().unwrap();
    assert!(last.as_ref().unwrap_err().is_malformed());
    assert!(before.len() > 20 && before.iter().all(Result::is_ok));
}

#[test]
fn another_key_another_account_and_a_bad_tree_are_refused() {
    let account = Account::with_claims(10);
    let car = export(&account);
    let limits = RepoLimits::default();
    let other_key = verify_repo(&car[..], &account.did, &key(1).public(), limits);
    assert!(other_key.unwrap_err().is_signature());
    let other_did = verify_repo(&car[..], &did("mallory"), &account.key.public(), limits);
    assert!(matches!(other_did, Err(VerifyError::WrongAccount { .. })));

    // Even a signed tree is refused when its keys are out of order.
    let node = Bytes::from_static(b"\xa2\x61e\x80\x61l\xf6 and more");
    let data = Cid::of_drisl(&node);
    let (root, commit) =
        Commit::sign(account.did.clone(), account.next_rev(), data, &account.key).encode();
    let car = encode_car(&root, &[(root, commit), (data, node)]);
    assert!(import(&account, &car[..], 0).unwrap_err().is_malformed());
}

#[test]
fn a_source_that_breaks_off_is_told_from_one_that_lies() {
    struct Breaking;
    impl Read for Breaking {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("connection reset"))
        }
    }
    let account = Account::with_claims(80);
    let car = export(&account);
    let refused = import(&account, (&car[..2000]).chain(Breaking), 0).unwrap_err();
    assert!(refused.is_io(), "{refused}");
}

#[test]
fn a_stream_that_never_ends_is_stopped_by_the_budget() {
    let account = Account::with_claims(1);
    let (cid, bytes) = record("endless");
    let start = encode_header(Some(&account.head().commit));
    let mut n = 0u64;
    let endless = std::iter::repeat_with(move || {
        n += 1;
        let bytes = [&bytes[..], &n.to_be_bytes()].concat();
        encode_block(&Cid::of_raw(&bytes), &bytes)
    });
    struct Pieces<I>(I, Vec<u8>);
    impl<I: Iterator<Item = Vec<u8>>> Read for Pieces<I> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            if self.1.is_empty() {
                self.1 = self.0.next().unwrap_or_default();
            }
            let count = self.1.len().min(out.len());
            out[..count].copy_from_slice(&self.1[..count]);
            self.1.drain(..count);
            Ok(count)
        }
    }
    let refused = import(&account, Pieces(endless, start), 1 << 20).unwrap_err();
    assert!(refused.is_over_budget(), "{refused} {cid}");
}

/// A proof as `getRecord` answers it.
fn proof_car(account: &Account, n: u32) -> Vec<u8> {
    let head = account.head();
    let block = |cid: Cid| (cid, account.blocks.block(&cid).unwrap().clone());
    let (record, nodes) = proof_blocks(&account.blocks, head.data, &claim(n)).unwrap();
    let blocks: Vec<Block> =
        std::iter::once(block(head.commit)).chain(nodes).chain(record.map(block)).collect();
    encode_car(&head.commit, &blocks)
}

#[test]
fn a_proof_shows_that_a_record_is_there_or_is_not() {
    let account = Account::with_claims(300);
    let key = account.key.public();
    for n in [0, 1, 57, 299] {
        match verify_record(&proof_car(&account, n), &account.did, &claim(n), &key).unwrap() {
            Proof::Present(found) => assert_eq!(found.cid(), record(&format!("claim {n}")).0),
            absent => panic!("{absent:?}"),
        }
    }
    for n in [300, 5000] {
        match verify_record(&proof_car(&account, n), &account.did, &claim(n), &key).unwrap() {
            Proof::Absent(head) => assert_eq!(head.head(), &account.head()),
            present => panic!("{present:?}"),
        }
    }
}

#[test]
fn a_proof_does_not_stretch_to_what_it_does_not_show() {
    let account = Account::with_claims(300);
    let key = account.key.public();
    let proof = proof_car(&account, 57);
    let elsewhere = verify_record(&proof, &account.did, &claim(250), &key).unwrap_err();
    assert!(elsewhere.is_malformed(), "{elsewhere}");
    let other = verify_record(&proof, &did("mallory"), &claim(57), &key).unwrap_err();
    assert!(matches!(other, VerifyError::WrongAccount { .. }));
    assert!(
        verify_record(&proof, &account.did, &claim(57), &common::key(1).public())
            .unwrap_err()
            .is_signature()
    );
    for at in (60..proof.len()).step_by(31) {
        let mut forged = proof.clone();
        forged[at] ^= 1;
        assert!(verify_record(&forged, &account.did, &claim(57), &key).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_order_of_blocks_gives_the_same_records(seed in prop::collection::vec(any::<u32>(), 90)) {
        let account = Account::with_claims(60);
        let mut blocks = streamable(&account);
        for (at, random) in (0..blocks.len()).zip(seed.iter().cycle()) {
            let other = *random as usize % blocks.len();
            blocks.swap(at, other);
        }
        let car = encode_car(&account.head().commit, &blocks);
        assert_claims(&import(&account, &car[..], 1 << 20).unwrap(), 60);
    }

    #[test]
    fn no_damage_to_a_repository_makes_it_panic_or_lie(at: prop::sample::Index, byte: u8) {
        let account = Account::with_claims(60);
        let mut car = export(&account);
        let at = at.index(car.len());
        prop_assume!(car[at] != byte);
        car[at] = byte;
        let limits = RepoLimits::default();
        if let Ok(repo) = verify_repo(&car[..], &account.did, &account.key.public(), limits) {
            for (n, found) in (0..).zip(repo.map_while(Result::ok)) {
                prop_assert_eq!(found.cid(), record(&format!("claim {n}")).0);
            }
        }
    }
}
