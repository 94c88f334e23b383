//! Why a place is not understood, said so that its author can mend it.

use super::{MAX_DEPTH, MAX_POINTS, MAX_TEXT};

/// Longest piece of a record that an error repeats.
const MAX_SHOWN: usize = 60;

/// Why a location record gives no place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// A page or a file holds the place.
    #[error("the place is not in the record itself, but in a page or file that it names")]
    Elsewhere,
    #[error(
        "“{0}” is a way of writing places that is not known here; coordinate-decimal, geojson, wkt, h3, \
         geohash, country-code and address are"
    )]
    UnknownType(String),
    #[error(
        "its coordinates are in the system “{0}”, which cannot be drawn here; \
         http://www.opengis.net/def/crs/OGC/1.3/CRS84 can"
    )]
    UnknownSystem(String),
    #[error("its text is not what “{location_type}” asks for: {fault}")]
    Unreadable { location_type: String, fault: Fault },
}

impl PlaceError {
    /// Whether the record contradicts itself, so that nobody can read it.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Unreadable { .. })
    }
}

/// Where a text departs from the way it should be written in.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("it is empty")]
    Empty,
    #[error("it has {0} bytes; at most {MAX_TEXT} are read, so simplify the shape")]
    TooLong(usize),
    #[error("it nests deeper than {MAX_DEPTH} levels; write the shape flat")]
    TooDeep,
    #[error("it has more than {MAX_POINTS} points; simplify the shape")]
    TooManyPoints,
    #[error(
        "the latitude {0} is not between -90 and 90 degrees, so the two may be in the wrong order"
    )]
    Latitude(f64),
    #[error("the longitude {0} is not between -180 and 180 degrees")]
    Longitude(f64),
    #[error("write two numbers in decimal degrees, {0}")]
    NotCoordinates(&'static str),
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error("{0}")]
    NotGeoJson(&'static str),
    #[error("it holds a {found}, not a {wanted}; the type “geojson” takes every kind")]
    AnotherKind { found: String, wanted: &'static str },
    #[error("a line needs two points or more")]
    ShortLine,
    #[error("the edge of an area needs three corners or more")]
    ShortRing,
    #[error("it names no point at all")]
    NoPoints,
    #[error("{0}; a point is written POINT (40.5 -2.5), longitude first")]
    NotWkt(String),
    #[error("“{0}” names no H3 cell; one looks like 8928308280fffff")]
    NotACell(String),
    #[error(
        "“{0}” is no geohash: 1 to 12 characters, each a digit or a small letter but a, i, l and o"
    )]
    NotAGeohash(String),
    #[error("“{0}” is no country code of ISO 3166-1; one is two capital letters, like KE")]
    NotACountry(String),
    #[error(
        "write whole numbers of millionths of a degree, longitude first, like [40500000, -2500000], or name \
         the scale: {{\"x\": 405, \"y\": -25, \"scale\": 10}}"
    )]
    NotScaled,
}

/// The beginning of a text from a record.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
