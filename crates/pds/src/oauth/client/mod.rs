//! Apps: who they are and what they may ask for.
//!
//! * [`id`]: a client id: the address of a document, or an app in development on this machine.
//! * [`document`]: what the document declares, checked once.
//! * [`redirect`]: where an answer may be sent.
//! * [`registry`]: fetches documents and keys, and keeps them for a minute.
//! * [`authentication`]: how a confidential client shows that it is itself.

pub mod authentication;
pub mod document;
pub mod id;
pub mod redirect;
pub mod registry;

pub use authentication::ClientAuth;
pub use document::Client;
pub use id::ClientId;
