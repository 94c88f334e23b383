//! Shapes on Earth: how far they reach, what to call them, how to draw them.

use super::Point;
use super::path::{Coord, Part};

/// A smaller shape than this many degrees is said more precisely.
const SMALL: f64 = 0.02;

/// Points, lines and areas; at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    parts: Vec<Part>,
    extent: Extent,
}

/// A line to draw, or the outer edge of an area.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Degrees east and north. Longitudes run on: a shape across the 180th meridian has some beyond 180.
    pub corners: Vec<(f64, f64)>,
    /// Whether the last corner is joined to the first.
    pub closed: bool,
}

/// Edges in degrees; `west` ≤ `east`, which may lie beyond 180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    south: f64,
    north: f64,
    west: f64,
    east: f64,
}

impl From<Point> for Shape {
    fn from(point: Point) -> Self {
        let part = Part::Point(Coord { x: point.longitude(), y: point.latitude() });
        let extent = Extent::of(&part);
        Self { parts: vec![part], extent }
    }
}

impl Shape {
    /// `None` if there is no part.
    pub(super) fn of(parts: Vec<Part>) -> Option<Self> {
        let extents: Vec<Extent> = parts.iter().map(Extent::of).collect();
        let extent = Extent::around(&extents)?;
        Some(Self { parts, extent })
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// `2.5° S, 40.5° E`; `an area of 5 corners around 17.33° N, 96.49° W`.
    #[must_use]
    pub fn words(&self) -> String {
        let middle = self.middle();
        match self.parts.as_slice() {
            [Part::Point(_)] => middle.to_string(),
            [Part::Line(points)] => format!("a line of {} points around {middle}", points.len()),
            [Part::Area(rings)] => {
                format!("an area of {} corners around {middle}", rings[0].len())
            }
            parts => format!("{} {} around {middle}", parts.len(), kind_of_all(parts)),
        }
    }

    /// The middle of all the shape reaches over, to a hundredth of a degree, or finer for small shapes. Where
    /// the shape lies on both sides of the 180th meridian, so may its middle.
    #[must_use]
    pub fn middle(&self) -> Point {
        let Extent { south, north, west, east } = self.extent;
        let exact = self.parts.len() == 1 && matches!(self.parts[0], Part::Point(_));
        let digits = if exact {
            1e9
        } else if self.span() < SMALL {
            1e4
        } else {
            1e2
        };
        let rounded = |degrees: f64| (degrees * digits).round() / digits;
        let (latitude, longitude) = (rounded((south + north) / 2.0), (west + east) / 2.0);
        Point::new(latitude, rounded(on_earth(longitude))).expect(
            "invariant: the middle of latitudes in range, and a longitude brought back into it",
        )
    }

    /// How many degrees the shape reaches over, in the direction in which it is longest.
    #[must_use]
    pub fn span(&self) -> f64 {
        let Extent { south, north, west, east } = self.extent;
        (north - south).max(east - west)
    }

    /// What to draw of lines and areas; holes are left out, points have no outline.
    #[must_use]
    pub fn outlines(&self) -> Vec<Outline> {
        let outline = |part: &Part| Outline {
            corners: part.outline().iter().map(|coord| (coord.x, coord.y)).collect(),
            closed: matches!(part, Part::Area(_)),
        };
        let drawn = self.parts.iter().filter(|part| !matches!(part, Part::Point(_)));
        drawn.map(outline).collect()
    }
}

fn kind_of_all(parts: &[Part]) -> &'static str {
    let all = |is: fn(&Part) -> bool| parts.iter().all(is);
    if all(|part| matches!(part, Part::Point(_))) {
        "points"
    } else if all(|part| matches!(part, Part::Line(_))) {
        "lines"
    } else if all(|part| matches!(part, Part::Area(_))) {
        "areas"
    } else {
        "shapes"
    }
}

/// A longitude that ran on, back between -180 and 180.
fn on_earth(longitude: f64) -> f64 {
    match (longitude + 180.0).rem_euclid(360.0) - 180.0 {
        -180.0 => longitude.clamp(-180.0, 180.0),
        inside => inside,
    }
}

impl Extent {
    pub(super) fn of(part: &Part) -> Self {
        let coords = part.outline();
        let least = |of: fn(&Coord) -> f64| coords.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&Coord) -> f64| coords.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        Self {
            south: least(|coord| coord.y),
            north: most(|coord| coord.y),
            west: least(|coord| coord.x),
            east: most(|coord| coord.x),
        }
    }

    /// The least extent around all: the widest empty stretch of longitudes stays outside.
    fn around(extents: &[Self]) -> Option<Self> {
        let mut spans: Vec<(f64, f64)> = extents.iter().map(Self::longitudes).collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let &(first, mut reach) = spans.first()?;
        let (mut gap, mut begin) = (0.0, first);
        for &(west, east) in &spans {
            if west - reach > gap {
                (gap, begin) = (west - reach, west);
            }
            reach = reach.max(east);
        }
        if first + 360.0 - reach >= gap {
            begin = first;
        }
        let come_round =
            |&(west, east): &(f64, f64)| if west < begin { east + 360.0 } else { east };
        let east = spans.iter().map(come_round).fold(begin, f64::max).min(begin + 360.0);
        let least = extents.iter().map(|extent| extent.south).fold(f64::INFINITY, f64::min);
        let most = extents.iter().map(|extent| extent.north).fold(f64::NEG_INFINITY, f64::max);
        Some(Self { south: least, north: most, west: begin, east })
    }

    /// West and east edges, the west one between -180 and 180.
    fn longitudes(&self) -> (f64, f64) {
        let west = on_earth(self.west);
        (west, west + (self.east - self.west))
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.south <= other.north
            && other.south <= self.north
            && self.west <= other.east
            && other.west <= self.east
    }

    pub(super) fn moved(self, by: f64) -> Self {
        Self { west: self.west + by, east: self.east + by, ..self }
    }

    /// Around two points.
    pub(super) fn between(a: Coord, b: Coord) -> Self {
        Self { south: a.y.min(b.y), north: a.y.max(b.y), west: a.x.min(b.x), east: a.x.max(b.x) }
    }
}
