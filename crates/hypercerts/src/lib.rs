//! A whole Hypercerts network in one binary, or any part of a larger one.
//!
//! - [`cli`]: the command line.
//! - [`network`]: the composition of directory, PDS, index and pages; [`up`] runs it.
//! - [`demo`]: a small world for an empty network.

mod admin_password;
pub mod cli;
pub mod demo;
pub mod files;
mod log;
pub mod network;
pub mod up;
mod values;
