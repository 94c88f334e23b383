//! `cargo xtask test`: every check of the project, the quick ones first.

use std::env;
use std::time::Instant;

use crate::shell::{Outcome, cargo, command, root, target_dir};
use crate::{fuzz, setup, shell, tidy};

/// Where the test data lies that is not part of the project; tests that need it are left out without it.
const TEST_DATA: &str = "HYPERCERTS_TEST_DATA";

/// For each target; `cargo xtask fuzz` takes longer.
const FUZZ_SECONDS: u32 = 8;

/// Runs everything; `fast` leaves out what needs a browser.
pub fn run(fast: bool) -> Outcome {
    let begun = Instant::now();
    every_check(fast)?;
    eprintln!("\nxtask: all checks passed in {:.0?}", begun.elapsed());
    Ok(())
}

fn every_check(fast: bool) -> Outcome {
    timed("tidy", tidy::run)?;
    timed("format", || cargo(["fmt", "--all", "--check"]))?;
    timed("clippy", clippy)?;
    timed("build", || cargo(["build", "--release", "--workspace", "--locked"]))?;
    timed("tests", rust_tests)?;
    timed("fuzz", || fuzz::fuzz(None, FUZZ_SECONDS))?;
    timed("end to end", || end_to_end(fast))
}

fn timed(name: &str, step: impl FnOnce() -> Outcome) -> Outcome {
    let begun = Instant::now();
    step()?;
    eprintln!("xtask: {name} done in {:.0?}", begun.elapsed());
    Ok(())
}

/// In the release profile, so that what C libraries need is compiled once for this and the build.
fn clippy() -> Outcome {
    let args = ["clippy", "--release", "--workspace", "--all-targets", "--locked", "--"];
    cargo(args.into_iter().chain(["--deny", "warnings"]))
}

/// The tests run optimised: the binary people get is the code that is tested, and it is built once.
fn rust_tests() -> Outcome {
    let mut args = vec!["test", "--release", "--workspace", "--locked", "--quiet"];
    if env::var_os(TEST_DATA).is_some() {
        args.extend(["--", "--include-ignored"]);
    } else {
        eprintln!("xtask: {TEST_DATA} is not set: the tests that need outside data are left out");
    }
    cargo(args)
}

fn end_to_end(fast: bool) -> Outcome {
    let node = setup::node()?;
    setup::node_packages(&node)?;
    setup::reference_pds(&node)?;
    let mut tests = command("npm");
    tests
        .args(["run", if fast { "test:fast" } else { "test" }])
        .current_dir(root().join("e2e"))
        .env("PATH", setup::path_with(&node))
        .env("HYPERCERTS_BIN", target_dir().join("release/hypercerts"));
    if !fast {
        tests.env("CHROMIUM", setup::chromium()?);
    }
    shell::run(&mut tests)
}
