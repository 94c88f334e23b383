//! Where: the places a claim names, in words and, where they are points, on the map.

use hypercerts_index::view::{Group, Related};
use hypercerts_records::{Location, Place, Record};

use super::tie::{Tie, ties};
use crate::chart::map::{Map, Point};
use crate::format::link::{self, Outside};

/// One place.
#[derive(Clone, Debug)]
pub struct PlaceView {
    pub name: Option<String>,
    pub description: Option<String>,
    /// Coordinates, an address, a code: as words, or as written.
    pub position: Option<String>,
    /// How the position is written, when it is not set as coordinates.
    pub notation: Option<String>,
    /// Where the shape is, when it is not in the record.
    pub elsewhere: Option<Outside>,
    pub href: String,
    point: Option<Point>,
}

/// The places of a group, in its order.
pub fn places(group: &Group<Related>) -> Vec<PlaceView> {
    let pick = |record| match record {
        Record::Location(location) => Some(location),
        _ => None,
    };
    ties(group, pick).iter().map(place).collect()
}

/// The points among the places, drawn.
pub fn map(places: &[PlaceView]) -> Option<Map> {
    Map::of(places.iter().filter_map(|place| place.point).collect())
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
    let point = written.and_then(|text| point(&location.location_type, text));
    PlaceView {
        name: location.name.clone(),
        description: location.description.clone(),
        position: point.map(|point| point.words()).or(written.map(str::to_owned)),
        notation: point.is_none().then(|| location.location_type.clone()),
        elsewhere,
        href: link::record(&tie.view.uri),
        point,
    }
}

/// The point that a text means under the notations that can be drawn.
fn point(notation: &str, text: &str) -> Option<Point> {
    match notation {
        "coordinate-decimal" => Point::parse(text),
        "geojson-point" | "geojson" => geojson_point(text),
        _ => None,
    }
}

/// A GeoJSON point, alone or as a feature's geometry: longitude first.
fn geojson_point(text: &str) -> Option<Point> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let geometry = json.get("geometry").unwrap_or(&json);
    if geometry.get("type")?.as_str()? != "Point" {
        return None;
    }
    let coordinates = geometry.get("coordinates")?.as_array()?;
    Point::new(coordinates.get(1)?.as_f64()?, coordinates.first()?.as_f64()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_of_one_place_lead_to_one_point() {
        let expected = Point::new(-2.5, 40.5);
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
    fn what_is_no_point_is_left_in_words() {
        assert_eq!(point("country-code", "KE"), None);
        assert_eq!(point("geojson", r#"{"type":"Polygon","coordinates":[]}"#), None);
        assert_eq!(point("geojson", &"[".repeat(100_000)), None);
        assert_eq!(point("geojson-point", r#"{"type":"Point","coordinates":[999,0]}"#), None);
    }
}
