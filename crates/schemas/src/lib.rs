//! The schemas in force, which may change while the program runs.
//!
//! [`Schemas`] is a handle to hand around. It judges records by the *snapshot* of the moment: all schemas
//! that are known, compiled. They come from three places, and where two know the same NSID the first wins:
//!
//! 1. the lexicons *built in* (`hypercerts-records`);
//! 2. a *folder* of JSON files, read again whenever one of them changes;
//! 3. the *network*: a type that nobody here knows is looked up with its authority, the domain in its
//!    name. The domain's TXT record names an account, and the account's repository holds the lexicon; what
//!    is taken is a record whose proof and signature hold. Everything it refers to is looked up likewise.
//!
//! A *fingerprint* says by which schemas a collection is judged: equal fingerprints, equal verdicts. Whoever
//! keeps verdicts keeps the fingerprint with them, and knows by it what has to be judged again.
//!
//! What this crate does not do: it compiles and validates through `hypercerts-lexicon`, and never decides
//! what happens to a record that does not fit. That a lexicon's new version only loosens its rules, as its
//! authors should see to, is not enforced.

mod document;
mod error;
mod folder;
mod limits;
mod lookup;
mod network;
pub mod nsid;
mod schemas;
mod snapshot;

pub use error::{DocumentError, LookupError, OpenError};
pub use limits::{MAX_DOCUMENT_BYTES, NetworkLimits};
pub use network::NetworkConfig;
pub use schemas::{Schemas, SchemasConfig};
pub use snapshot::{Fingerprint, Snapshot};
