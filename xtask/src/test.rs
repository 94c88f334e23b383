//! `cargo xtask test`: every check of the project, the quick ones first.

use std::env;
use std::path::PathBuf;
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
    std::thread::scope(|scope| {
        // Compiled in one thread and partly downloaded: beside what keeps all cores busy, it costs little.
        let tools = scope.spawn(|| Tools::set_up(fast));
        timed("clippy", clippy)?;
        timed("build", || cargo(["build", "--release", "--workspace", "--locked"]))?;
        timed("tests", rust_tests)?;
        timed("fuzz", || fuzz::fuzz(None, FUZZ_SECONDS))?;
        let tools = tools.join().unwrap_or_else(|_| Err("setting up ended badly".to_owned()))?;
        timed("end to end", || tools.run_end_to_end())
    })
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

/// What the end-to-end tests run with.
struct Tools {
    node: PathBuf,
    /// Without one, what needs a browser is left out.
    chromium: Option<PathBuf>,
}

impl Tools {
    fn set_up(fast: bool) -> Result<Self, String> {
        let node = setup::node()?;
        setup::node_packages(&node)?;
        setup::reference_pds(&node)?;
        let chromium = if fast { None } else { Some(setup::chromium()?) };
        Ok(Self { node, chromium })
    }

    fn run_end_to_end(&self) -> Outcome {
        let mut tests = command("npm");
        tests
            .args(["run", if self.chromium.is_some() { "test" } else { "test:fast" }])
            .current_dir(root().join("e2e"))
            .env("PATH", setup::path_with(&self.node))
            .env("HYPERCERTS_BIN", target_dir().join("release/hypercerts"));
        if let Some(chromium) = &self.chromium {
            tests.env("CHROMIUM", chromium);
        }
        shell::run(&mut tests)
    }
}
