//! Bare coordinates: two decimal numbers, or whole numbers to a scale.

use serde_json::Value;

use super::path::{Collector, Positions};
use super::{Fault, Point, Shape};

/// How many of a scaled coordinate's units make a degree when the record names no scale.
const SCALE: f64 = 1_000_000.0;

/// `-2.5312, 40.5247`
pub(super) fn latitude_first(text: &str) -> Result<Shape, Fault> {
    let order = "latitude first, like -2.5312, 40.5247";
    let (latitude, longitude) = pair(text).ok_or(Fault::NotCoordinates(order))?;
    Point::new(latitude, longitude).map(Shape::from)
}

/// `40.5247, -2.5312`
pub(super) fn longitude_first(text: &str) -> Result<Shape, Fault> {
    let order = "longitude first, like 40.5247, -2.5312";
    let (longitude, latitude) = pair(text).ok_or(Fault::NotCoordinates(order))?;
    Point::new(latitude, longitude).map(Shape::from)
}

/// Two numbers with a comma, a semicolon or spaces between, in brackets or not.
fn pair(text: &str) -> Option<(f64, f64)> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let split = |c: char| c == ',' || c == ';' || c.is_whitespace();
    let mut parts = bare.split(split).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some((first.parse().ok()?, second.parse().ok()?))
}

/// Lists of whole numbers, or an object that names its scale.
pub(super) fn scaled(text: &str) -> Result<Shape, Fault> {
    let json: Value = serde_json::from_str(text).map_err(|why| Fault::NotJson(why.to_string()))?;
    let mut collector = Collector::default();
    match &json {
        Value::Object(_) => collector.point(named_scale(&json)?)?,
        _ => by_depth(&json, &mut collector)?,
    }
    collector.finish()
}

fn named_scale(json: &Value) -> Result<(f64, f64), Fault> {
    let number = |name| json.get(name).and_then(Value::as_f64).ok_or(Fault::NotScaled);
    let (x, y, scale) = (number("x")?, number("y")?, number("scale")?);
    if scale <= 0.0 {
        return Err(Fault::NotScaled);
    }
    Ok((x / scale, y / scale))
}

/// A point, a line or an area, as the lists lie in each other.
fn by_depth(json: &Value, collector: &mut Collector) -> Result<(), Fault> {
    let inner = std::iter::successors(Some(json), |json| json.get(0));
    let depth = inner.take_while(|json| json.is_array()).take(4).count();
    match depth {
        1 => collector.point(position(json)?),
        2 => {
            let path = positions(json)?;
            match path.len() > 3 && path.first() == path.last() {
                true => collector.area(vec![path]),
                false => collector.line(path),
            }
        }
        3 => collector.area(list(json)?.iter().map(positions).collect::<Result<_, _>>()?),
        _ => Err(Fault::NotScaled),
    }
}

fn positions(json: &Value) -> Result<Positions, Fault> {
    list(json)?.iter().map(position).collect()
}

fn position(json: &Value) -> Result<(f64, f64), Fault> {
    match list(json)?.as_slice() {
        [x, y] => match (x.as_i64(), y.as_i64()) {
            (Some(x), Some(y)) => Ok((x as f64 / SCALE, y as f64 / SCALE)),
            _ => Err(Fault::NotScaled),
        },
        _ => Err(Fault::NotScaled),
    }
}

fn list(json: &Value) -> Result<&Vec<Value>, Fault> {
    json.as_array().ok_or(Fault::NotScaled)
}
