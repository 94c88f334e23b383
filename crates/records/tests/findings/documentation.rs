//! `docs/findings.md` lists every rule, and its examples break the rule they are shown under.

use std::path::Path;

use hypercerts_lexicon::{Nsid, json};
use hypercerts_records::Reading;
use hypercerts_records::finding::{RULES, Rule, of_record};

/// What stands under the heading of a rule.
struct Section<'d> {
    rule: &'static Rule,
    text: &'d str,
}

impl Section<'_> {
    fn example(&self) -> Option<&str> {
        self.text.split_once("```json\n")?.1.split_once("```").map(|(example, _)| example)
    }

    /// The message that is quoted, on one line.
    fn message(&self) -> String {
        let quoted = self.text.lines().filter_map(|line| line.strip_prefix("> "));
        quoted.collect::<Vec<_>>().join(" ")
    }
}

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings.md");
    std::fs::read_to_string(path).unwrap()
}

fn sections(document: &str) -> Vec<Section<'_>> {
    let after = document.split("\n### `").skip(1);
    after
        .map(|section| {
            let (code, text) = section.split_once('`').unwrap();
            let rule = RULES.iter().find(|rule| rule.code == code);
            Section { rule: rule.unwrap_or_else(|| panic!("no rule is called {code}")), text }
        })
        .collect()
}

#[test]
fn every_rule_is_explained_with_its_severity() {
    let document = document();
    let sections = sections(&document);
    let explained: Vec<&str> = sections.iter().map(|section| section.rule.code).collect();
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(explained, rules, "docs/findings.md has the rules in the order of the code");
    for Section { rule, text } in &sections {
        let said = text.lines().next().unwrap();
        assert_eq!(said, format!(" ({})", rule.severity), "{}", rule.code);
        assert!(!Section { rule, text }.message().is_empty(), "{} shows no message", rule.code);
    }
}

#[test]
fn every_example_breaks_the_rule_it_is_shown_under() {
    let document = document();
    for section in sections(&document) {
        let Some(example) = section.example() else { continue };
        let value = json::parse(example.as_bytes()).unwrap();
        let collection = Nsid::parse(value.type_name().unwrap()).unwrap();
        let findings = of_record(&Reading::of(&collection, &value).unwrap().record);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(finding.code, section.rule.code);
        assert_eq!(finding.message, section.message(), "{}", section.rule.code);
    }
}
