//! Whether any work falls under two scopes, with an example or the contradiction.

use hypercerts_records::scope::overlap::{Example, Overlap, Witness};
use hypercerts_records::scope::{Scope, Vocabulary};
use proptest::prelude::*;

use crate::shelf::{scope, taxonomy};

fn compare(one: &str, other: &str) -> Overlap {
    scope(one).overlap(&scope(other), &Vocabulary::default())
}

fn example(overlap: Overlap) -> Example {
    match overlap {
        Overlap::Overlaps { witness: Witness::Work(example) } => example,
        other => panic!("{other:?}"),
    }
}

fn conflict(overlap: Overlap) -> Vec<String> {
    match overlap {
        Overlap::Disjoint { witness: Witness::Conflict { conditions } } => conditions,
        other => panic!("{other:?}"),
    }
}

#[test]
fn scopes_of_different_tags_share_work_that_has_both() {
    let example = example(compare("scope.has('beekeeping')", "scope.has('agroforestry')"));
    assert_eq!(example.tags, ["agroforestry", "beekeeping"]);
}

#[test]
fn what_one_asks_for_and_the_other_rules_out_is_the_conflict() {
    let overlap = compare(
        "scope.has('forest') && scope.has('planting') && location.country == 'KE'",
        "!scope.has('planting') && scope.has('care')",
    );
    assert_eq!(conflict(overlap), ["planting", "not planting"]);
}

#[test]
fn a_tag_brings_those_above_it() {
    let words = taxonomy(&[("mangroves", "forest"), ("forest", "")]);
    let overlap = scope("scope.has('mangroves')").overlap(&scope("!scope.has('forest')"), &words);
    assert!(overlap.is_disjoint());
    let overlap = scope("scope.has('forest')").overlap(&scope("!scope.has('mangroves')"), &words);
    assert_eq!(example(overlap).tags, ["forest"]);
}

#[test]
fn one_piece_of_work_is_in_one_country() {
    assert!(compare("location.country == 'KE'", "location.country == 'UG'").is_disjoint());
    assert!(
        compare("location.country in ['KE', 'UG']", "location.country != 'KE'").overlaps_surely()
    );
    assert!(compare("location.country == 'KE'", "location.region == 'Eastern Asia'").is_disjoint());
    let both =
        compare("location.region == 'Eastern Africa'", "!(location.country in ['BI', 'KE'])");
    assert_eq!(example(both).region.as_deref(), Some("Eastern Africa"));
    assert!(compare("location.continent == 'Asia'", "location.country == 'KE'").is_disjoint());
    assert!(compare("has(location.country)", "location.region == 'Polynesia'").overlaps_surely());
    assert!(compare("!has(location.country)", "location.country == 'KE'").is_disjoint());
    assert!(compare("location.country == 'nowhere'", "true").is_disjoint());
}

#[test]
fn times_exclude_each_other() {
    let before = "time.end < timestamp('2024-01-01T00:00:00Z')";
    let after = "time.start >= timestamp('2024-01-01T00:00:00Z')";
    assert_eq!(conflict(compare(before, after)).len(), 2);
    let from_23 = "timestamp('2023-01-01T00:00:00Z') <= time.start";
    let shared = example(compare(before, from_23));
    assert_eq!(shared.start.unwrap().as_str(), "2023-01-01T00:00:00.000Z");
    let noon = "time.start == timestamp('2024-01-01T12:00:00Z')";
    assert!(compare(noon, after).overlaps_surely());
    assert!(compare(noon, before).is_disjoint());
    assert!(compare(noon, "time.start != timestamp('2024-01-01T12:00:00Z')").is_disjoint());
}

#[test]
fn examples_fall_under_both() {
    let none = Vocabulary::default();
    for (one, other) in [
        (
            "location.country == 'KE' && scope.has('a')",
            "time.end > timestamp('2024-01-01T00:00:00Z')",
        ),
        ("location.region == 'Eastern Africa'", "location.country != 'KE'"),
        ("location.region == 'Amazon'", "!has(location.country) && scope.hasAny(['a', 'b'])"),
        ("location.continent == 'Europe' || scope.has('a')", "!scope.has('a')"),
        (
            "time.start > timestamp('2024-01-01T00:00:00Z')",
            "time.end < timestamp('2024-02-01T00:00:00Z')",
        ),
    ] {
        let (one, other) = (scope(one), scope(other));
        let context = example(one.overlap(&other, &none)).context(&none);
        assert_eq!((one.matches(&context), other.matches(&context)), (Ok(true), Ok(true)), "{one}");
    }
}

#[test]
fn what_is_more_than_tags_place_and_time_cannot_be_told() {
    let trees = "measurements.exists(m, m.metric == 'trees' && m.value >= 500)";
    let overlap = compare(trees, "scope.has('forest')");
    assert!(matches!(overlap, Overlap::CannotTell { .. }));
    let either = compare(&format!("{trees} || scope.has('care')"), "scope.has('forest')");
    assert_eq!(example(either).tags, ["care", "forest"], "the example needs no trees");
    assert!(compare(trees, &format!("!({trees})")).is_disjoint(), "the same condition, denied");
    let apart = compare(&format!("{trees} && scope.has('care')"), "!scope.has('care')");
    assert!(apart.is_disjoint(), "whatever the measurements");
}

#[test]
fn all_work_overlaps_with_every_scope_that_anything_can_fall_under() {
    let (all, none) = (Scope::unconstrained(), Vocabulary::default());
    for expression in ["scope.has('a')", "measurements.exists(m, m.value > 1.0)", "true"] {
        let open = Overlap::Overlaps { witness: Witness::Open };
        assert_eq!(scope(expression).overlap(&all, &none), open);
        assert_eq!(all.overlap(&scope(expression), &none), open);
    }
    let impossible = scope("scope.has('a') && !scope.has('a')");
    assert!(impossible.overlap(&all, &none).is_disjoint());
    assert!(all.overlap(&Scope::of_text("We plant trees"), &none).overlaps_surely());
}

#[test]
fn texts_for_people_are_compared_as_texts() {
    let text = Scope::of_text;
    let none = Vocabulary::default();
    assert!(text("We plant  trees").overlap(&text("we plant trees"), &none).overlaps_surely());
    for other in [text("We fell trees"), scope("scope.has('trees')")] {
        let overlap = text("We plant trees").overlap(&other, &none);
        assert!(matches!(overlap, Overlap::CannotTell { .. }));
    }
    let key =
        text("library-maintenance").overlap(&scope("!scope.has('library-maintenance')"), &none);
    assert!(key.is_disjoint());
}

#[test]
fn a_riddle_that_takes_too_long_cannot_be_told() {
    let (pigeons, holes) = (9, 8);
    let housed = (0..pigeons).map(|pigeon| {
        let any: Vec<_> = (0..holes).map(|hole| format!("'p{pigeon}h{hole}'")).collect();
        format!("scope.hasAny([{}])", any.join(","))
    });
    let alone = (0..holes).flat_map(|hole| {
        (0..pigeons).flat_map(move |one| {
            (one + 1..pigeons)
                .map(move |other| format!("!(scope.hasAll(['p{one}h{hole}', 'p{other}h{hole}']))"))
        })
    });
    let parts: Vec<_> = alone.collect();
    let (one, rest) = parts.split_at(parts.len() / 2);
    let first = scope(&housed.chain(one.iter().cloned()).collect::<Vec<_>>().join("&&"));
    let second = scope(&rest.join("&&"));
    let started = std::time::Instant::now();
    let overlap = first.overlap(&second, &Vocabulary::default());
    assert!(!overlap.overlaps_surely());
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
}

proptest! {
    #[test]
    fn an_empty_vocabulary_knows_only_equality(one in "[a-c]", other in "[a-c]") {
        let overlap = compare(&format!("scope.has('{one}')"), &format!("!scope.has('{other}')"));
        prop_assert_eq!(overlap.is_disjoint(), one == other);
    }
}
