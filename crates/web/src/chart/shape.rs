//! Shapes on Earth, read from GeoJSON (RFC 7946) within bounds: points, lines and areas, in words and
//! as outlines on the map.
//!
//! Only the outer edge of an area is kept: its holes change neither the words nor what can be seen.

use serde_json::Value;

use super::map::Point;

/// Bounds on what is read: bytes of text, objects inside objects, and points in all.
const MAX_TEXT: usize = 100_000;
const MAX_DEPTH: usize = 6;
const MAX_POINTS: usize = 5_000;

/// A smaller shape than this many degrees cannot be seen on a map of the world.
const VISIBLE: f64 = 3.0;

/// One or more parts of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Point(Point),
    Line(Vec<Point>),
    /// The corners, without the first again at the end.
    Area(Vec<Point>),
}

impl Part {
    fn points(&self) -> &[Point] {
        match self {
            Self::Point(point) => std::slice::from_ref(point),
            Self::Line(points) | Self::Area(points) => points,
        }
    }
}

/// North, south, east and west edges in degrees.
struct Extent {
    south: f64,
    north: f64,
    west: f64,
    east: f64,
}

impl Shape {
    /// Reads a GeoJSON text; `None` for anything that is none, or that is out of bounds.
    pub fn from_geojson(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let json: Value = serde_json::from_str(text).ok()?;
        let mut reader = Reader { parts: Vec::new(), left: MAX_POINTS };
        reader.object(&json, MAX_DEPTH)?;
        (!reader.parts.is_empty()).then_some(Self { parts: reader.parts })
    }

    /// `an area of 5 corners around 17.33° N, 96.49° W`.
    pub fn words(&self) -> String {
        let middle = self.middle().words();
        match self.parts.as_slice() {
            [Part::Point(_)] => format!("a point at {middle}"),
            [Part::Line(points)] => format!("a line of {} points around {middle}", points.len()),
            [Part::Area(points)] => format!("an area of {} corners around {middle}", points.len()),
            parts => format!("{} {} around {middle}", parts.len(), kind_of_all(parts)),
        }
    }

    /// The middle of its extent, to a hundredth of a degree.
    pub fn middle(&self) -> Point {
        let Extent { south, north, west, east } = self.extent();
        let rounded = |degrees: f64| (degrees * 100.0).round() / 100.0;
        let middle = Point::new(rounded((south + north) / 2.0), rounded((west + east) / 2.0));
        middle.unwrap_or(self.parts[0].points()[0])
    }

    /// The outline as an SVG path in degrees, when it is large enough to be seen.
    pub fn outline(&self) -> Option<String> {
        let Extent { south, north, west, east } = self.extent();
        if (north - south).max(east - west) < VISIBLE {
            return None;
        }
        let paths = self.parts.iter().map(|part| match part {
            Part::Point(_) => String::new(),
            Part::Line(points) => path(points),
            Part::Area(points) => path(points) + "Z",
        });
        Some(paths.collect::<String>()).filter(|path| !path.is_empty())
    }

    fn extent(&self) -> Extent {
        let points = || self.parts.iter().flat_map(Part::points);
        let least = |of: fn(&Point) -> f64| points().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&Point) -> f64| points().map(of).fold(f64::NEG_INFINITY, f64::max);
        Extent {
            south: least(Point::latitude),
            north: most(Point::latitude),
            west: least(Point::longitude),
            east: most(Point::longitude),
        }
    }
}

fn kind_of_all(parts: &[Part]) -> &'static str {
    match parts[0] {
        Part::Point(_) if parts.iter().all(|part| matches!(part, Part::Point(_))) => "points",
        Part::Line(_) if parts.iter().all(|part| matches!(part, Part::Line(_))) => "lines",
        Part::Area(_) if parts.iter().all(|part| matches!(part, Part::Area(_))) => "areas",
        _ => "shapes",
    }
}

/// North counts upward on Earth, downward in a drawing.
fn path(points: &[Point]) -> String {
    let step = |(place, point): (usize, &Point)| {
        let command = if place == 0 { 'M' } else { 'L' };
        format!("{command}{:.2} {:.2}", point.longitude(), -point.latitude())
    };
    points.iter().enumerate().map(step).collect()
}

/// Collects parts until there are too many points.
struct Reader {
    parts: Vec<Part>,
    left: usize,
}

impl Reader {
    fn object(&mut self, json: &Value, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match json.get("type")?.as_str()? {
            "Feature" => self.object(json.get("geometry")?, depth),
            "FeatureCollection" => {
                let mut features = json.get("features")?.as_array()?.iter();
                features.try_for_each(|feature| self.object(feature, depth))
            }
            "GeometryCollection" => {
                let mut geometries = json.get("geometries")?.as_array()?.iter();
                geometries.try_for_each(|geometry| self.object(geometry, depth))
            }
            kind => self.geometry(kind, json.get("coordinates")?),
        }
    }

    fn geometry(&mut self, kind: &str, coordinates: &Value) -> Option<()> {
        match kind {
            "Point" => self.point(coordinates),
            "LineString" => self.line(coordinates),
            "Polygon" => self.area(coordinates),
            "MultiPoint" => coordinates.as_array()?.iter().try_for_each(|part| self.point(part)),
            "MultiLineString" => {
                coordinates.as_array()?.iter().try_for_each(|part| self.line(part))
            }
            "MultiPolygon" => coordinates.as_array()?.iter().try_for_each(|part| self.area(part)),
            _ => None,
        }
    }

    fn point(&mut self, coordinates: &Value) -> Option<()> {
        let point = self.position(coordinates)?;
        self.parts.push(Part::Point(point));
        Some(())
    }

    fn line(&mut self, coordinates: &Value) -> Option<()> {
        let points = self.positions(coordinates)?;
        (points.len() >= 2).then(|| self.parts.push(Part::Line(points)))
    }

    /// Rings: the first is the outer edge, which ends where it began.
    fn area(&mut self, rings: &Value) -> Option<()> {
        let mut corners = self.positions(rings.as_array()?.first()?)?;
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        (corners.len() >= 3).then(|| self.parts.push(Part::Area(corners)))
    }

    fn positions(&mut self, list: &Value) -> Option<Vec<Point>> {
        list.as_array()?.iter().map(|position| self.position(position)).collect()
    }

    /// Longitude first, and whatever comes after the latitude is left.
    fn position(&mut self, position: &Value) -> Option<Point> {
        self.left = self.left.checked_sub(1)?;
        let numbers = position.as_array()?;
        Point::new(numbers.get(1)?.as_f64()?, numbers.first()?.as_f64()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Option<String> {
        Shape::from_geojson(text).map(|shape| shape.words().replace('\u{a0}', " "))
    }

    const FIELD: &str = r#"{"type":"Polygon","coordinates":[[[-96.5,17.3],[-96.48,17.3],[-96.47,17.33],[-96.48,17.36],[-96.5,17.36],[-96.5,17.3]]]}"#;

    #[test]
    fn shapes_are_said_in_words() {
        for (text, expected) in [
            (FIELD.to_owned(), "an area of 5 corners around 17.33° N, 96.49° W"),
            (
                format!(r#"{{"type":"Feature","properties":null,"geometry":{FIELD}}}"#),
                "an area of 5 corners around 17.33° N, 96.49° W",
            ),
            (
                r#"{"type":"Point","coordinates":[40.5,-2.5,3]}"#.to_owned(),
                "a point at 2.5° S, 40.5° E",
            ),
            (
                r#"{"type":"MultiPoint","coordinates":[[0,0],[2,2]]}"#.to_owned(),
                "2 points around 1° N, 1° E",
            ),
            (
                r#"{"type":"LineString","coordinates":[[0,0],[2,2]]}"#.to_owned(),
                "a line of 2 points around 1° N, 1° E",
            ),
            (
                format!(
                    r#"{{"type":"GeometryCollection","geometries":[{FIELD},{{"type":"Point","coordinates":[-96.5,17.3]}}]}}"#
                ),
                "2 shapes around 17.33° N, 96.49° W",
            ),
        ] {
            assert_eq!(words(&text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_shape_on_earth_is_refused() {
        for text in [
            "",
            "{}",
            "null",
            "[1,2]",
            r#"{"type":"Sphere"}"#,
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#,
            r#"{"type":"Point","coordinates":[999,0]}"#,
            r#"{"type":"Point","coordinates":["0","0"]}"#,
            r#"{"type":"FeatureCollection","features":[]}"#,
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }

    #[test]
    fn size_depth_and_number_of_points_are_bounded() {
        assert_eq!(words(&"[".repeat(50_000)), None);
        assert_eq!(words(&format!("{FIELD}{}", " ".repeat(MAX_TEXT))), None);
        let many = |count: usize| {
            format!(r#"{{"type":"MultiPoint","coordinates":[{}]}}"#, vec!["[1,2]"; count].join(","))
        };
        assert!(words(&many(MAX_POINTS)).is_some() && words(&many(MAX_POINTS + 1)).is_none());
        let nested = (0..MAX_DEPTH).fold(FIELD.to_owned(), |inner, _| {
            format!(r#"{{"type":"GeometryCollection","geometries":[{inner}]}}"#)
        });
        assert_eq!(words(&nested), None);
    }

    #[test]
    fn only_what_can_be_seen_is_drawn() {
        assert_eq!(Shape::from_geojson(FIELD).and_then(|shape| shape.outline()), None);
        let land = r#"{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,5],[0,0]]]}"#;
        let outline = Shape::from_geojson(land).and_then(|shape| shape.outline());
        assert_eq!(outline.as_deref(), Some("M0.00 -0.00L10.00 -0.00L10.00 -5.00Z"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(kind in "(Point|LineString|Polygon|MultiPolygon|Feature)", inner in r"[\[\]0-9.,\-]{0,40}") {
            if let Some(shape) = Shape::from_geojson(&format!(r#"{{"type":"{kind}","coordinates":{inner}}}"#)) {
                prop_assert!(!shape.words().is_empty());
                shape.outline();
            }
        }
    }
}
