//! Where: the places a claim names, in words and, where they can be drawn, on the map.

use hypercerts_index::view::{Group, Related};
use hypercerts_records::place::{Geometry, PlaceError};
use hypercerts_records::{Location, Place, Record};

use super::tie::{Tie, ties};
use crate::chart::map::{Map, Mark};
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
    let understood = Geometry::of(location);
    let elsewhere = match &location.location {
        Place::Uri(page) => Some(Outside::of(page.uri.as_str())),
        Place::Text(_) | Place::File(_) | Place::Unknown(_) => None,
    };
    PlaceView {
        name: location.name.clone(),
        description: location.description.clone(),
        mark: understood.as_ref().ok().and_then(Geometry::shape).map(Mark::of),
        position: position(location, understood),
        elsewhere,
        href: link::record(&tie.view.uri),
    }
}

/// What stands in the record of where the place is; `None` if that is elsewhere.
fn position(location: &Location, understood: Result<Geometry, PlaceError>) -> Option<Position> {
    match (understood, &location.location) {
        (Ok(place), _) => Some(Position::Words(place.words())),
        (Err(PlaceError::Elsewhere), _) => None,
        (Err(PlaceError::Unreadable { .. }), _) => Some(Position::Unreadable),
        (Err(_), Place::Text(text)) => Some(code(&location.location_type, &text.string)),
        (Err(_), _) => None,
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
    use hypercerts_lexicon::{Datetime, Uri};
    use hypercerts_records::PlaceText;

    fn read(notation: &str, text: &str) -> Option<Position> {
        let place = Place::Text(PlaceText::new(text.to_owned()));
        let at = Datetime::parse("2025-03-14T10:00:00Z").expect("a datetime");
        let srs = Uri::parse("urn:ogc:def:crs:OGC:1.3:CRS84").expect("a URI");
        let location = Location::new("1.0".to_owned(), srs, notation.to_owned(), place, at);
        position(&location, Geometry::of(&location))
    }

    fn words(text: &str) -> Option<Position> {
        Some(Position::Words(text.replace(' ', "\u{a0}").replace(",\u{a0}", ", ")))
    }

    #[test]
    fn notations_of_one_place_are_said_in_the_same_words() {
        let beach = words("2.5° S, 40.5° E");
        assert_eq!(read("coordinate-decimal", "-2.5,40.5"), beach);
        assert_eq!(read("geojson-point", r#"{"type":"Point","coordinates":[40.5,-2.5]}"#), beach);
        assert_eq!(read("wkt", "POINT(40.5 -2.5)"), beach);
        assert_eq!(read("address", "Kisumu"), words("Kisumu"));
        assert_eq!(read("country-code", "KE"), words("Kenya"));
    }

    #[test]
    fn a_code_that_is_not_read_here_is_shown_as_a_code() {
        let shown = |notation: &str, code: &str| {
            Some(Position::Code { notation: notation.to_owned(), code: code.to_owned() })
        };
        assert_eq!(read("mine", "a7 b9"), shown("mine", "a7 b9"));
    }

    #[test]
    fn json_and_long_texts_never_stand_in_running_text() {
        for (notation, text) in [
            ("geojson", r#"{"type":"Polygon","coordinates":[]}"#),
            ("geojson-point", r#"{"type":"Point","coordinates":[999,0]}"#),
            ("mine", r#"{"cells":["8928308280fffff"]}"#),
            ("mine", &"1 2, ".repeat(100)),
        ] {
            assert_eq!(read(notation, text), Some(Position::Unreadable), "{text}");
        }
    }
}
