//! The index: it follows repositories, verifies them, and answers questions about hypercerts.
//!
//! - [`Index`] opens the database, follows its [sources](SourceConfig) until it is told to stop, and
//!   imports single repositories by DID or from a CAR file.
//! - [`Reader`] answers questions; [`Index::router`] offers the same answers as XRPC methods.
//! - [`view`] holds the shapes of the answers.
//!
//! Words: a *source* is a host whose event stream is followed; an account is *synchronized* while every
//! commit up to its known revision was verified, and *desynchronized* from the moment a commit does not
//! follow from the last until its repository was fetched and verified anew; a *refusal* is the note that
//! is kept of whatever was not believed.
//!
//! What this crate does not do: it verifies through `hypercerts-repo`, validates through
//! `hypercerts-records`, and reaches the network through `hypercerts-identity` and `hypercerts-xrpc` only.
//! It never writes to anybody's repository.

mod attest;
mod config;
mod error;
mod independence;
mod ingest;
mod query;
mod reader;
mod store;
mod time;
mod today;
pub mod view;
mod xrpc;

pub use config::{IndexConfig, Limits, SourceConfig};
pub use error::IndexError;
pub use ingest::{ImportReport, Index};
pub use query::{Cursor, CursorError, ListQuery};
pub use reader::Reader;
