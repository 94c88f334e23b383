//! What the parts say while they run: lines on standard error, chosen by `HYPERCERTS_LOG`.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// What to tell, such as `info` or `warn,hypercerts_index=debug`.
const VARIABLE: &str = "HYPERCERTS_LOG";

/// Only what somebody should look at.
const DEFAULT: &str = "warn";

/// Begins to tell. A filter that makes no sense is said, and the default taken.
pub fn start() {
    let filter = match std::env::var(VARIABLE) {
        Ok(wanted) => EnvFilter::try_new(&wanted).unwrap_or_else(|error| {
            eprintln!("{VARIABLE}={wanted} is not understood ({error}); taking {DEFAULT}");
            EnvFilter::new(DEFAULT)
        }),
        Err(_) => EnvFilter::new(DEFAULT),
    };
    let lines = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_env_filter(filter);
    // Only a second call fails, and then lines are told already.
    let _ = lines.try_init();
}
