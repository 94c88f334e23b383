//! The record types, tested against the schemas, the examples in `fixtures/` and the documentation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod boundaries;
mod broken;
mod building;
mod catalogue;
mod decimal;
mod diff;
mod documentation;
mod editions;
mod examples;
mod fixtures;
mod links;
mod reading;
