//! Scopes that compute: what they match, what falls under two of them, and what they refuse.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod claims;
mod dimensions;
mod documentation;
mod documented;
mod forms;
mod hostile;
mod language;
mod logic;
mod overlaps;
mod reference;
mod shelf;
mod vocabulary;
