//! A way of writing places, a coordinate system and a text, with zero bytes between.
#![no_main]

use hypercerts_fuzz::parts;
use hypercerts_records::place::{Geometry, intersects};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some([way, system, text]) = parts(data) else { return };
    let place = match Geometry::parse(way, system, text) {
        Ok(place) => place,
        Err(error) => return drop(error.to_string()),
    };
    assert!(!place.words().is_empty() || text.trim().is_empty());
    if let Some(shape) = place.shape() {
        let middle = shape.middle();
        assert!(
            (-90.0..=90.0).contains(&middle.latitude())
                && (-180.0..=180.0).contains(&middle.longitude())
        );
        let _drawn = (shape.outlines().len(), shape.span());
    }
    let _itself = intersects(&place, &place);
});
