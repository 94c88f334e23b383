//! Well-Known Text, longitude first.
//!
//! Only its nesting is counted here before the parser sees it: the parser goes down as deep as the text does.

use std::str::FromStr;

use wkt::Wkt;
use wkt::types::{Coord, LineString, Polygon};

use super::path::{Collector, Positions};
use super::{Fault, MAX_DEPTH, Shape};

pub(super) fn read(text: &str) -> Result<Shape, Fault> {
    let text = without_system(text)?;
    check_depth(text)?;
    let geometry =
        Wkt::<f64>::from_str(text).map_err(|why| Fault::NotWkt(format!("it is no WKT ({why})")))?;
    let mut collector = Collector::default();
    add(&geometry, &mut collector)?;
    collector.finish()
}

/// Leaves out the `SRID=4326;` that databases write before the geometry.
fn without_system(text: &str) -> Result<&str, Fault> {
    match text.split_once(';') {
        None => Ok(text),
        Some((system, geometry)) if system.trim().eq_ignore_ascii_case("SRID=4326") => Ok(geometry),
        Some(_) => Err(Fault::NotWkt("only SRID=4326 is understood".to_owned())),
    }
}

fn check_depth(text: &str) -> Result<(), Fault> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' if depth == MAX_DEPTH => return Err(Fault::TooDeep),
            b'(' => depth += 1,
            b')' => {
                depth = depth.checked_sub(1).ok_or_else(unbalanced)?;
                if depth == 0 && !text[at + 1..].trim().is_empty() {
                    return Err(Fault::NotWkt("something stands after its end".to_owned()));
                }
            }
            _ => {}
        }
    }
    if depth > 0 { Err(unbalanced()) } else { Ok(()) }
}

fn unbalanced() -> Fault {
    Fault::NotWkt("not every parenthesis has its other half".to_owned())
}

fn add(geometry: &Wkt<f64>, to: &mut Collector) -> Result<(), Fault> {
    match geometry {
        Wkt::Point(point) => point.coord().map_or(Ok(()), |coord| to.point(position(coord))),
        Wkt::LineString(line) => to.line(positions(line)),
        Wkt::Polygon(area) => to.area(rings(area)),
        Wkt::MultiPoint(points) => {
            let mut coords = points.points().iter().filter_map(|point| point.coord());
            coords.try_for_each(|coord| to.point(position(coord)))
        }
        Wkt::MultiLineString(lines) => {
            lines.line_strings().iter().try_for_each(|line| to.line(positions(line)))
        }
        Wkt::MultiPolygon(areas) => {
            areas.polygons().iter().try_for_each(|area| to.area(rings(area)))
        }
        Wkt::GeometryCollection(parts) => {
            parts.geometries().iter().try_for_each(|part| add(part, to))
        }
    }
}

fn position(coord: &Coord<f64>) -> (f64, f64) {
    (coord.x, coord.y)
}

fn positions(line: &LineString<f64>) -> Positions {
    line.coords().iter().map(position).collect()
}

fn rings(area: &Polygon<f64>) -> Vec<Positions> {
    area.rings().iter().map(positions).collect()
}
