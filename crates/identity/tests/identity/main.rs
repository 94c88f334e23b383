//! The crate through its public interface, against real servers on this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has to stop")]

mod directory;
mod documents;
mod hostile_servers;
mod hostile_sockets;
mod plc_logs;
mod properties;
mod resolving;
mod support;
