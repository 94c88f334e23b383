//! Whether two places meet.

use hypercerts_records::place::{Doubt, Effort, Intersection, intersects, intersects_within};

use crate::read;

fn meet(a: (&str, &str), b: (&str, &str)) -> Intersection {
    let (a, b) = (read(a.0, a.1).unwrap(), read(b.0, b.1).unwrap());
    let answer = intersects(&a, &b);
    assert_eq!(answer, intersects(&b, &a), "it matters who is asked first");
    answer
}

fn shapes(a: &str, b: &str) -> Intersection {
    meet(("wkt", a), ("wkt", b))
}

const SQUARE: &str = "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))";
const RING: &str = "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (2 2, 7 2, 7 7, 2 7, 2 2))";

#[test]
fn shapes_that_share_ground_meet() {
    for other in [
        "POINT(1 1)",
        "POINT(0 0)",
        "POINT(2 0)",
        "LINESTRING(-1 -1, 5 5)",
        "LINESTRING(1 1, 2 2)",
        "POLYGON((1 1, 2 1, 2 2, 1 1))",
        "POLYGON((-9 -9, 9 -9, 9 9, -9 9, -9 -9))",
        "POLYGON((4 0, 8 0, 8 4, 4 4, 4 0))",
        "MULTIPOINT((50 50), (1 1))",
    ] {
        assert_eq!(shapes(SQUARE, other), Intersection::Yes, "{other}");
    }
}

#[test]
fn shapes_apart_do_not() {
    for other in [
        "POINT(4.0001 1)",
        "LINESTRING(-1 2, -1 9)",
        "LINESTRING(5 -1, 9 9)",
        "POLYGON((5 5, 6 5, 6 6, 5 5))",
        "POLYGON((4.5 -1, 9 -1, 9 9, 4.5 9, 4.5 -1))",
    ] {
        assert_eq!(shapes(SQUARE, other), Intersection::No, "{other}");
    }
    assert_eq!(shapes("POINT(1 1)", "POINT(1 1)"), Intersection::Yes);
    assert_eq!(shapes("POINT(1 1)", "POINT(1 1.1)"), Intersection::No);
}

#[test]
fn what_lies_in_a_hole_is_outside() {
    assert_eq!(shapes(RING, "POINT(4 4)"), Intersection::No);
    assert_eq!(shapes(RING, "POLYGON((3 3, 5 3, 5 5, 3 3))"), Intersection::No);
    assert_eq!(shapes(RING, "POINT(1 1)"), Intersection::Yes);
    assert_eq!(shapes(RING, "POLYGON((3 3, 8 3, 5 5, 3 3))"), Intersection::Yes);
}

#[test]
fn the_meridian_is_no_border() {
    let fiji = "POLYGON((177 -19, -178 -19, -178 -16, 177 -16, 177 -19))";
    for inside in ["POINT(179.9 -17)", "POINT(-179.9 -17)", "POINT(180 -17)", "POINT(-180 -17)"] {
        assert_eq!(shapes(fiji, inside), Intersection::Yes, "{inside}");
    }
    for outside in ["POINT(0 -17)", "POINT(-177 -17)", "POINT(176 -17)"] {
        assert_eq!(shapes(fiji, outside), Intersection::No, "{outside}");
    }
    assert_eq!(shapes("POINT(180 1)", "POINT(-180 1)"), Intersection::Yes);
    let holed = "POLYGON((170 -19, -170 -19, -170 -10, 170 -10, 170 -19), (-179 -15, -178 -15, -178 -14, -179 -15))";
    assert_eq!(shapes(holed, "POINT(-178.1 -14.5)"), Intersection::No);
    assert_eq!(shapes(holed, "POINT(-175 -14.5)"), Intersection::Yes);
}

#[test]
fn countries_are_told_apart_by_their_codes() {
    let country = |a, b| meet(("country-code", a), ("country-code", b));
    assert_eq!(country("KE", "KE"), Intersection::Yes);
    assert_eq!(country("KE", "TZ"), Intersection::No);
    assert_eq!(country("FR", "RE"), Intersection::CannotTell(Doubt::Territory));
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let beach = ("coordinate-decimal", "-2.5, 40.5");
    assert_eq!(meet(("country-code", "KE"), beach), Intersection::CannotTell(Doubt::Borders));
    assert_eq!(meet(("address", "Kisumu"), beach), Intersection::CannotTell(Doubt::Words));
    let address = |a, b| meet(("address", a), ("address", b));
    assert_eq!(address("Gazi  Bay, Kenya", "gazi bay, kenya"), Intersection::Yes);
    assert_eq!(address("Gazi Bay", "Kisumu"), Intersection::CannotTell(Doubt::Words));
}

#[test]
fn too_much_detail_is_given_up_and_bounds_add_up() {
    let zigzag = |shift: f64| {
        let point = |at: usize| format!("{:.4} {}", at as f64 / 100.0 + shift, at % 2);
        let points: Vec<String> = (0..4_900).map(point).collect();
        read("wkt", &format!("LINESTRING({})", points.join(","))).unwrap()
    };
    let (one, other) = (zigzag(0.0), read("wkt", "LINESTRING(0 2, 49 2)").unwrap());
    assert_eq!(intersects(&one, &other), Intersection::No);
    let mut effort = Effort::default();
    let mut answers = (0..20).map(|_| intersects_within(&one, &zigzag(0.0), &mut effort));
    assert!(answers.any(|answer| answer == Intersection::CannotTell(Doubt::TooDetailed)));
}
