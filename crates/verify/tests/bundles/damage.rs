//! Files that were damaged on the way.

use std::ops::Range;

use hypercerts_lexicon::Cid;
use hypercerts_repo::car::{CarLimits, CarReader};
use hypercerts_verify::bundle::{self, Limits, Report};
use hypercerts_verify::{Check, Outcome, Verdict};
use proptest::prelude::*;

use crate::world::{World, Written, check};

struct Small {
    claim: Written,
    evaluation: Written,
    file: Vec<u8>,
}

async fn small() -> Small {
    let world = World::open().await;
    let (forester, ecologist) = (world.account(1).await, world.account(2).await);
    let claim = world.claims(&forester);
    let evaluation = world.evaluates(&ecologist, &claim);
    let file = world.bundles(&claim, &[&evaluation]).await;
    Small { claim, evaluation, file }
}

/// Where the bytes of each block are.
fn places(file: &[u8]) -> Vec<(Cid, Range<usize>)> {
    let mut car = CarReader::new(file, CarLimits::default()).unwrap();
    let mut places = Vec::new();
    while let Some(section) = car.next_section().unwrap() {
        let at = usize::try_from(section.at).unwrap();
        let from = at + file[at..].windows(36).position(|it| it == section.cid.to_bytes()).unwrap();
        places.push((section.cid, from + 36..from + 36 + section.bytes.len()));
    }
    places
}

fn failed(report: &Report, check: Check) -> bool {
    report.all_steps().any(|step| step.check == check && step.outcome == Outcome::Failed)
}

#[tokio::test]
async fn every_flipped_bit_is_found() {
    let Small { file, .. } = small().await;
    assert_eq!(check(&file).verdict, Verdict::Verified);
    for at in 0..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 1 << (at * 5 % 8);
        let report = check(&damaged);
        assert_eq!(report.verdict, Verdict::NotVerified, "byte {at}");
        assert!(failed(&report, Check::File), "byte {at}: {report:#?}");
    }
}

#[tokio::test]
async fn damage_inside_a_block_is_named_by_what_the_block_is_for() {
    let Small { claim, evaluation, file } = small().await;
    let blocks = places(&file);
    let root = blocks[0].0;
    for (cid, place) in blocks {
        let mut damaged = file.clone();
        damaged[place.start + place.len() / 2] ^= 4;
        let report = check(&damaged);
        let file_step = report.steps.iter().find(|step| step.check == Check::File).unwrap();
        if cid == root {
            assert!(file_step.found.contains("manifest"), "{file_step}");
            continue;
        }
        assert!(file_step.found.contains(&cid.to_string()), "{file_step}");
        assert!(file_step.found.contains("it is part of the "), "{file_step}");
        let of = |written: &Written| report.record(&written.uri).unwrap().verdict;
        let author = evaluation.uri.did().unwrap();
        let (broken, whole) = match file_step.found.contains(author.as_str()) {
            true => (&evaluation, &claim),
            false => (&claim, &evaluation),
        };
        assert_eq!(of(broken), Verdict::NotVerified, "{report:#?}");
        assert_eq!(of(whole), Verdict::Verified, "{report:#?}");
    }
}

#[tokio::test]
async fn a_file_cut_short_anywhere_is_found() {
    let Small { file, .. } = small().await;
    for end in 0..file.len() {
        assert_eq!(check(&file[..end]).verdict, Verdict::NotVerified, "{end} bytes");
    }
    let longer = [&file[..], &[0]].concat();
    assert_eq!(check(&longer).verdict, Verdict::NotVerified);
}

#[test]
fn what_is_no_bundle_is_called_so() {
    for bytes in [&b""[..], b"not a bundle", &[0xff; 64], &[0; 1000]] {
        let report = check(bytes);
        assert_eq!(report.verdict, Verdict::NotVerified);
        assert!(report.root.is_none() && report.records.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_makes_the_check_stumble(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let limits = Limits { records: 10, held: 4096, blob: 4096, blobs: 4096 };
        let report = bundle::check(&bytes[..], &limits);
        prop_assert_ne!(report.verdict, Verdict::Verified);
    }
}
