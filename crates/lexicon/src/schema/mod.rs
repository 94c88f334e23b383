//! Lexicon documents, and whether data keeps to them.
//!
//! A *document* is a JSON file that describes one NSID: a record type, an API method, or types for
//! others to use. It holds named *definitions*; `main` is the one the bare NSID means, `nsid#name`
//! another. A [`Catalogue`] compiles documents once: every reference becomes an index, every
//! object's fields stand in the order of the data's keys, so that validating a good record allocates
//! nothing and looks nothing up by name but a union's `$type`.
//!
//! Data that breaks rules is described by [`Violation`]s, all of them (up to
//! [`MAX_VIOLATIONS`]), each with the way to mend it. Rule source: AT Protocol "Lexicon" page.
//! Fetching published documents, and rules that no schema can say, are left to others.

mod catalogue;
mod compile;
mod document;
mod error;
mod graphemes;
mod shape;
mod validate;
mod violation;

pub use catalogue::Catalogue;
pub use error::SchemaError;
pub use validate::MAX_VIOLATIONS;
pub use violation::{Rule, Unit, Validity, Violation};
