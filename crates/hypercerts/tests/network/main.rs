//! A whole network: in this process, and as the binary an operator runs, stops and kills.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

mod backup;
mod crash;
mod lexicons;
mod operator;
mod process;
mod story;
mod subscribers;
mod up;
