//! What is not what it says it is, and what the author is told.

use hypercerts_lexicon::Uri;
use hypercerts_records::place::{Fault, PlaceError};
use hypercerts_records::{Place, UriObject};

use crate::{location, read, why_not};

#[test]
fn every_refusal_says_what_is_wrong_and_how_to_mend_it() {
    for (location_type, text, said) in [
        ("coordinate-decimal", "", "empty"),
        ("coordinate-decimal", "north, east", "latitude first, like"),
        ("coordinate-decimal", "1", "two numbers"),
        ("coordinate-decimal", "1, 2, 3", "two numbers"),
        ("coordinate-decimal", "NaN, 0", "latitude NaN"),
        ("coordinate-decimal", "inf, 0", "between -90 and 90"),
        ("coordinate-decimal", "120.5, -2.5", "in the wrong order"),
        ("coordinate-decimal", "0, 181", "longitude 181"),
        ("geojson", "not json", "not JSON"),
        ("geojson", "[1,2]", "no GeoJSON object"),
        ("geojson", "null", "no GeoJSON object"),
        ("geojson", r#"{"type":"Sphere","coordinates":[]}"#, "none that GeoJSON knows"),
        ("geojson", r#"{"type":"Point"}"#, "needs “coordinates”"),
        ("geojson", r#"{"type":"Point","coordinates":[999,0]}"#, "longitude 999"),
        ("geojson", r#"{"type":"Point","coordinates":["0","0"]}"#, "two numbers"),
        ("geojson", r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#, "three corners"),
        ("geojson", r#"{"type":"Polygon","coordinates":[]}"#, "no point at all"),
        ("geojson", r#"{"type":"FeatureCollection","features":[]}"#, "no point at all"),
        (
            "geojson-point",
            r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#,
            "a LineString, not a Point",
        ),
        ("wkt", "POINT 40 -2", "longitude first"),
        ("wkt", "POINT(40 -2", "other half"),
        ("wkt", "POINT(40 -2) and more", "after its end"),
        ("wkt", "POINT EMPTY", "no point at all"),
        ("wkt", "LINESTRING EMPTY", "no point at all"),
        ("wkt", "SRID=3857;POINT(1 1)", "only SRID=4326"),
        ("h3", "8928308280ffff", "no H3 cell"),
        ("h3", "89:28", "looks like 8928308280fffff"),
        ("geohash", "aaa", "no geohash"),
        ("geohash", "u4pruydqqvjju4pruydqqvj", "1 to 12 characters"),
        ("country-code", "ke", "two capital letters"),
        ("country-code", "XX", "“XX” is no country code"),
        ("country-code", "Kenya", "like KE"),
        ("scaledCoordinates", "[40.5, -2.5]", "whole numbers"),
        ("scaledCoordinates", "[999000000, 0]", "longitude 999"),
        ("scaledCoordinates", r#"{"x":1,"y":1,"scale":0}"#, "name the scale"),
        ("scaledCoordinates", "[]", "whole numbers"),
    ] {
        let error = read(location_type, text).expect_err(text);
        assert!(error.is_fault(), "{location_type} {text}: {error}");
        assert!(error.to_string().contains(said), "{location_type} {text}: {error}");
        assert!(error.to_string().contains(location_type), "{error}");
    }
}

#[test]
fn what_is_only_unknown_here_is_no_fault_of_the_record() {
    let unknown = read("what3words", "index.home.raft").unwrap_err();
    assert!(!unknown.is_fault() && unknown.to_string().contains("what3words"), "{unknown}");
    let mut elsewhere = location("geojson", "");
    elsewhere.location = Place::Uri(UriObject::new(Uri::parse("https://maps.example/1").unwrap()));
    let error = hypercerts_records::place::Geometry::of(&elsewhere).unwrap_err();
    assert_eq!(error, PlaceError::Elsewhere);
    assert!(!error.is_fault());
}

#[test]
fn an_error_repeats_little_of_a_long_text() {
    let error = why_not("country-code", &"K".repeat(50_000));
    assert!(error.len() < 400, "{}", error.len());
    let PlaceError::Unreadable { fault: Fault::NotACountry(shown), .. } =
        read("country-code", &"é".repeat(1000)).unwrap_err()
    else {
        panic!("another error")
    };
    assert!(shown.ends_with('…'));
}
