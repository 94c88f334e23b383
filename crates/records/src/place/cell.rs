//! Cells of two grids laid over the Earth: H3's hexagons, the rectangles of geohash.

use std::str::FromStr;

use super::error::shortened;
use super::path::Collector;
use super::{Fault, Shape};

/// Longest geohash: finer ones say less than a metre.
const MAX_GEOHASH: usize = 12;

/// The outline of an H3 cell.
pub(super) fn h3(text: &str) -> Result<Shape, Fault> {
    let cell = h3o::CellIndex::from_str(text).map_err(|_| Fault::NotACell(shortened(text)))?;
    let mut collector = Collector::default();
    collector
        .area(vec![cell.boundary().iter().map(|corner| (corner.lng(), corner.lat())).collect()])?;
    collector.finish()
}

/// The rectangle of a geohash.
pub(super) fn geohash(text: &str) -> Result<Shape, Fault> {
    let wrong = || Fault::NotAGeohash(shortened(text));
    // The decoder shifts by 64 bits for an empty text.
    if text.is_empty() || text.len() > MAX_GEOHASH {
        return Err(wrong());
    }
    let cell = geohash::decode_bbox(&text.to_ascii_lowercase()).map_err(|_| wrong())?;
    let (least, most) = (cell.min(), cell.max());
    let corners = [(least.x, least.y), (most.x, least.y), (most.x, most.y), (least.x, most.y)];
    let mut collector = Collector::default();
    collector.area(vec![corners.to_vec()])?;
    collector.finish()
}
