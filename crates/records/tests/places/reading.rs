//! One beach in Kenya, written in every way there is.

use hypercerts_lexicon::{Datetime, Uri};
use hypercerts_records::place::Geometry;
use hypercerts_records::{Location, Place, PlaceText};

use crate::{read, shape, words};

const FIELD: &str = r#"{"type":"Polygon","coordinates":[[[-96.5,17.3],[-96.48,17.3],[-96.47,17.33],[-96.48,17.36],[-96.5,17.36],[-96.5,17.3]]]}"#;

#[test]
fn one_point_in_all_notations() {
    for (location_type, text) in [
        ("coordinate-decimal", "-2.5, 40.5"),
        ("coordinate-decimal", "[-2.5 40.5]"),
        ("coordinate-decimal", "-2.5;40.5"),
        ("coordinate-decimal+lat-lon", "-2.5,40.5"),
        ("coordinate-decimal+lon-lat", "[40.5, -2.5]"),
        ("geojson-point", r#"{"type":"Point","coordinates":[40.5,-2.5]}"#),
        (
            "geojson-point",
            r#"{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[40.5,-2.5]}}"#,
        ),
        ("geojson", r#"{"type":"Point","coordinates":[40.5,-2.5,3]}"#),
        ("wkt", "POINT (40.5 -2.5)"),
        ("wkt", "point z(40.5 -2.5 3)"),
        ("wkt", "SRID=4326;POINT(40.5 -2.5)"),
        ("scaledCoordinates", "[40500000, -2500000]"),
        ("scaledCoordinates", r#"{"x": 405, "y": -25, "scale": 10}"#),
    ] {
        assert_eq!(words(location_type, text), "2.5° S, 40.5° E", "{location_type} {text}");
    }
}

#[test]
fn shapes_are_said_in_words() {
    for (location_type, text, expected) in [
        ("geojson", FIELD, "an area of 5 corners around 17.33° N, 96.49° W"),
        ("geojson-polygon", FIELD, "an area of 5 corners around 17.33° N, 96.49° W"),
        (
            "geojson",
            r#"{"type":"MultiPoint","coordinates":[[0,0],[2,2]]}"#,
            "2 points around 1° N, 1° E",
        ),
        (
            "geojson-line",
            r#"{"type":"LineString","coordinates":[[0,0],[2,2]]}"#,
            "a line of 2 points around 1° N, 1° E",
        ),
        (
            "geojson",
            r#"{"type":"FeatureCollection","features":[
                {"type":"Feature","geometry":{"type":"Point","coordinates":[0,0]}},
                {"type":"Feature","geometry":null},
                {"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[
                    {"type":"MultiLineString","coordinates":[[[0,0],[2,2]]]}]}}]}"#,
            "2 shapes around 1° N, 1° E",
        ),
        (
            "geojson",
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[2,2],[4,2],[4,4],[2,2]]]]}"#,
            "2 areas around 2° N, 2° E",
        ),
        (
            "wkt",
            "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1))",
            "an area of 4 corners around 2° N, 2° E",
        ),
        (
            "wkt",
            "GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(0 0, 2 2))",
            "2 shapes around 1° N, 1° E",
        ),
        ("wkt", "MULTIPOINT((0 0),(2 2))", "2 points around 1° N, 1° E"),
        ("scaledCoordinates", "[[0,0],[2000000,2000000]]", "a line of 2 points around 1° N, 1° E"),
        (
            "scaledCoordinates",
            "[[-74000000,40700000],[-74100000,40700000],[-74100000,40800000],[-74000000,40800000],[-74000000,40700000]]",
            "an area of 4 corners around 40.75° N, 74.05° W",
        ),
        (
            "scaledCoordinates",
            "[[[0,0],[4000000,0],[4000000,4000000],[0,0]],[[2000000,1000000],[3000000,1000000],[3000000,2000000]]]",
            "an area of 3 corners around 2° N, 2° E",
        ),
    ] {
        assert_eq!(words(location_type, text), expected, "{text}");
    }
}

#[test]
fn cells_of_grids_are_areas() {
    assert_eq!(
        words("h3", "8928308280fffff"),
        "an area of 6 corners around 37.7767° N, 122.4185° W"
    );
    assert_eq!(words("geohash", "u4pruy"), "an area of 4 corners around 57.648° N, 10.4095° E");
    assert_eq!(words("geohash", "U4PRUY"), words("geohash", "u4pruy"));
    let beach = shape("geohash", "kzf0tvg");
    assert!(beach.span() < 0.01 && beach.span() > 0.001);
}

#[test]
fn countries_and_addresses_are_words() {
    for (code, name) in [
        ("KE", "Kenya"),
        ("CH", "Switzerland"),
        ("CI", "Côte d’Ivoire"),
        ("ZW", "Zimbabwe"),
        ("AD", "Andorra"),
    ] {
        assert_eq!(words("country-code", code), name);
    }
    assert_eq!(words("address", " Gazi Bay, Kenya "), "Gazi Bay, Kenya");
    assert!(read("address", "Kisumu").unwrap().shape().is_none());
}

#[test]
fn a_coordinate_system_counts_only_where_there_are_coordinates() {
    let read_in = |srs: &str, location_type: &str, text: &str| {
        let place = Place::Text(PlaceText::new(text.to_owned()));
        let at = Datetime::parse("2025-03-14T10:00:00Z").unwrap();
        let (srs, kind) = (Uri::parse(srs).unwrap(), location_type.to_owned());
        Geometry::of(&Location::new("1.0".to_owned(), srs, kind, place, at))
    };
    let mercator = "http://www.opengis.net/def/crs/EPSG/0/3857";
    assert!(read_in(mercator, "country-code", "KE").is_ok());
    assert!(read_in(mercator, "address", "Kisumu").is_ok());
    let error = read_in(mercator, "coordinate-decimal", "1, 2").unwrap_err();
    assert!(!error.is_fault() && error.to_string().contains("3857"), "{error}");
    for known in [
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "https://www.opengis.net/def/crs/OGC/0/CRS84h",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "http://www.opengis.net/def/crs/EPSG/9.9.1/4326",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "https://epsg.io/4326",
        "http://spatialreference.org/ref/epsg/4326/",
        "EPSG:4326",
        "epsg:4326",
    ] {
        assert!(read_in(known, "coordinate-decimal", "1, 2").is_ok(), "{known}");
    }
}
