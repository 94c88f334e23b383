//! Who is who on the network, and the one way out to it.
//!
//! - [`net`]: the HTTP and WebSocket client that every outgoing connection is made with.
//! - [`document`]: DID documents, and the signing key, PDS and handle in them.
//! - [`plc`]: did:plc operations, the check of their logs, and a client for directories.
//! - [`directory`]: a did:plc directory for networks of one's own.
//! - [`resolver`]: from DIDs and handles to [`Identity`], with a cache.
//!
//! Repositories, sessions and XRPC are left to the crates above; keys and signatures come from the one below.

pub mod directory;
pub mod document;
pub mod net;
pub mod plc;
pub mod resolver;

pub use directory::Directory;
pub use document::{DidDocument, DocumentError};
pub use net::{HttpClient, NetError, NetPolicy};
pub use resolver::{HandleHost, Identity, ResolveError, Resolver, ResolverConfig};
