//! The names of the one coordinate system that is understood: longitude and latitude on WGS 84.
//!
//! Records spell it in many ways. The order of the numbers follows from how a place is written, never
//! from the system's name: CRS84 and EPSG:4326 differ in nothing else.

/// Ways to begin a name.
const PREFIXES: [&str; 8] = [
    "http://www.opengis.net/def/crs/",
    "https://www.opengis.net/def/crs/",
    "http://opengis.net/def/crs/",
    "https://opengis.net/def/crs/",
    "urn:ogc:def:crs:",
    "http://www.opengis.net/gml/srs/",
    "https://epsg.io/",
    "http://spatialreference.org/ref/",
];

/// Whether `srs` names WGS 84 in degrees.
pub(super) fn is_wgs84(srs: &str) -> bool {
    let name = srs.trim().to_ascii_lowercase();
    let name = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
    let mut words = name.split(['/', ':', '.', '#']).filter(|word| !word.is_empty());
    matches!(
        (words.next(), words.next_back()),
        (Some("ogc" | "crs"), Some("crs84" | "crs84h" | "84"))
            | (Some("epsg"), Some("4326" | "4979"))
            | (Some("4326" | "crs84" | "wgs84" | "wgs-84"), None)
    )
}
