//! The AT Protocol's vocabulary: what its identifiers look like, what a record can hold, and how
//! a Lexicon document says which records are well formed.
//!
//! - [`syntax`]: identifiers ([`Did`], [`Nsid`], [`AtUri`], [`Tid`] …), each parsed once into a type
//!   that cannot hold anything else.
//! - [`data`]: the data model ([`Value`]) with its two encodings, [`drisl`] (binary, the one that is
//!   hashed and signed) and [`json`].
//! - [`schema`]: Lexicon documents compiled into a [`Catalogue`] that validates records and says, for
//!   each rule a record breaks, where, what was found and how to mend it.
//!
//! The crate is pure: it knows no network, no disk, no clock and no randomness. Fetching published
//! lexicons, storing records and everything about repositories is left to others.

pub mod data;
pub mod schema;
pub mod syntax;

pub use data::blob::{Blob, blobs_in, holds_legacy_blob};
pub use data::cid::{Cid, CidError, Codec};
pub use data::error::DataError;
pub use data::map::Map;
pub use data::value::Value;
pub use data::{MAX_DEPTH, MAX_INTEGER, MAX_VALUES, drisl, json};
pub use schema::{Catalogue, MAX_VIOLATIONS, Rule, SchemaError, Unit, Validity, Violation};
pub use syntax::at_identifier::AtIdentifier;
pub use syntax::at_uri::AtUri;
pub use syntax::cid_text::CidText;
pub use syntax::datetime::Datetime;
pub use syntax::did::{Did, DidMethod};
pub use syntax::handle::Handle;
pub use syntax::language::Language;
pub use syntax::nsid::Nsid;
pub use syntax::record_key::RecordKey;
pub use syntax::tid::Tid;
pub use syntax::uri::Uri;
pub use syntax::{Syntax, SyntaxError};
