//! A whole network: in this process, and as the binary an operator runs, stops and kills.

mod crash;
mod process;
mod story;
mod up;
