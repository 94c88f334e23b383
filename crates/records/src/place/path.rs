//! Positions put together to the parts of a shape.
//!
//! Longitudes begin anew at 180°. Inside a part they *run on* instead: a field from 179° E to 179° W
//! lies between 179 and 181. A step of more than half the Earth is taken the short way round; one of the whole
//! way, from -180 to 180, is meant as it stands, as an outline of the world map is drawn.

use super::{Fault, MAX_POINTS, Point, Shape};

/// Longitude and latitude, as a text gives them.
pub(super) type Position = (f64, f64);
pub(super) type Positions = Vec<Position>;

const TURN: f64 = 360.0;

/// Degrees; `x` runs on past 180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coord {
    pub x: f64,
    pub y: f64,
}

impl Coord {
    fn moved(self, by: f64) -> Self {
        Self { x: self.x + by, y: self.y }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Point(Coord),
    /// Two points or more.
    Line(Vec<Coord>),
    /// Rings of three corners or more, the first not repeated at the end: the outer edge, then holes.
    Area(Vec<Vec<Coord>>),
}

impl Part {
    /// The point, the line, or the outer edge.
    pub(super) fn outline(&self) -> &[Coord] {
        match self {
            Self::Point(point) => std::slice::from_ref(point),
            Self::Line(points) => points,
            Self::Area(rings) => &rings[0],
        }
    }

    pub(super) fn moved(&self, by: f64) -> Self {
        let path = |path: &Vec<Coord>| path.iter().map(|coord| coord.moved(by)).collect();
        match self {
            Self::Point(point) => Self::Point(point.moved(by)),
            Self::Line(points) => Self::Line(path(points)),
            Self::Area(rings) => Self::Area(rings.iter().map(path).collect()),
        }
    }
}

/// Collects parts until there are too many points.
pub(super) struct Collector {
    parts: Vec<Part>,
    left: usize,
}

impl Default for Collector {
    fn default() -> Self {
        Self { parts: Vec::new(), left: MAX_POINTS }
    }
}

impl Collector {
    pub(super) fn point(&mut self, position: Position) -> Result<(), Fault> {
        let point = self.coord(position)?;
        self.parts.push(Part::Point(point));
        Ok(())
    }

    /// A line; one without any point is left out.
    pub(super) fn line(&mut self, positions: Positions) -> Result<(), Fault> {
        match positions.len() {
            0 => Ok(()),
            1 => Err(Fault::ShortLine),
            _ => {
                let (line, _) = run_on(self.coords(positions)?);
                self.parts.push(Part::Line(line));
                Ok(())
            }
        }
    }

    /// An area: its outer edge, then its holes. One without any ring is left out.
    pub(super) fn area(&mut self, rings: Vec<Positions>) -> Result<(), Fault> {
        let rings = rings.into_iter().map(|ring| self.ring(ring)).collect::<Result<Vec<_>, _>>()?;
        let mut rings = rings.into_iter();
        let Some(outer) = rings.next() else { return Ok(()) };
        let holes = rings.map(|hole| beside(hole, &outer)).collect::<Vec<_>>();
        self.parts.push(Part::Area([vec![outer], holes].concat()));
        Ok(())
    }

    fn ring(&mut self, mut positions: Positions) -> Result<Vec<Coord>, Fault> {
        if positions.len() > 1 && positions.first() == positions.last() {
            positions.pop();
        }
        if positions.len() < 3 {
            return Err(Fault::ShortRing);
        }
        Ok(closed(self.coords(positions)?))
    }

    fn coords(&mut self, positions: Positions) -> Result<Vec<Coord>, Fault> {
        positions.into_iter().map(|position| self.coord(position)).collect()
    }

    fn coord(&mut self, (longitude, latitude): Position) -> Result<Coord, Fault> {
        self.left = self.left.checked_sub(1).ok_or(Fault::TooManyPoints)?;
        Point::new(latitude, longitude)?;
        Ok(Coord { x: longitude, y: latitude })
    }

    pub(super) fn finish(self) -> Result<Shape, Fault> {
        Shape::of(self.parts).ok_or(Fault::NoPoints)
    }
}

/// Lets longitudes run on, and tells how far the last has run from where it was.
fn run_on(mut path: Vec<Coord>) -> (Vec<Coord>, f64) {
    let mut shift = 0.0;
    let mut before = path.first().map_or(0.0, |coord| coord.x);
    for coord in &mut path {
        shift += short_way(before, coord.x);
        before = coord.x;
        coord.x += shift;
    }
    (path, shift)
}

/// What to add to `to` to come from `from` by the short way.
fn short_way(from: f64, to: f64) -> f64 {
    match to - from {
        step if step.abs() <= TURN / 2.0 || step.abs() >= TURN => 0.0,
        step => -TURN.copysign(step),
    }
}

/// A ring whose longitudes run on. One that goes all the way round the Earth encloses a pole, the nearer
/// one, and is closed along it.
fn closed(ring: Vec<Coord>) -> Vec<Coord> {
    let (first, last) = (ring[0], ring[ring.len() - 1]);
    let (mut ring, shift) = run_on(ring);
    let turn = shift + short_way(last.x, first.x);
    if turn != 0.0 {
        let side: f64 = ring.iter().map(|coord| coord.y).sum();
        let pole = 90_f64.copysign(side);
        let end = first.moved(turn);
        ring.extend([end, Coord { x: end.x, y: pole }, Coord { x: first.x, y: pole }]);
    }
    ring
}

/// A hole moved by whole turns to where its area is.
fn beside(hole: Vec<Coord>, outer: &[Coord]) -> Vec<Coord> {
    let west = outer.iter().map(|coord| coord.x).fold(f64::INFINITY, f64::min);
    let least = hole.iter().map(|coord| coord.x).fold(f64::INFINITY, f64::min);
    let turns = ((west - least) / TURN).ceil().max(-1.0) * TURN;
    hole.into_iter().map(|coord| coord.moved(turns)).collect()
}
