//! Whether two places have something in common.
//!
//! Edges count: two fields that share a border meet. Straight lines between points are straight on the plain
//! map of longitudes and latitudes, as GeoJSON has it. Work is counted, and given up when it grows too much.

use super::path::{Coord, Part};
use super::shape::Extent;
use super::{Geometry, Shape};

/// Pairs of lines that are compared before giving up.
const EFFORT: u64 = 10_000_000;

/// Whether two places meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intersection {
    Yes,
    No,
    CannotTell(Doubt),
}

/// Why it cannot be told whether two places meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    #[error("where the country ends is not known here")]
    Borders,
    #[error("one country may be meant as a part of the other")]
    Territory,
    #[error("where a place is that is only told in words is not known here")]
    Words,
    #[error("the shapes have too many corners to compare")]
    TooDetailed,
}

/// How much work may still be done: one for each pair of lines compared. Share it over many comparisons to
/// bound them all together.
#[derive(Clone, Debug)]
pub struct Effort {
    left: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { left: EFFORT }
    }
}

impl Effort {
    fn spend(&mut self, steps: usize) -> Result<(), Doubt> {
        let left = self.left.checked_sub(steps as u64);
        self.left = left.unwrap_or(0);
        left.map(drop).ok_or(Doubt::TooDetailed)
    }
}

/// Whether the places meet.
#[must_use]
pub fn intersects(a: &Geometry, b: &Geometry) -> Intersection {
    intersects_within(a, b, &mut Effort::default())
}

/// As [`intersects`], with bounded work.
pub fn intersects_within(a: &Geometry, b: &Geometry, effort: &mut Effort) -> Intersection {
    use Geometry::{Country, Shape, Words};
    match (a, b) {
        (Shape(a), Shape(b)) => match shapes_meet(a, b, effort) {
            Ok(true) => Intersection::Yes,
            Ok(false) => Intersection::No,
            Err(doubt) => Intersection::CannotTell(doubt),
        },
        (Country(a), Country(b)) if a == b => Intersection::Yes,
        (Country(a), Country(b)) if a.may_include(b) || b.may_include(a) => {
            Intersection::CannotTell(Doubt::Territory)
        }
        (Country(_), Country(_)) => Intersection::No,
        (Words(a), Words(b)) if same_words(a, b) => Intersection::Yes,
        (Words(_), _) | (_, Words(_)) => Intersection::CannotTell(Doubt::Words),
        (Country(_), Shape(_)) | (Shape(_), Country(_)) => Intersection::CannotTell(Doubt::Borders),
    }
}

fn same_words(a: &str, b: &str) -> bool {
    let words = |text: &str| text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let (a, b): (Vec<String>, Vec<String>) = (words(a), words(b));
    a == b
}

fn shapes_meet(a: &Shape, b: &Shape, effort: &mut Effort) -> Result<bool, Doubt> {
    for one in a.parts() {
        let reach = Extent::of(one);
        for other in b.parts() {
            effort.spend(one.outline().len() + other.outline().len())?;
            let extent = Extent::of(other);
            for turn in [-360.0, 0.0, 360.0] {
                if reach.meets(&extent.moved(turn)) && parts_meet(one, &other.moved(turn), effort)?
                {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

fn parts_meet(a: &Part, b: &Part, effort: &mut Effort) -> Result<bool, Doubt> {
    let (ours, theirs) = (edges(a, &Extent::of(b)), edges(b, &Extent::of(a)));
    effort.spend(ours.len().saturating_mul(theirs.len()))?;
    let touched = ours.iter().any(|ours| theirs.iter().any(|theirs| touch(*ours, *theirs)));
    // Without a common edge the one lies in the other as a whole, or they lie apart.
    Ok(touched || contains(a, b.outline()[0]) || contains(b, a.outline()[0]))
}

type Edge = (Coord, Coord);

/// The lines a part is made of, as far as they may reach into `extent`. A point is a line of no length.
fn edges(part: &Part, extent: &Extent) -> Vec<Edge> {
    let mut all: Vec<Edge> = match part {
        Part::Point(point) => vec![(*point, *point)],
        Part::Line(points) => points.windows(2).map(|pair| (pair[0], pair[1])).collect(),
        Part::Area(rings) => rings.iter().flat_map(|ring| around(ring)).collect(),
    };
    all.retain(|(a, b)| Extent::between(*a, *b).meets(extent));
    all
}

fn around(ring: &[Coord]) -> impl Iterator<Item = Edge> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// On which side of the line from `a` to `b` a point is: above zero to the left, zero on it.
fn side(a: Coord, b: Coord, point: Coord) -> f64 {
    (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
}

fn touch(ours: Edge, theirs: Edge) -> bool {
    let sides =
        |edge: Edge, other: Edge| (side(edge.0, edge.1, other.0), side(edge.0, edge.1, other.1));
    let (a, b) = sides(ours, theirs);
    let (c, d) = sides(theirs, ours);
    if a * b < 0.0 && c * d < 0.0 {
        return true;
    }
    let lies_on = |edge: Edge, point: Coord, side: f64| {
        side == 0.0 && Extent::between(edge.0, edge.1).meets(&Extent::between(point, point))
    };
    lies_on(ours, theirs.0, a)
        || lies_on(ours, theirs.1, b)
        || lies_on(theirs, ours.0, c)
        || lies_on(theirs, ours.1, d)
}

/// Whether a point that is on no edge lies inside: a ray from it leaves the area an odd number of times.
fn contains(part: &Part, point: Coord) -> bool {
    let Part::Area(rings) = part else { return false };
    let crossed = |(a, b): &Edge| {
        (a.y > point.y) != (b.y > point.y)
            && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
    };
    rings.iter().flat_map(|ring| around(ring)).filter(crossed).count() % 2 == 1
}
