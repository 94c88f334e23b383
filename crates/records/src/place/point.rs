//! A point on Earth.

use std::fmt;

use super::Fault;

/// Degrees north and east (WGS 84), in range by construction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    latitude: f64,
    longitude: f64,
}

impl Point {
    /// # Errors
    /// [`Fault::Latitude`] or [`Fault::Longitude`] for what is not on Earth, numbers that are none included.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, Fault> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(Fault::Latitude(latitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(Fault::Longitude(longitude));
        }
        Ok(Self { latitude, longitude })
    }

    /// Degrees north.
    #[must_use]
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    #[must_use]
    pub fn longitude(&self) -> f64 {
        self.longitude
    }
}

/// `2.5312° S, 40.5247° E`, with spaces that do not break a line.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = |degrees: f64, plus, minus| {
            format!("{}°\u{a0}{}", degrees.abs(), if degrees < 0.0 { minus } else { plus })
        };
        let (north, east) = (half(self.latitude, "N", "S"), half(self.longitude, "E", "W"));
        write!(f, "{north}, {east}")
    }
}
