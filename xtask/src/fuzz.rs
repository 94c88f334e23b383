//! `cargo xtask fuzz`: libFuzzer on everything that reads what strangers send.
//!
//! The targets are those of `fuzz/fuzz_targets`. Each begins with its seeds in `fuzz/seeds`; what it finds worth
//! keeping while it runs goes under the target folder, and so does an input that breaks something.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use crate::shell::{Outcome, command, root, run, target_dir};

/// Targets at the same time.
const AT_ONCE: usize = 2;
/// Seconds for one input, then it counts as broken.
const PATIENCE: u32 = 10;
const MEMORY_MIB: u32 = 1024;
const LONGEST_INPUT: u32 = 16 * 1024;

/// Runs the target of this name, or all of them, for so many seconds each.
pub fn fuzz(only: Option<&str>, seconds: u32) -> Outcome {
    let targets: Vec<String> =
        targets()?.into_iter().filter(|target| only.is_none_or(|only| only == target)).collect();
    if targets.is_empty() {
        return Err(format!("there is no such target; those are {}", targets_in_words()?));
    }
    let triple = host()?;
    let mut cargo = command(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--target", &triple]);
    run(cargo.current_dir(folder()).env("CARGO_TARGET_DIR", built()))?;
    let binaries = built().join(triple).join("release");
    all_of(targets, |target| one(target, &binaries.join(target), seconds))
}

/// Several at a time; the first failure ends it when what runs has ended.
fn all_of(targets: Vec<String>, work: impl Fn(&str) -> Outcome + Sync) -> Outcome {
    let queue = Mutex::new(targets.into_iter());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let worker = || std::iter::from_fn(next).try_for_each(|target| work(&target));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err("a fuzzing thread ended badly".to_owned()))
        })
    })
}

fn one(target: &str, binary: &PathBuf, seconds: u32) -> Outcome {
    let found = built().join("corpus").join(target);
    let broken = built().join("broken");
    for folder in [&found, &broken] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut fuzzer = Command::new(binary);
    fuzzer
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={PATIENCE}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-max_len={LONGEST_INPUT}"))
        .arg(format!("-artifact_prefix={}/{target}-", broken.display()))
        .args([found, folder().join("seeds").join(target)]);
    let output = fuzzer.output().map_err(|error| format!("{target} did not start: {error}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        eprintln!("xtask: {target}: {}", log.lines().next_back().unwrap_or_default());
        return Ok(());
    }
    Err(format!("{log}\nThe target {target} broke. Keep the input under fuzz/seeds/{target}."))
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, String> {
    let folder = folder().join("fuzz_targets");
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn targets_in_words() -> Result<String, String> {
    targets().map(|names| names.join(", "))
}

fn folder() -> PathBuf {
    root().join("fuzz")
}

/// Apart from everything else that is built, as the flags differ.
fn built() -> PathBuf {
    target_dir().join("fuzz")
}

/// The triple of this machine.
fn host() -> Result<String, String> {
    let output = command("rustc").arg("-vV").output();
    let text = output.map_err(|error| format!("rustc could not be run: {error}"))?.stdout;
    let text = String::from_utf8_lossy(&text);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".to_owned())
}
