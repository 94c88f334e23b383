//! Places: every way to write one is read; what cannot be read says why; whether two meet.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bounds;
mod meeting;
mod properties;
mod reading;
mod refusals;
mod round_the_earth;

use hypercerts_lexicon::{Datetime, Uri};
use hypercerts_records::place::{Geometry, PlaceError, Shape};
use hypercerts_records::{Location, Place, PlaceText};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// A location record with a text in place.
fn location(location_type: &str, text: &str) -> Location {
    let place = Place::Text(PlaceText::new(text.to_owned()));
    let at = Datetime::parse("2025-03-14T10:00:00Z").unwrap();
    let srs = Uri::parse(CRS84).unwrap();
    Location::new("1.0".to_owned(), srs, location_type.to_owned(), place, at)
}

fn read(location_type: &str, text: &str) -> Result<Geometry, PlaceError> {
    Geometry::of(&location(location_type, text))
}

fn shape(location_type: &str, text: &str) -> Shape {
    read(location_type, text).unwrap().shape().unwrap().clone()
}

/// What people are told, with spaces that break.
fn words(location_type: &str, text: &str) -> String {
    read(location_type, text).unwrap().words().replace('\u{a0}', " ")
}

fn why_not(location_type: &str, text: &str) -> String {
    read(location_type, text).expect_err(text).to_string()
}
