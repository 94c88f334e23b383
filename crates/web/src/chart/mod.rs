//! Drawings made by hand in SVG: areas for shares, points on a map.
//!
//! A drawing repeats what a table beside it says in words; it never carries the only copy.

pub mod map;
pub mod treemap;
