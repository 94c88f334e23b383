//! Shapes across the 180th meridian, and round a pole.

use crate::{shape, words};

#[test]
fn a_field_on_both_sides_of_the_meridian_has_its_middle_there() {
    for text in [
        // Run on over the line, drawn westwards, and cut in two as RFC 7946 asks for.
        "POLYGON((179 -17, -179 -17, -179 -16, 179 -16, 179 -17))",
        "POLYGON((-179 -17, 179 -17, 179 -16, -179 -16, -179 -17))",
        "MULTIPOLYGON(((179 -17, 180 -17, 180 -16, 179 -16, 179 -17)), ((-180 -17, -179 -17, -179 -16, -180 -16, -180 -17)))",
        "MULTIPOINT((179 -17), (-179 -16))",
        "LINESTRING(179 -17, -179 -16)",
    ] {
        let shape = shape("wkt", text);
        let middle = shape.middle();
        assert_eq!((middle.latitude(), middle.longitude().abs()), (-16.5, 180.0), "{text}");
        assert!((shape.span() - 2.0).abs() < 1e-9, "{text}: {}", shape.span());
    }
}

#[test]
fn its_outline_runs_on_over_the_meridian() {
    let shape = shape("wkt", "POLYGON((179 -17, -179 -17, -179 -16, 179 -17))");
    let [outline] = shape.outlines().try_into().unwrap();
    assert!(outline.closed);
    assert_eq!(outline.corners, [(179.0, -17.0), (181.0, -17.0), (181.0, -16.0)]);
}

#[test]
fn what_lies_far_apart_keeps_the_shorter_way_around_it() {
    assert_eq!(words("wkt", "MULTIPOINT((-10 0), (10 0))"), "2 points around 0° N, 0° E");
    assert_eq!(words("wkt", "MULTIPOINT((170 0), (-120 0))"), "2 points around 0° N, 155° W");
    assert_eq!(words("wkt", "MULTIPOINT((-100 0), (0 0), (100 0))"), "3 points around 0° N, 0° E");
}

#[test]
fn the_whole_world_is_not_folded_up() {
    let world = shape("wkt", "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))");
    assert_eq!(world.span(), 360.0);
    assert_eq!((world.middle().latitude(), world.middle().longitude()), (0.0, 0.0));
}

#[test]
fn a_ring_round_a_pole_holds_the_pole() {
    let arctic = shape("wkt", "POLYGON((0 70, 90 70, 180 70, -90 70, 0 70))");
    assert_eq!(arctic.span(), 360.0);
    let corners = &arctic.outlines()[0].corners;
    assert!(corners.contains(&(0.0, 90.0)) && corners.contains(&(360.0, 90.0)));
}
