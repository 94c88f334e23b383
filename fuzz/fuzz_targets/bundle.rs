//! A bundle of evidence: any bytes, or, behind a `p`, a plan of its blocks.
#![no_main]

use hypercerts_fuzz::plan;
use hypercerts_repo::car;
use hypercerts_verify::bundle::{Limits, check};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { records: 100, held: 1 << 20, blob: 1 << 16, blobs: 1 << 20 };

fuzz_target!(|data: &[u8]| {
    let report = match data {
        [b'p', plan @ ..] => check(from_plan(plan).as_slice(), &LIMITS),
        _ => check(data, &LIMITS),
    };
    assert!(!report.in_words().is_empty());
    report.all_steps().for_each(|step| assert!(!format!("{step:?}").is_empty()));
});

/// The last block of the plan is the manifest, which a bundle begins with.
fn from_plan(data: &[u8]) -> Vec<u8> {
    let mut blocks = plan::blocks(data);
    let turns = blocks.len().min(1);
    blocks.rotate_right(turns);
    match blocks.first() {
        Some((root, _)) => car::encode_car(root, &blocks),
        None => Vec::new(),
    }
}
