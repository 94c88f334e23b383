//! However long, deep or full a text is, it is answered at once.

use std::time::{Duration, Instant};

use hypercerts_records::place::{Fault, PlaceError};

use crate::{read, why_not};

fn fault(location_type: &str, text: &str) -> Fault {
    match read(location_type, text) {
        Err(PlaceError::Unreadable { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_that_is_too_long_is_not_looked_at() {
    let long = format!("1, 2{}", " ".repeat(100_000));
    for location_type in ["coordinate-decimal", "geojson", "wkt", "address", "country-code"] {
        assert_eq!(fault(location_type, &long), Fault::TooLong(100_004));
    }
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let collections = "GEOMETRYCOLLECTION(".repeat(3_000) + "POINT(1 1)" + &")".repeat(3_000);
    assert_eq!(fault("wkt", &collections), Fault::TooDeep);
    assert!(read("wkt", "GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 1)))").is_ok());
    let nest = |times: usize| {
        (0..times).fold(r#"{"type":"Point","coordinates":[1,1]}"#.to_owned(), |inner, _| {
            format!(r#"{{"type":"GeometryCollection","geometries":[{inner}]}}"#)
        })
    };
    assert!(read("geojson", &nest(7)).is_ok());
    assert_eq!(fault("geojson", &nest(8)), Fault::TooDeep);
    assert!(why_not("geojson", &"[".repeat(50_000)).contains("not JSON"));
    assert!(why_not("scaledCoordinates", &"[".repeat(50_000)).contains("not JSON"));
}

#[test]
fn a_shape_has_a_bounded_number_of_points() {
    let many = |count: usize| {
        format!(r#"{{"type":"MultiPoint","coordinates":[{}]}}"#, vec!["[1,2]"; count].join(","))
    };
    assert!(read("geojson", &many(5_000)).is_ok());
    assert_eq!(fault("geojson", &many(5_001)), Fault::TooManyPoints);
    let line = format!("LINESTRING({})", vec!["1 2"; 5_001].join(","));
    assert_eq!(fault("wkt", &line), Fault::TooManyPoints);
}

#[test]
fn the_largest_texts_take_no_time() {
    let begin = Instant::now();
    let _ = read("geojson", &format!("[{}1]", "1,".repeat(49_000)));
    let _ = read("scaledCoordinates", &format!("[{}[1,1]]", "[1,1],".repeat(16_000)));
    let _ = read("wkt", &format!("POINT({})", "1 ".repeat(49_000)));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}
