//! CAR files: what is written is read, in pieces of any size, and what is wrong is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use bytes::Bytes;
use common::record;
use hypercerts_lexicon::Cid;
use hypercerts_repo::Block;
use hypercerts_repo::car::{
    CarDecoder, CarError, CarLimits, CarReader, encode_block, encode_car, encode_header, read_all,
};
use proptest::prelude::*;

fn two_blocks() -> Vec<(Cid, Bytes)> {
    vec![record("one"), record("two")]
}

fn read(car: &[u8]) -> Result<(Vec<Cid>, Vec<Block>), CarError> {
    read_all(car, CarLimits::default())
}

#[test]
fn a_car_without_roots_holds_loose_blocks() {
    let (cid, bytes) = record("loose");
    let car = [encode_header(None), encode_block(&cid, &bytes)].concat();
    assert_eq!(read(&car).unwrap(), (vec![], vec![(cid, bytes)]));
    let reader = CarReader::new(&car[..], CarLimits::default()).unwrap();
    assert!(matches!(reader.root(), Err(CarError::NoRoot)));
}

#[test]
fn raw_blocks_are_read_too() {
    let bytes = Bytes::from_static(b"an image");
    let cid = Cid::of_raw(&bytes);
    let car = encode_car(&cid, &[(cid, bytes.clone())]);
    assert_eq!(read(&car).unwrap().1, [(cid, bytes)]);
}

#[test]
fn a_forged_block_is_refused_wherever_it_stands() {
    let mut blocks = two_blocks();
    blocks[1].1 = Bytes::from_static(b"\xa1\x61aforged");
    let car = encode_car(&blocks[0].0, &blocks);
    match read(&car) {
        Err(CarError::WrongHash { cid, .. }) => assert_eq!(cid, blocks[1].0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_cut_is_noticed_except_between_blocks() {
    let blocks = two_blocks();
    let car = encode_car(&blocks[0].0, &blocks);
    let ends = [
        encode_car(&blocks[0].0, &blocks[..0]).len(),
        encode_car(&blocks[0].0, &blocks[..1]).len(),
    ];
    for cut in 0..car.len() {
        let outcome = read(&car[..cut]);
        if ends.contains(&cut) {
            assert!(outcome.is_ok(), "cut at {cut}");
        } else {
            assert!(
                matches!(outcome, Err(CarError::Truncated { .. })),
                "cut at {cut}: {outcome:?}"
            );
        }
        let by_reader = CarReader::new(&car[..cut], CarLimits::default())
            .and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
        assert_eq!(by_reader.is_ok(), ends.contains(&cut));
    }
}

#[test]
fn lengths_are_limited_before_anything_is_kept() {
    let header = encode_header(Some(&record("root").0));
    for (length, expected) in [
        (&b"\xff\xff\xff\xff\x0f"[..], "too long for a block"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "ten bytes of varint"),
        (b"\x81\x00", "not the shortest form"),
        (b"\x00", "no room for a CID"),
        (b"\x23", "one byte short of a CID"),
    ] {
        let car = [&header[..], length].concat();
        let refused = read(&car).unwrap_err();
        let right = matches!(refused, CarError::BlockSize { .. } | CarError::BadLength { .. });
        assert!(right, "{expected}: {refused}");
    }
    assert!(matches!(read(b"\x00"), Err(CarError::HeaderSize { .. })));
    assert!(matches!(read(b"\xff\xff\xff\x0f"), Err(CarError::HeaderSize { .. })));
}

#[test]
fn a_cid_of_another_kind_is_refused() {
    let (cid, bytes) = record("x");
    let good = encode_car(&cid, &[(cid, bytes)]);
    let at = encode_header(Some(&cid)).len() + 1;
    for (offset, byte) in [(0, 0), (1, 0x70), (2, 0x13), (3, 0x1f)] {
        let mut car = good.clone();
        car[at + offset] = byte;
        assert!(matches!(read(&car), Err(CarError::BadCid { .. })), "byte {offset}");
    }
}

#[test]
fn only_the_one_header_is_taken() {
    for header in [
        &b"\xa0"[..],                                 // {}
        b"\xa1\x67version\x01",                       // no roots
        b"\xa2\x65roots\x80\x67version\x02",          // version 2
        b"\xa2\x65roots\x81\x01\x67version\x01",      // a root that is a number
        b"\xa3\x61a\x01\x65roots\x80\x67version\x01", // one field more
        b"\xa2\x67version\x01\x65roots\x80",          // fields out of order
        b"\xa2\x65roots\x9f\xff\x67version\x01",      // a list without length
        b"\x80",
    ] {
        let car = [&[header.len() as u8][..], header].concat();
        assert!(matches!(read(&car), Err(CarError::BadHeader { .. })), "{header:02x?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_in_pieces_of_any_size(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..20),
        piece in 1usize..500,
    ) {
        let blocks: Vec<_> = contents
            .into_iter()
            .map(|bytes| (Cid::of_raw(&bytes), Bytes::from(bytes)))
            .collect();
        let car = encode_car(&blocks[0].0, &blocks);
        let mut decoder = CarDecoder::new(CarLimits::default());
        let mut read = Vec::new();
        for piece in car.chunks(piece) {
            decoder.push(piece);
            while let Some(block) = decoder.next_block().unwrap() {
                read.push(block);
            }
        }
        decoder.finish().unwrap();
        prop_assert_eq!(decoder.roots().unwrap().unwrap(), &[blocks[0].0][..]);
        prop_assert_eq!(read, blocks);
    }

    #[test]
    fn no_input_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let after_header = [encode_header(None), bytes].concat();
        let _ = read(&after_header);
    }

    #[test]
    fn no_damage_makes_the_reader_panic_or_lie(at in 0usize..300, bit in 0u8..8) {
        let blocks = two_blocks();
        let mut car = encode_car(&blocks[0].0, &blocks);
        let at = at % car.len();
        car[at] ^= 1 << bit;
        if let Ok((_, read)) = read(&car) {
            prop_assert!(read.iter().all(|(cid, bytes)| cid.matches(bytes)));
        }
    }
}
