//! What holds whatever the text says.

use hypercerts_records::place::{Geometry, Intersection, intersects};
use proptest::prelude::*;

use crate::{CRS84, read};

const TYPES: [&str; 12] = [
    "coordinate-decimal",
    "coordinate-decimal+lon-lat",
    "geojson-point",
    "geojson-line",
    "geojson-polygon",
    "geojson",
    "wkt",
    "h3",
    "geohash",
    "address",
    "country-code",
    "scaledCoordinates",
];

/// Everything that can be asked of a place.
fn use_it(geometry: &Geometry) {
    assert!(!geometry.words().is_empty());
    if let Some(shape) = geometry.shape() {
        let middle = shape.middle();
        assert!(middle.latitude().abs() <= 90.0 && middle.longitude().abs() <= 180.0);
        assert!(shape.span() >= 0.0 && shape.span() <= 360.0 + 1e-9, "{}", shape.span());
        assert!(shape.outlines().len() <= 5_000);
    }
    let itself = intersects(geometry, geometry);
    assert_eq!(itself, Intersection::Yes, "{geometry:?} does not meet itself");
}

fn any_wkt() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
        "(",
        ")",
        "((",
        "))",
        ",",
        " ",
        "1",
        "-2.5",
        "179",
        "-179",
        "1e400",
        "EMPTY",
        "Z",
        "NaN",
        "é",
    ]);
    prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

fn any_point() -> impl Strategy<Value = (f64, f64)> {
    ((-90_000_i32..=90_000), (-180_000_i32..=180_000))
        .prop_map(|(latitude, longitude)| (f64::from(latitude) / 1e3, f64::from(longitude) / 1e3))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(kind in prop::sample::select(&TYPES[..]), text in ".{0,80}") {
        if let Ok(place) = read(kind, &text) {
            use_it(&place);
        }
    }

    #[test]
    fn no_brackets_and_numbers_make_it_panic(
        kind in prop::sample::select(&TYPES[..]),
        text in r#"[\[\]{}0-9.,\-e "xyscalet:]{0,60}"#,
    ) {
        if let Ok(place) = read(kind, &text) {
            use_it(&place);
        }
    }

    #[test]
    fn no_geojson_makes_it_panic(
        kind in "(Point|LineString|Polygon|MultiPolygon|MultiPoint|Feature)",
        inner in r"[\[\]0-9.,\-]{0,40}",
    ) {
        if let Ok(place) = read("geojson", &format!(r#"{{"type":"{kind}","coordinates":{inner}}}"#)) {
            use_it(&place);
        }
    }

    #[test]
    fn no_well_known_text_makes_it_panic(text in any_wkt()) {
        if let Ok(place) = read("wkt", &text) {
            use_it(&place);
        }
    }

    #[test]
    fn no_coordinate_system_makes_it_panic(srs in ".{0,60}") {
        let _ = Geometry::parse("wkt", &srs, "POINT(1 1)");
        prop_assert!(Geometry::parse("wkt", CRS84, "POINT(1 1)").is_ok());
    }

    #[test]
    fn a_point_is_the_same_in_every_notation((latitude, longitude) in any_point()) {
        let texts = [
            ("coordinate-decimal", format!("{latitude}, {longitude}")),
            ("coordinate-decimal+lon-lat", format!("{longitude} {latitude}")),
            ("geojson", format!(r#"{{"type":"Point","coordinates":[{longitude},{latitude}]}}"#)),
            ("wkt", format!("POINT({longitude} {latitude})")),
            ("scaledCoordinates", format!("[{:.0}, {:.0}]", longitude * 1e6, latitude * 1e6)),
        ];
        for (kind, text) in texts {
            let place = read(kind, &text).unwrap();
            let middle = place.shape().unwrap().middle();
            prop_assert_eq!((middle.latitude(), middle.longitude()), (latitude, longitude), "{} {}", kind, text);
        }
    }

    #[test]
    fn a_triangle_and_a_point_meet_alike_from_both_sides(
        a in any_point(), b in any_point(), c in any_point(), point in any_point(),
    ) {
        let corner = |(latitude, longitude): (f64, f64)| format!("{longitude} {latitude}");
        let ring = [a, b, c, a].map(corner).join(",");
        let triangle = read("wkt", &format!("POLYGON(({ring}))")).unwrap();
        use_it(&triangle);
        let point = read("wkt", &format!("POINT({})", corner(point))).unwrap();
        prop_assert_eq!(intersects(&triangle, &point), intersects(&point, &triangle));
        let on_edge = read("wkt", &format!("POINT({})", corner(a))).unwrap();
        prop_assert_eq!(intersects(&triangle, &on_edge), Intersection::Yes);
    }

    #[test]
    fn cells_hold_their_middle((latitude, longitude) in any_point(), length in 1_usize..=12) {
        let position = h3o::LatLng::new(latitude, longitude).unwrap();
        let cell = position.to_cell(h3o::Resolution::Nine);
        let cell = read("h3", &cell.to_string()).unwrap();
        use_it(&cell);
        let hash = geohash::encode(geohash::Coord { x: longitude, y: latitude }, length).unwrap();
        let hash = read("geohash", &hash).unwrap();
        let point = read("coordinate-decimal", &format!("{latitude},{longitude}")).unwrap();
        prop_assert_eq!(intersects(&hash, &point), Intersection::Yes);
    }
}
