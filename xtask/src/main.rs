//! The project's own tasks. `cargo xtask test` checks everything, `bench` measures, `fuzz` looks for
//! what breaks, `tidy` holds the house rules.

mod fuzz;
mod setup;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
enum Task {
    /// Set up what is missing, then run every check: format, clippy, tidy, tests, e2e.
    Test {
        /// Leave out what needs a browser.
        #[arg(long)]
        fast: bool,
    },
    /// Build the release binary and measure it; figures go to the terminal.
    Bench {
        /// Which measurements to take, such as `pds` or `index`; all of them without one.
        only: Vec<String>,
    },
    /// Try inputs that nobody would write on everything that reads what strangers send.
    Fuzz {
        /// The target, such as `cbor`; all of them without one.
        target: Option<String>,
        /// How long, for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Check the house rules that no compiler knows.
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Test { fast } => test::run(fast),
        Task::Bench { only } => bench(&only),
        Task::Fuzz { target, seconds } => fuzz::fuzz(target.as_deref(), seconds),
        Task::Tidy => tidy::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn bench(only: &[String]) -> shell::Outcome {
    shell::cargo([
        "build",
        "--release",
        "--package",
        "hypercerts",
        "--package",
        "hypercerts-bench",
    ])?;
    let node = setup::node()?;
    setup::reference_pds(&node)?;
    let mut bench = shell::command(shell::target_dir().join("release/hypercerts-bench"));
    shell::run(bench.args(only).env("PATH", setup::path_with(&node)))
}
