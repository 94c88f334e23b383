//! GeoJSON (RFC 7946): geometries, and features around them. What else a feature says is left.

use serde_json::Value;

use super::error::shortened;
use super::path::{Collector, Positions};
use super::{Fault, MAX_DEPTH, Shape};

/// Any GeoJSON text.
pub(super) fn any(text: &str) -> Result<Shape, Fault> {
    let mut collector = Collector::default();
    object(&parse(text)?, MAX_DEPTH, &mut collector)?;
    collector.finish()
}

pub(super) fn point(text: &str) -> Result<Shape, Fault> {
    one_kind(text, "Point")
}

pub(super) fn line(text: &str) -> Result<Shape, Fault> {
    one_kind(text, "LineString")
}

pub(super) fn polygon(text: &str) -> Result<Shape, Fault> {
    one_kind(text, "Polygon")
}

fn one_kind(text: &str, wanted: &'static str) -> Result<Shape, Fault> {
    let json = parse(text)?;
    let geometry = match kind(&json)? {
        "Feature" => member(&json, "geometry")?,
        _ => &json,
    };
    let found = kind(geometry)?;
    if found != wanted {
        return Err(Fault::AnotherKind { found: shortened(found), wanted });
    }
    let mut collector = Collector::default();
    object(geometry, MAX_DEPTH, &mut collector)?;
    collector.finish()
}

fn parse(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|why| Fault::NotJson(why.to_string()))
}

fn object(json: &Value, depth: usize, collector: &mut Collector) -> Result<(), Fault> {
    let depth = depth.checked_sub(1).ok_or(Fault::TooDeep)?;
    match kind(json)? {
        "Feature" => match member(json, "geometry")? {
            Value::Null => Ok(()),
            geometry => object(geometry, depth, collector),
        },
        "FeatureCollection" => all(json, "features", depth, collector),
        "GeometryCollection" => all(json, "geometries", depth, collector),
        kind => geometry(kind, member(json, "coordinates")?, collector),
    }
}

fn all(json: &Value, name: &'static str, depth: usize, to: &mut Collector) -> Result<(), Fault> {
    list(member(json, name)?)?.iter().try_for_each(|part| object(part, depth, to))
}

fn geometry(kind: &str, coordinates: &Value, to: &mut Collector) -> Result<(), Fault> {
    let mut each = |add: fn(&mut Collector, &Value) -> Result<(), Fault>| {
        list(coordinates)?.iter().try_for_each(|part| add(to, part))
    };
    match kind {
        "MultiPoint" => each(add_point),
        "MultiLineString" => each(add_line),
        "MultiPolygon" => each(add_area),
        "Point" => add_point(to, coordinates),
        "LineString" => add_line(to, coordinates),
        "Polygon" => add_area(to, coordinates),
        _ => Err(Fault::NotGeoJson("its “type” is none that GeoJSON knows, such as “Point”")),
    }
}

fn add_point(to: &mut Collector, coordinates: &Value) -> Result<(), Fault> {
    to.point(position(coordinates)?)
}

fn add_line(to: &mut Collector, coordinates: &Value) -> Result<(), Fault> {
    to.line(positions(coordinates)?)
}

fn add_area(to: &mut Collector, coordinates: &Value) -> Result<(), Fault> {
    let rings = list(coordinates)?.iter().map(positions).collect::<Result<_, _>>()?;
    to.area(rings)
}

fn positions(json: &Value) -> Result<Positions, Fault> {
    list(json)?.iter().map(position).collect()
}

/// Longitude first; what comes after the latitude is left.
fn position(json: &Value) -> Result<(f64, f64), Fault> {
    let numbers = list(json)?;
    let number = |place: usize| numbers.get(place).and_then(Value::as_f64);
    match (number(0), number(1)) {
        (Some(longitude), Some(latitude)) => Ok((longitude, latitude)),
        _ => Err(Fault::NotGeoJson("a position needs two numbers, longitude first: [40.5, -2.5]")),
    }
}

fn kind(json: &Value) -> Result<&str, Fault> {
    let kind = json.get("type").and_then(Value::as_str);
    kind.ok_or(Fault::NotGeoJson("it is no GeoJSON object: those have a “type”, such as “Point”"))
}

fn member<'a>(json: &'a Value, name: &'static str) -> Result<&'a Value, Fault> {
    json.get(name).ok_or(Fault::NotGeoJson(match name {
        "geometry" => "a Feature needs a “geometry”",
        "features" => "a FeatureCollection needs “features”",
        "geometries" => "a GeometryCollection needs “geometries”",
        _ => "a geometry needs “coordinates”",
    }))
}

fn list(json: &Value) -> Result<&Vec<Value>, Fault> {
    json.as_array().ok_or(Fault::NotGeoJson("a list is needed where there is none; see RFC 7946"))
}
