//! House rules that no compiler knows: which crate may use which, what the pure crates may not touch,
//! how long a file may get, and that the documentation's links lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, command, root};

/// Crates from the ground up; each may use only those before it.
const LAYERS: [&str; 13] = [
    "lexicon",
    "repo",
    "records",
    "identity",
    "xrpc",
    "schemas",
    "verify",
    "theme",
    "pds",
    "index",
    "web",
    "hypercerts",
    "testkit",
];

/// Crates that compute and do nothing else.
const PURE: [&str; 3] = ["lexicon", "repo", "records"];

/// What a pure crate's sources may not name: files, network, clocks, environment, random numbers, a runtime.
/// (ECDSA needs a nonce; the signing libraries draw it themselves.)
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant::now",
    "tokio::",
    "getrandom::",
    " rand::",
];

/// Dependencies that open connections; only `identity` may have them, so that no request escapes its address check.
const CONNECTORS: [&str; 4] = ["reqwest", "tokio-tungstenite", "hickory-resolver", "lettre"];

/// Namespaces whose NSIDs are declared once, in a file named `nsid.rs`, and nowhere else, but for attributes,
/// which take no constants.
const NAMESPACES: [&str; 5] =
    ["\"com.atproto.", "\"org.hypercerts.", "\"app.certified.", "\"app.bsky.", "\"rs.hypercerts."];

const LONGEST_FILE: usize = 600;

pub fn run() -> Outcome {
    let mut findings = Vec::new();
    for layer in LAYERS {
        dependencies(layer, &mut findings);
    }
    for path in tracked_files()? {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        source_rules(&path, &text, &mut findings);
        if path.extension().is_some_and(|ext| ext == "md") {
            links(&path, &text, &mut findings);
        }
    }
    if findings.is_empty() {
        return Ok(());
    }
    Err(format!("tidy found:\n  {}", findings.join("\n  ")))
}

/// Files git tracks or would add.
fn tracked_files() -> Result<Vec<PathBuf>, String> {
    let output = command("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .map_err(|error| format!("git ls-files could not be run: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect())
}

fn dependencies(layer: &str, findings: &mut Vec<String>) {
    let manifest = root().join("crates").join(layer).join("Cargo.toml");
    let Ok(text) = fs::read_to_string(&manifest) else { return };
    let allowed = LAYERS.iter().take_while(|name| **name != layer);
    let allowed: Vec<String> = allowed.map(|name| package(name)).collect();
    for name in normal_dependencies(&text) {
        if name.starts_with("hypercerts") && !allowed.contains(&name) {
            findings.push(format!("crates/{layer} depends on {name}, which lies above it"));
        }
        if CONNECTORS.contains(&name.as_str()) && layer != "identity" {
            findings.push(format!(
                "crates/{layer} depends on {name}; only crates/identity opens connections"
            ));
        }
    }
}

/// The package in the folder `crates/<layer>`.
fn package(layer: &str) -> String {
    if layer == "hypercerts" { layer.to_owned() } else { format!("hypercerts-{layer}") }
}

fn normal_dependencies(manifest: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn source_rules(path: &Path, text: &str, findings: &mut Vec<String>) {
    let shown = path.display();
    let code = path
        .extension()
        .and_then(|ext| ext.to_str())
        .is_some_and(|ext| matches!(ext, "rs" | "mjs" | "css" | "html"));
    if code && text.lines().count() > LONGEST_FILE {
        findings.push(format!(
            "{shown} is longer than {LONGEST_FILE} lines: two rooms with better names?"
        ));
    }
    let Some(layer) = layer_of(path) else { return };
    if is_test_module(path) {
        return;
    }
    let product = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    for (number, line) in product.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
        let place = format!("{shown}:{}", number + 1);
        if let Some(word) =
            IMPURE.iter().find(|word| PURE.contains(&layer) && line.contains(**word))
        {
            findings.push(format!("{place} uses {word}; crates/{layer} is pure"));
        }
        if path.file_name().is_none_or(|name| name != "nsid.rs")
            && NAMESPACES.iter().any(|namespace| line.contains(namespace))
            && !line.trim_start().starts_with("#[serde(")
        {
            findings.push(format!("{place} spells an NSID out; use the constant from nsid.rs"));
        }
    }
}

/// The crate whose product code this file is, if it is one.
fn layer_of(path: &Path) -> Option<&'static str> {
    let mut parts = path.iter().filter_map(|part| part.to_str());
    if parts.next()? != "crates" {
        return None;
    }
    let name = parts.next()?;
    let in_src = parts.next()? == "src" && path.extension().is_some_and(|ext| ext == "rs");
    LAYERS.into_iter().find(|layer| in_src && *layer == name)
}

/// A file that its parent module includes in tests only.
fn is_test_module(path: &Path) -> bool {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else { return false };
    let declared = format!("#[cfg(test)]\nmod {};", stem.to_string_lossy());
    ["lib.rs", "mod.rs"]
        .into_iter()
        .filter_map(|parent| fs::read_to_string(root().join(folder).join(parent)).ok())
        .any(|text| text.contains(&declared))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Relative links of a document must lead to a file that exists.
fn links(path: &Path, text: &str, findings: &mut Vec<String>) {
    let folder = root().join(path.parent().unwrap_or(Path::new("")));
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let file = target.split('#').next().unwrap_or_default();
        let outside = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
        if !outside && !folder.join(file).exists() {
            findings.push(format!("{}: the link to {target} leads nowhere", path.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_upward_and_a_connector_are_found() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nhypercerts-web.workspace = true\nreqwest = \"1\"\n[dev-dependencies]\ntokio = \"1\"\n";
        assert_eq!(normal_dependencies(manifest), ["hypercerts-web", "reqwest"]);
    }

    #[test]
    fn a_pure_crate_may_not_read_the_clock() {
        let mut findings = Vec::new();
        let source = "fn now() { SystemTime::now(); }\n// SystemTime in a comment is no use\n";
        source_rules(Path::new("crates/repo/src/lib.rs"), source, &mut findings);
        assert_eq!(findings, ["crates/repo/src/lib.rs:1 uses SystemTime; crates/repo is pure"]);
    }

    #[test]
    fn an_nsid_is_spelled_in_one_file_only() {
        let line = "const A: &str = \"org.hypercerts.claim.activity\";";
        let mut findings = Vec::new();
        source_rules(Path::new("crates/records/src/nsid.rs"), line, &mut findings);
        assert!(findings.is_empty());
        source_rules(Path::new("crates/web/src/lib.rs"), line, &mut findings);
        assert_eq!(findings.len(), 1);
    }
}
