//! Any bytes as a CAR, whole and in pieces: both ways of reading find the same blocks.
#![no_main]

use hypercerts_fuzz::{did, key};
use hypercerts_repo::car::{CarDecoder, CarLimits, CarReader};
use hypercerts_repo::{RepoLimits, verify_repo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut blocks = 0;
    if let Ok(reader) = CarReader::new(data, CarLimits::default()) {
        blocks = reader.take_while(Result::is_ok).count();
    }
    let mut decoder = CarDecoder::new(CarLimits::default());
    let mut found = 0;
    'input: for piece in data.chunks(7) {
        decoder.push(piece);
        loop {
            match decoder.next_block() {
                Ok(Some(_)) => found += 1,
                Ok(None) => break,
                Err(_) => break 'input,
            }
        }
    }
    assert_eq!(found, blocks);
    let _repository = verify_repo(data, &did(), &key().public(), RepoLimits::default())
        .map(|repository| repository.take_while(Result::is_ok).count());
});
