//! Where: what a location record says, understood.
//!
//! A [`Location`] holds a text and the name of the way it is written in. [`Geometry::of`] reads the text by
//! that way and gives a [`Shape`] on Earth, a [`Country`] or [`Words`](Geometry::Words); or says, as a
//! [`PlaceError`], why the text is not what the record says it is.
//!
//! | `locationType` | What the text is |
//! |---|---|
//! | `coordinate-decimal` | latitude, longitude in decimal degrees; `coordinate-decimal+lon-lat` turns them round |
//! | `geojson-point` | a GeoJSON Point, or a Feature with one |
//! | `geojson` | any GeoJSON (RFC 7946); `geojson-line` and `geojson-polygon` ask for that one kind |
//! | `wkt` | Well-Known Text, longitude first |
//! | `h3` | the name of an H3 cell, `8928308280fffff` |
//! | `geohash` | a geohash of 1 to 12 characters |
//! | `country-code` | two capital letters of ISO 3166-1 |
//! | `address` | words |
//! | `scaledCoordinates` | whole numbers, longitude first: see [`scaled`](self#scaled-coordinates) |
//!
//! The Location Protocol leaves the order of decimal coordinates to a modifier of newer names; the plain name
//! is older and means latitude first.
//!
//! # Scaled coordinates
//!
//! The Location Protocol writes them as JSON lists of whole numbers, whose depth tells a point (`[x, y]`),
//! a line (`[[x, y], …]`; an area if it ends where it began) or an area with its holes
//! (`[[[x, y], …], …]`). The scale is left to whoever writes; its own examples count millionths of a degree,
//! and so do we. `{"x": …, "y": …, "scale": …}`, which names the scale, is read too.
//!
//! # Bounds
//!
//! A text of at most 100,000 bytes, nested at most 8 deep, with at most 5,000 points. Nothing here
//! knows where countries end, what an address means, or any coordinate system but WGS 84.

mod cell;
mod coordinates;
mod country;
mod error;
mod geojson;
mod meet;
mod path;
mod point;
mod shape;
mod system;
mod wkt;

pub use country::Country;
pub use error::{Fault, PlaceError};
pub use meet::{Doubt, Effort, Intersection, intersects, intersects_within};
pub use point::Point;
pub use shape::{Outline, Shape};

use crate::certified::{Location, Place};

/// Longest text that is read, in bytes.
const MAX_TEXT: usize = 100_000;
/// Objects or parentheses inside each other.
const MAX_DEPTH: usize = 8;
/// Points of one place in all.
const MAX_POINTS: usize = 5_000;

/// A place that is understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// Points, lines and areas on Earth.
    Shape(Shape),
    Country(Country),
    /// An address, or whatever else people call the place.
    Words(String),
}

impl Geometry {
    /// Reads the place of a record by the way it says it is written.
    ///
    /// # Errors
    /// See [`PlaceError`]; [`PlaceError::is_fault`] tells whether the record is wrong, or only not readable here.
    pub fn of(location: &Location) -> Result<Self, PlaceError> {
        match &location.location {
            Place::Text(text) => {
                Self::parse(&location.location_type, location.srs.as_str(), &text.string)
            }
            Place::Uri(_) | Place::File(_) | Place::Unknown(_) => Err(PlaceError::Elsewhere),
        }
    }

    /// Reads `text`, written in the way `location_type`, in the coordinate system `srs`.
    ///
    /// # Errors
    /// As [`Geometry::of`].
    pub fn parse(location_type: &str, srs: &str, text: &str) -> Result<Self, PlaceError> {
        let read = reader(location_type)
            .ok_or_else(|| PlaceError::UnknownType(error::shortened(location_type)))?;
        if read.is_drawn() && !system::is_wgs84(srs) {
            return Err(PlaceError::UnknownSystem(error::shortened(srs)));
        }
        read.read(text).map_err(|fault| PlaceError::Unreadable {
            location_type: error::shortened(location_type),
            fault,
        })
    }

    /// The place in a few words: `2.5° S, 40.5° E`, `an area of 12 corners around …`, `Kenya`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Shape(shape) => shape.words(),
            Self::Country(country) => country.name().to_owned(),
            Self::Words(words) => words.clone(),
        }
    }

    /// The shape, if the place can be drawn.
    #[must_use]
    pub fn shape(&self) -> Option<&Shape> {
        match self {
            Self::Shape(shape) => Some(shape),
            Self::Country(_) | Self::Words(_) => None,
        }
    }
}

/// How to read one way of writing a place.
enum Reader {
    Shape(fn(&str) -> Result<Shape, Fault>),
    Country,
    Address,
}

fn reader(location_type: &str) -> Option<Reader> {
    Some(match location_type {
        "coordinate-decimal" | "coordinate-decimal+lat-lon" => {
            Reader::Shape(coordinates::latitude_first)
        }
        "coordinate-decimal+lon-lat" => Reader::Shape(coordinates::longitude_first),
        "scaledCoordinates" => Reader::Shape(coordinates::scaled),
        "geojson-point" => Reader::Shape(geojson::point),
        "geojson-line" => Reader::Shape(geojson::line),
        "geojson-polygon" => Reader::Shape(geojson::polygon),
        "geojson" => Reader::Shape(geojson::any),
        "wkt" => Reader::Shape(wkt::read),
        "h3" => Reader::Shape(cell::h3),
        "geohash" => Reader::Shape(cell::geohash),
        "country-code" => Reader::Country,
        "address" => Reader::Address,
        _ => return None,
    })
}

impl Reader {
    /// Whether a coordinate system means anything for it.
    fn is_drawn(&self) -> bool {
        matches!(self, Self::Shape(_))
    }

    fn read(&self, text: &str) -> Result<Geometry, Fault> {
        if text.len() > MAX_TEXT {
            return Err(Fault::TooLong(text.len()));
        }
        match (self, text.trim()) {
            (_, "") => Err(Fault::Empty),
            (Self::Shape(read), text) => read(text).map(Geometry::Shape),
            (Self::Country, code) => Country::parse(code).map(Geometry::Country),
            (Self::Address, words) => Ok(Geometry::Words(words.to_owned())),
        }
    }
}
