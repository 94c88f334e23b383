//! Measures the release binary as its users load it: separate processes, real requests, the machine's disk.
//!
//! Client and server share the machine, so the figures are lower bounds. Compare only runs of the same hour:
//! the time of an fsync varies with the disk.

mod accounts;
mod index;
mod pds;
mod process;
mod records;
mod report;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Parser)]
#[command(about = "Measures the hypercerts binary")]
struct Options {
    /// What to measure; everything without one.
    only: Vec<Part>,
    /// The binary; the one beside this program by default.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Divides the amount of work, for a quick look.
    #[arg(long, default_value_t = 1)]
    divide: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Pds,
    Index,
    /// In this process, without the binary.
    Records,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let options = Options::parse();
    let binary = match options.binary {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("hypercerts"),
    };
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    report::machine();
    if wanted(Part::Records) {
        records::measure(options.divide)?;
    }
    if wanted(Part::Pds) {
        pds::measure(&binary, options.divide).await?;
    }
    if wanted(Part::Index) {
        index::measure(&binary, options.divide).await?;
    }
    Ok(())
}
