//! The examples of the Hypercerts documentation's page on work scopes hold.

use hypercerts_records::scope::{Context, Place, ScopeError, Vocabulary};
use hypercerts_records::{Cel, Claim, Measurement, WorkScope};
use serde_json::json;

use crate::shelf::{Shelf, claim, day, link, now, refs, scope, taxonomy};

const TSUNZA: &str = "scope.hasAll(['mangrove_restoration', 'environmental_education']) && scope.hasAny(['fishpond_management', 'ecotourism']) && location.country == 'KE'";
const TAGS: [&str; 4] =
    ["mangrove_restoration", "environmental_education", "fishpond_management", "ecotourism"];

fn tsunza() -> Claim {
    claim(&json!({
        "workScope": {
            "$type": "org.hypercerts.workscope.cel",
            "expression": TSUNZA,
            "usedTags": TAGS.map(link),
            "version": "v1",
            "createdAt": "2025-07-22T10:00:00Z"
        },
        "startDate": "2024-06-01T00:00:00Z",
        "endDate": "2025-12-31T23:59:59Z"
    }))
}

/// What is known about a claim, with its places.
fn known(claim: &Claim, vocabulary: &Vocabulary, countries: &[&str]) -> Context {
    let shelf = Shelf::default().with_tags(&TAGS);
    let scope = hypercerts_records::scope::Scope::of(claim, &shelf).unwrap();
    let context = Context::of(claim).tagged(vocabulary, scope.tags());
    countries.iter().fold(context, |context, country| context.at(Place::in_country(country)))
}

#[test]
fn a_claim_falls_under_its_own_scope() {
    let claim = tsunza();
    let context = known(&claim, &Vocabulary::default(), &["KE"]);
    assert_eq!(scope(TSUNZA).matches(&context), Ok(true));

    let elsewhere = known(&claim, &Vocabulary::default(), &["UG"]);
    assert_eq!(scope(TSUNZA).matches(&elsewhere), Ok(false));
}

#[test]
fn agroforestry_in_uganda() {
    let uganda = scope(
        "scope.hasAll(['agroforestry', 'tree_planting', 'beekeeping']) && location.country == 'UG'",
    );
    let work = |tags: &[&str]| {
        Context::new()
            .tagged(&Vocabulary::default(), tags.iter().copied())
            .at(Place::in_country("UG"))
    };
    assert_eq!(uganda.matches(&work(&["agroforestry", "tree_planting", "beekeeping"])), Ok(true));
    assert_eq!(uganda.matches(&work(&["agroforestry", "beekeeping"])), Ok(false));
}

#[test]
fn a_funder_finds_mangrove_work_in_east_africa() {
    let funder = scope(
        "// \"All mangrove work in East Africa\"\nscope.has(\"mangrove_restoration\") && location.country in [\"KE\", \"TZ\", \"MZ\", \"MG\"]",
    );
    let none = Vocabulary::default();
    assert_eq!(funder.matches(&known(&tsunza(), &none, &["KE"])), Ok(true));
    assert_eq!(funder.matches(&known(&tsunza(), &none, &["PH", "MZ"])), Ok(true));
    assert_eq!(funder.matches(&known(&tsunza(), &none, &["PH"])), Ok(false));
    assert_eq!(funder.matches(&known(&tsunza(), &none, &[])), Ok(false));
}

#[test]
fn the_region_of_a_place_follows_from_its_country() {
    let funder = scope("scope.has('ecosystem_restoration') && location.region == 'Eastern Africa'");
    let vocabulary = taxonomy(&[
        ("mangrove_restoration", "ecosystem_restoration"),
        ("ecosystem_restoration", ""),
    ]);
    assert_eq!(funder.matches(&known(&tsunza(), &vocabulary, &["KE"])), Ok(true));
    assert_eq!(funder.matches(&known(&tsunza(), &vocabulary, &["PH"])), Ok(false));
}

#[test]
fn an_evaluation_applies_to_later_work() {
    let evaluation = scope(
        "scope.has(\"mangrove_restoration\")\n  && location.country == \"KE\"\n  && time.end >= timestamp(\"2025-01-01T00:00:00Z\")",
    );
    let none = Vocabulary::default();
    assert_eq!(evaluation.matches(&known(&tsunza(), &none, &["KE"])), Ok(true));

    let mut earlier = tsunza();
    earlier.end_date = Some(day("2024-12-31T23:59:59Z"));
    assert_eq!(evaluation.matches(&known(&earlier, &none, &["KE"])), Ok(false));

    let mut open = tsunza();
    open.end_date = None;
    assert_eq!(evaluation.matches(&known(&open, &none, &["KE"])), Ok(true), "it goes on");
}

#[test]
fn five_hundred_verified_trees() {
    let funder = scope(
        "// \"Agroforestry that planted 500+ verified trees\"\nscope.has(\"agroforestry\")\n  && measurements.exists(m, m.metric == \"trees_planted\" && m.value >= 500)",
    );
    let with = |metric: &str, value: &str| {
        let trees = Measurement::new(metric, "trees", value, now());
        Context::new().tagged(&Vocabulary::default(), ["agroforestry"]).measured(&trees)
    };
    assert_eq!(funder.matches(&with("trees_planted", "500")), Ok(true));
    assert_eq!(funder.matches(&with("trees_planted", "5.25e2")), Ok(true));
    assert_eq!(funder.matches(&with("trees_planted", "499.99")), Ok(false));
    assert_eq!(funder.matches(&with("trees_planted", "many")), Ok(false));
    assert_eq!(funder.matches(&with("trees_felled", "9000")), Ok(false));
}

#[test]
fn a_new_claim_is_held_against_an_existing_one() {
    let check = scope(
        "existing.scope.overlaps(new.scope)\n  && existing.time.start < new.time.end\n  && new.time.start < existing.time.end\n  && existing.location.region == new.location.region",
    );
    let claim = |tag: &str, country: &str, from: &str, to: &str| {
        Context::new()
            .tagged(&Vocabulary::default(), [tag])
            .at(Place::in_country(country))
            .during(Some(&day(from)), Some(&day(to)))
    };
    let existing = claim("agroforestry", "KE", "2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z");
    let double = claim("agroforestry", "UG", "2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z");
    let later = claim("agroforestry", "UG", "2025-06-01T00:00:00Z", "2026-06-01T00:00:00Z");
    let asia = claim("agroforestry", "PH", "2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z");
    let other = claim("ecotourism", "KE", "2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z");

    assert_eq!(check.matches_two(&existing, &double), Ok(true));
    for unrelated in [later, asia, other] {
        assert_eq!(check.matches_two(&existing, &unrelated), Ok(false));
    }
    assert_eq!(check.matches(&existing), Err(ScopeError::NeedsTwoClaims));
}

#[test]
fn tags_beside_an_expression_count_unless_it_rules_them_out() {
    let mut claim = tsunza();
    let expression = "scope.has('beekeeping') && !scope.has('ecotourism')".to_owned();
    let cel = Cel::new(expression, refs(&["workshops", "ecotourism"]), "v1", now());
    claim.work_scope = Some(WorkScope::Cel(cel));
    let shelf = Shelf::default().with_tags(&["workshops", "ecotourism"]);
    let scope = hypercerts_records::scope::Scope::of(&claim, &shelf).unwrap();
    assert_eq!(scope.tags().collect::<Vec<_>>(), ["beekeeping", "workshops"]);
}
