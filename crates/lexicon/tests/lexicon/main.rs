//! The crate as its users see it: the protocol's vectors, stories of our own, and properties.

#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]
#![allow(clippy::needless_pass_by_value, reason = "cases are written in place")]

mod catalogue;
mod data_vectors;
mod identifiers;
mod limits;
mod properties;
mod schema_vectors;
mod support;
mod syntax_vectors;
mod violations;
