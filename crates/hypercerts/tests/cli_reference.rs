//! The written reference says what the program says.

use std::path::Path;

#[test]
fn the_reference_in_docs_is_what_help_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let told = hypercerts::cli::reference::markdown();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &told).expect("docs/cli.md can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == told, "docs/cli.md is out of date: run this test with UPDATE_EXPECT=1");
}
