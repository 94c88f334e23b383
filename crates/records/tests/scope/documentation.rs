//! Every expression that `docs/scopes.md` shows can be read.

use std::path::Path;

use hypercerts_records::scope::Scope;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scopes.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_expression_shown_is_read() {
    let document = document();
    let shown: Vec<_> = document.split("```cel\n").skip(1).collect();
    assert!(shown.len() > 5);
    for block in shown {
        let expression = block.split("```").next().unwrap();
        assert!(Scope::parse(expression).is_ok(), "{expression}: {:?}", Scope::parse(expression));
    }
}

#[test]
fn every_refusal_shown_is_one() {
    let document = document();
    let rows = document.lines().filter(|line| line.starts_with("| refused | `"));
    let mut count = 0;
    for row in rows {
        let mut cells = row.split('`');
        let expression = cells.nth(1).unwrap();
        let reason = row.rsplit('|').nth(1).unwrap().trim();
        let error = Scope::parse(expression).unwrap_err().to_string();
        assert!(error.contains(reason), "{expression}: {error}");
        count += 1;
    }
    assert!(count > 2);
}

#[test]
fn what_a_person_reads_is_what_the_page_shows() {
    let document = document();
    for row in document.lines().filter(|line| line.starts_with("| read as | `")) {
        let expression = row.split('`').nth(1).unwrap();
        let words = row.rsplit('|').nth(1).unwrap().trim();
        assert_eq!(Scope::parse(expression).unwrap().to_string(), words);
    }
}
