//! Where: points and outlines on a plain map of the world, one unit a degree (plate carrée).
//!
//! The coastline is Natural Earth's, simplified; the picture is served from our own assets, so no
//! tile server learns what is being read.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::assets;

/// North and south edges of the drawing: Antarctica is left out unless somebody worked there.
const NORTH: f64 = 84.0;
const SOUTH: f64 = -60.0;
const POLE: f64 = -90.0;

/// A point in degrees, in range by construction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    latitude: f64,
    longitude: f64,
}

impl Point {
    /// A point on Earth; `None` for anything that is not.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let inside = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        inside.then_some(Self { latitude, longitude })
    }

    /// Reads `latitude, longitude` in decimal degrees, with a comma or a space between.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        let (latitude, longitude) = (parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Self::new(latitude.parse().ok()?, longitude.parse().ok()?)
    }

    /// `2.5312° S, 40.5247° E`.
    pub fn words(&self) -> String {
        let half = |degrees: f64, plus, minus| {
            format!("{}°\u{a0}{}", degrees.abs(), if degrees < 0.0 { minus } else { plus })
        };
        format!("{}, {}", half(self.latitude, "N", "S"), half(self.longitude, "E", "W"))
    }

    /// Degrees north.
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub fn longitude(&self) -> f64 {
        self.longitude
    }

    /// North counts upward on Earth, downward in a drawing.
    fn y(&self) -> f64 {
        -self.latitude
    }
}

/// What is drawn of one place: an outline when it is large enough, else a mark at its middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub point: Point,
    /// An SVG path in degrees.
    pub outline: Option<String>,
}

/// The map with its places.
#[derive(Clone, Debug, Template)]
#[template(path = "part/map.html")]
pub struct Map {
    marks: Vec<Mark>,
    south: f64,
}

impl HtmlSafe for Map {}

impl Map {
    /// Draws the places; `None` when there is none to draw.
    pub fn of(marks: Vec<Mark>) -> Option<Self> {
        let deepest = marks.iter().map(|mark| mark.point.latitude).fold(SOUTH, f64::min);
        let south = if deepest < SOUTH { POLE } else { SOUTH };
        (!marks.is_empty()).then_some(Self { marks, south })
    }

    fn top(&self) -> f64 {
        -NORTH
    }

    fn height(&self) -> f64 {
        NORTH - self.south
    }

    fn label(&self) -> String {
        let places = crate::format::count(self.marks.len(), "place", "places");
        format!("World map with {places} marked")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_coordinates_are_read_and_said() {
        let point = Point::parse("-2.5312, 40.5247").expect("a point");
        assert_eq!(point.words(), "2.5312°\u{a0}S, 40.5247°\u{a0}E");
        assert_eq!(
            Point::parse("52.5 -0.25").map(|p| p.words()).as_deref(),
            Some("52.5°\u{a0}N, 0.25°\u{a0}W")
        );
    }

    #[test]
    fn places_that_are_not_on_earth_are_refused() {
        for text in ["999, 0", "0, 181", "NaN, 0", "inf, 0", "1", "1, 2, 3", "", "north, east"] {
            assert_eq!(Point::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_far_south_is_drawn_only_when_needed() {
        let height = |latitude| {
            let mark = |point| Mark { point, outline: None };
            Map::of(Point::new(latitude, 0.0).map(mark).into_iter().collect())
                .map(|map| map.height())
        };
        assert_eq!(height(10.0), Some(144.0));
        assert_eq!(height(-75.0), Some(174.0));
        assert!(Map::of(Vec::new()).is_none());
    }
}
