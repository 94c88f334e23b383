//! What each page shows: pure functions from the index's views to what a template prints.
//!
//! A page is a struct that derives its HTML from a template of the same name. It decides what is
//! said and in which words; it asks nothing, fetches nothing and knows no clock.

pub mod actor;
pub mod attestation;
pub mod claim;
pub mod content;
pub mod contributor;
pub mod error;
pub mod evaluation;
pub mod evidence;
pub mod filter;
pub mod finding;
pub mod funding;
pub mod history;
pub mod home;
pub mod hypercert;
pub mod layout;
pub mod list;
pub mod lock;
pub mod measurement;
pub mod overlaps;
pub mod people;
pub mod place;
pub mod record;
pub mod seal;
pub mod status;
pub mod tie;
pub mod version;

pub use layout::{Here, Page, Shell};
