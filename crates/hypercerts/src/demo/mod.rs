//! A small world for an empty network: three hypercerts and the people around them, written through the
//! public API like any client would.
//!
//! The content is data (`demo/world.json` in this crate); [`world`] reads it, [`fill`] writes it.

mod fill;
mod world;

pub use fill::{Filled, fill};

/// Why the demonstration could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{account}: {source}")]
    Call { account: String, source: Box<hypercerts_xrpc::client::ClientError> },

    #[error("the demonstration's own content is faulty: {0}")]
    World(String),

    #[error("{} could not be written: {source}", .path.display())]
    Password { path: std::path::PathBuf, source: std::io::Error },
}
