//! The live schemas through their public interface: real files, a real PDS, a real name server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has to stop")]

mod folder;
mod internet;
// The whole test network is more than is needed here.
#[path = "../../../testkit/src/name_server.rs"]
mod name_server;
mod network;
mod support;
