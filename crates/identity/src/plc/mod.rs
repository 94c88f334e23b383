//! did:plc: accounts whose DID is the hash of their first signed operation.
//!
//! - An [`Operation`] sets all of an account's [`PlcData`] anew (or buries it: a *tombstone*), names the operation it
//!   builds on (`prev`) and is signed by one of the *rotation keys* of that operation.
//! - The *log* of a DID are its operations in the order the directory took them. A stronger rotation key may within
//!   72 hours build on an earlier operation and so *nullify* what came after it.
//! - A directory orders operations and keeps them. It cannot invent them: whoever has the whole log with its times
//!   ([`LogEntry`]) can check it ([`VerifiedLog`]).
//!
//! The rules are those of the did:plc specification, version 0.3. Verification is lenient about sizes and counts, which
//! the rules have changed over time; [`limits`] are for operations that are new.

mod client;
mod data;
mod error;
mod history;
pub mod limits;
mod log;
mod operation;

pub use client::{Client, ClientError};
pub use data::{PlcData, PlcService};
pub use error::PlcError;
pub(crate) use history::{Accepted, History};
pub(crate) use log::millis;
pub use log::{LogEntry, PlcState, VerifiedLog};
pub use operation::{LegacyCreate, Operation, SignedOperation, is_plc_did};
