//! Where: the places a claim names, in words and, where they can be drawn, on the map.

use hypercerts_index::view::{Group, Related};
use hypercerts_records::{Location, Place, Record};

use super::tie::{Tie, ties};
use crate::chart::map::{Map, Mark, Point};
use crate::chart::shape::Shape;
use crate::format::link::{self, Outside};

/// A longer code than this is no code, and is left to the record.
const LONGEST_CODE: usize = 200;

/// One place.
#[derive(Clone, Debug)]
pub struct PlaceView {
    pub name: Option<String>,
    pub description: Option<String>,
    pub position: Option<Position>,
    /// Where the shape is, when it is not in the record.
    pub elsewhere: Option<Outside>,
    pub href: String,
    mark: Option<Mark>,
}

/// Where a place is, as its record writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// Coordinates or an address, as people say them.
    Words(String),
    /// A code, and which one it is: `geohash`, `wkt`.
    Code { notation: String, code: String },
    /// Nothing that can be said here; the record holds it.
    Unreadable,
}

/// The places of a group, in its order.
pub fn places(group: &Group<Related>) -> Vec<PlaceView> {
    let pick = |record| match record {
        Record::Location(location) => Some(location),
        _ => None,
    };
    ties(group, pick).iter().map(place).collect()
}

/// The places that can be drawn.
pub fn map(places: &[PlaceView]) -> Option<Map> {
    Map::of(places.iter().filter_map(|place| place.mark.clone()).collect())
}

fn place(tie: &Tie<'_, Location>) -> PlaceView {
    let location = &tie.record;
    let written = match &location.location {
        Place::Text(text) => Some(text.string.as_str()),
        Place::Uri(_) | Place::File(_) | Place::Unknown(_) => None,
    };
    let elsewhere = match &location.location {
        Place::Uri(page) => Some(Outside::of(page.uri.as_str())),
        Place::Text(_) | Place::File(_) | Place::Unknown(_) => None,
    };
    let (position, mark) = written.map(|text| read(&location.location_type, text)).unzip();
    PlaceView {
        name: location.name.clone(),
        description: location.description.clone(),
        position,
        elsewhere,
        href: link::record(&tie.view.uri),
        mark: mark.flatten(),
    }
}

/// What a text means under a notation: in words, and on the map where it can be drawn.
fn read(notation: &str, text: &str) -> (Position, Option<Mark>) {
    match notation {
        "coordinate-decimal" => match Point::parse(text) {
            Some(point) => (Position::Words(point.words()), Some(Mark { point, outline: None })),
            None => (code(notation, text), None),
        },
        "geojson-point" | "geojson" => match Shape::from_geojson(text) {
            Some(shape) => {
                let mark = Mark { point: shape.middle(), outline: shape.outline() };
                (Position::Words(shape.words()), Some(mark))
            }
            None => (Position::Unreadable, None),
        },
        "address" => (Position::Words(text.to_owned()), None),
        _ => (code(notation, text), None),
    }
}

/// A text in a notation that is not read here. JSON and long texts are for programs.
fn code(notation: &str, text: &str) -> Position {
    let code = text.trim();
    if code.is_empty() || code.len() > LONGEST_CODE || code.starts_with(['{', '[']) {
        return Position::Unreadable;
    }
    Position::Code { notation: notation.to_owned(), code: code.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_of_one_place_lead_to_one_point() {
        let expected = Point::new(-2.5, 40.5);
        let point = |notation, text| read(notation, text).1.map(|mark| mark.point);
        assert_eq!(point("coordinate-decimal", "-2.5,40.5"), expected);
        assert_eq!(
            point("geojson-point", r#"{"type":"Point","coordinates":[40.5,-2.5]}"#),
            expected
        );
        let feature =
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[40.5,-2.5,3]}}"#;
        assert_eq!(point("geojson", feature), expected);
    }

    #[test]
    fn a_code_is_shown_as_a_code() {
        let shown = |notation: &str, code: &str| Position::Code {
            notation: notation.to_owned(),
            code: code.to_owned(),
        };
        assert_eq!(read("geohash", "kzf0t"), (shown("geohash", "kzf0t"), None));
        assert_eq!(read("wkt", "POINT(40 -2)"), (shown("wkt", "POINT(40 -2)"), None));
        assert_eq!(read("address", "Kisumu").0, Position::Words("Kisumu".to_owned()));
    }

    #[test]
    fn json_and_long_texts_never_stand_in_running_text() {
        for (notation, text) in [
            ("geojson", r#"{"type":"Polygon","coordinates":[]}"#),
            ("geojson-point", r#"{"type":"Point","coordinates":[999,0]}"#),
            ("mine", r#"{"cells":["8928308280fffff"]}"#),
            ("wkt", &format!("POLYGON(({}))", "1 2, ".repeat(100))),
        ] {
            assert_eq!(read(notation, text), (Position::Unreadable, None), "{text}");
        }
    }
}
