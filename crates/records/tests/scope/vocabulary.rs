//! What tags mean to one another.

use hypercerts_records::scope::{Context, Vocabulary};

use crate::shelf::{scope, tag, taxonomy, to, vocabulary};

fn matches(vocabulary: &Vocabulary, had: &str, asked: &str) -> bool {
    let context = Context::new().tagged(vocabulary, [had]);
    scope(&format!("scope.has('{asked}')")).matches(&context).unwrap()
}

#[test]
fn having_a_tag_means_having_those_above_it() {
    let words = taxonomy(&[
        ("mangrove_restoration", "ecosystem_restoration"),
        ("ecosystem_restoration", "environment"),
        ("environment", ""),
        ("reforestation", "ecosystem_restoration"),
    ]);
    assert!(matches(&words, "mangrove_restoration", "ecosystem_restoration"));
    assert!(matches(&words, "mangrove_restoration", "environment"));
    assert!(!matches(&words, "ecosystem_restoration", "mangrove_restoration"));
    assert!(!matches(&words, "mangrove_restoration", "reforestation"));
    assert!(words.implies("reforestation", "environment"));
}

#[test]
fn an_alias_stands_for_its_tag() {
    let mut mangroves = tag("mangrove_restoration");
    mangroves.aliases = vec!["mangroves".to_owned(), "manglares".to_owned()];
    let words = vocabulary(&[mangroves]);
    assert!(matches(&words, "manglares", "mangrove_restoration"));
    assert!(matches(&words, "mangrove_restoration", "mangroves"));
}

#[test]
fn a_superseded_key_stands_for_its_successor() {
    let mut old = tag("mangroves");
    old.superseded_by = Some(to("mangrove_restoration"));
    let mut new = tag("mangrove_restoration");
    new.parent = Some(to("ecosystem_restoration"));
    let words = vocabulary(&[old, new, tag("ecosystem_restoration")]);
    assert!(matches(&words, "mangroves", "mangrove_restoration"));
    assert!(matches(&words, "mangrove_restoration", "mangroves"));
    assert!(matches(&words, "mangroves", "ecosystem_restoration"));
}

#[test]
fn no_tag_can_take_the_name_of_another() {
    let mut thief = tag("cheap_trees");
    thief.aliases = vec!["mangrove_restoration".to_owned()];
    let words = vocabulary(&[thief, tag("mangrove_restoration")]);
    assert!(!matches(&words, "cheap_trees", "mangrove_restoration"));
    assert!(!matches(&words, "mangrove_restoration", "cheap_trees"));
}

#[test]
fn an_alias_that_two_tags_claim_stands_for_neither() {
    let (mut one, mut other) = (tag("trees"), tag("forests"));
    one.aliases = vec!["woods".to_owned()];
    other.aliases = vec!["woods".to_owned()];
    let words = vocabulary(&[one, other]);
    assert!(!matches(&words, "woods", "trees"));
    assert!(!matches(&words, "trees", "forests"));
}

#[test]
fn circles_end() {
    let words = taxonomy(&[("a", "b"), ("b", "c"), ("c", "a")]);
    assert!(matches(&words, "a", "c") && matches(&words, "c", "b"));

    let (mut one, mut other) = (tag("one"), tag("other"));
    one.superseded_by = Some(to("other"));
    other.superseded_by = Some(to("one"));
    let words = vocabulary(&[one, other]);
    assert!(matches(&words, "one", "other") && matches(&words, "other", "one"));
}

#[test]
fn a_chain_without_end_is_followed_only_so_far() {
    let keys: Vec<String> = (0..=10_000).map(|level| format!("t{level}")).collect();
    let pairs: Vec<(&str, &str)> =
        keys.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    let words = taxonomy(&pairs);
    assert!(matches(&words, "t0", "t200"));
    assert!(!matches(&words, "t0", "t9000"));
}

#[test]
fn a_key_that_no_record_explains_stands_for_itself() {
    let words = taxonomy(&[("forest", "missing")]);
    assert!(matches(&words, "unheard_of", "unheard_of"));
    assert!(!matches(&words, "forest", "missing"), "a parent outside the vocabulary has no effect");
}
