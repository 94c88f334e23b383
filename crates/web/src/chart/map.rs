//! Where: points and outlines on a plain map of the world, one unit a degree (plate carrée).
//!
//! The coastline is Natural Earth's, simplified; the picture is served from our own assets, so no
//! tile server learns what is being read.

use askama::Template;
use askama::filters::HtmlSafe;
use hypercerts_records::place::{Outline, Point, Shape};

use crate::assets;

/// North and south edges of the drawing: Antarctica is left out unless somebody worked there.
const NORTH: f64 = 84.0;
const SOUTH: f64 = -60.0;
const POLE: f64 = -90.0;

/// A smaller shape than this many degrees cannot be seen on a map of the world.
const VISIBLE: f64 = 3.0;
/// All the way round the Earth, in degrees.
const TURN: f64 = 360.0;

/// What is drawn of one place: an outline when it is large enough, else a mark at its middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    middle: Point,
    /// An SVG path in degrees.
    outline: Option<String>,
}

impl Mark {
    pub fn of(shape: &Shape) -> Self {
        let outline =
            (shape.span() >= VISIBLE).then(|| shape.outlines().iter().map(path).collect());
        Self { middle: shape.middle(), outline: outline.filter(|path: &String| !path.is_empty()) }
    }

    fn x(&self) -> f64 {
        self.middle.longitude()
    }

    /// North counts upward on Earth, downward in a drawing.
    fn y(&self) -> f64 {
        -self.middle.latitude()
    }
}

/// An outline; one that runs on over an edge of the map comes in again at the other.
fn path(outline: &Outline) -> String {
    let beyond = |side: f64| outline.corners.iter().any(|(x, _)| x * side > TURN / 2.0);
    let mut path = drawn(outline, 0.0);
    for side in [1.0, -1.0] {
        if beyond(side) {
            path.push_str(&drawn(outline, -side * TURN));
        }
    }
    path
}

fn drawn(outline: &Outline, shift: f64) -> String {
    let step = |(place, (x, y)): (usize, &(f64, f64))| {
        let command = if place == 0 { 'M' } else { 'L' };
        format!("{command}{:.2} {:.2}", x + shift, -y)
    };
    let end = if outline.closed { "Z" } else { "" };
    outline.corners.iter().enumerate().map(step).collect::<String>() + end
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
        let deepest = marks.iter().map(|mark| -mark.y()).fold(SOUTH, f64::min);
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
    use hypercerts_records::place::Geometry;

    fn mark(wkt: &str) -> Mark {
        let place = Geometry::parse("wkt", "urn:ogc:def:crs:OGC:1.3:CRS84", wkt).expect("a place");
        Mark::of(place.shape().expect("a shape"))
    }

    #[test]
    fn only_what_can_be_seen_is_drawn() {
        assert_eq!(mark("POLYGON((0 0, 1 0, 1 1, 0 0))").outline, None);
        assert_eq!(mark("MULTIPOINT((0 0), (50 50))").outline, None);
        let land = mark("POLYGON((0 0, 10 0, 10 5, 0 0))").outline;
        assert_eq!(land.as_deref(), Some("M0.00 -0.00L10.00 -0.00L10.00 -5.00Z"));
        let line = mark("LINESTRING(0 0, 10 5)").outline;
        assert_eq!(line.as_deref(), Some("M0.00 -0.00L10.00 -5.00"));
    }

    #[test]
    fn what_lies_on_both_edges_of_the_map_is_drawn_at_both() {
        let fiji = mark("POLYGON((177 -19, -178 -19, -178 -16, 177 -19))");
        assert_eq!((fiji.x(), fiji.y()), (179.5, 17.5));
        let expected = "M177.00 19.00L182.00 19.00L182.00 16.00Z\
                        M-183.00 19.00L-178.00 19.00L-178.00 16.00Z";
        assert_eq!(fiji.outline.as_deref(), Some(expected));
    }

    #[test]
    fn the_far_south_is_drawn_only_when_needed() {
        let height = |latitude: i32| {
            Map::of(vec![mark(&format!("POINT(0 {latitude})"))]).map(|map| map.height())
        };
        assert_eq!(height(10), Some(144.0));
        assert_eq!(height(-75), Some(174.0));
        assert!(Map::of(Vec::new()).is_none());
    }
}
