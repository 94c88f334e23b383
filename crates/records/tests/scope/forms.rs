//! Every form in which a record can hold a scope is understood, or refused with its reason.

use hypercerts_records::scope::{Context, Scope, ScopeError};
use hypercerts_records::{Claim, Ops, WorkScope, WorkScopeExpr, WorkScopeString};
use serde_json::json;

use crate::shelf::{Shelf, claim, link, now, refs, to, work};

fn referring(name: &str) -> Claim {
    claim(&json!({ "workScope": link(name) }))
}

fn read(shelf: &Shelf) -> Result<Scope, ScopeError> {
    Scope::of(&referring("scope"), shelf)
}

fn ops(op: &str, args: &[&str]) -> Ops {
    Ops::new(op, refs(args), now())
}

fn matches(scope: &Scope, tags: &[&str]) -> bool {
    scope.matches(&work(tags)).unwrap()
}

#[test]
fn a_claim_without_a_scope_covers_all_work() {
    let scope = Scope::of(&claim(&json!({})), &Shelf::default()).unwrap();
    assert!(scope.is_unconstrained());
    assert!(matches(&scope, &[]));
}

#[test]
fn tag_lists_ask_for_all_any_and_none() {
    let mut lists = WorkScopeExpr::new(1_u64, now());
    lists.all_of = refs(&["forest"]);
    lists.any_of = refs(&["planting", "care"]);
    lists.none_of = refs(&["logging"]);
    let tags = ["forest", "planting", "care", "logging"];
    let scope = read(&Shelf::default().with_tags(&tags).with("scope", lists)).unwrap();

    assert!(matches(&scope, &["forest", "care"]));
    assert!(!matches(&scope, &["forest"]));
    assert!(!matches(&scope, &["planting", "care"]));
    assert!(!matches(&scope, &["forest", "planting", "logging"]));
    assert_eq!(scope.to_string(), "forest and (planting or care) and not logging");
    assert_eq!(scope.tags().collect::<Vec<_>>(), ["care", "forest", "planting"]);
}

#[test]
fn empty_tag_lists_ask_for_nothing() {
    let scope = read(&Shelf::default().with("scope", WorkScopeExpr::new(1_u64, now()))).unwrap();
    assert!(scope.is_unconstrained());
}

#[test]
fn trees_of_operators_nest() {
    let shelf = Shelf::default()
        .with_tags(&["forest", "planting", "logging", "mining"])
        .with("scope", ops("all", &["forest", "either"]))
        .with("either", ops("any", &["planting", "harmless"]))
        .with("harmless", ops("not", &["logging", "mining"]));
    let scope = read(&shelf).unwrap();

    assert!(matches(&scope, &["forest"]));
    assert!(matches(&scope, &["forest", "planting", "logging"]));
    assert!(!matches(&scope, &["forest", "mining"]), "not of several means none of them");
    assert!(!matches(&scope, &["planting"]));
}

#[test]
fn a_tree_that_leads_back_to_itself_is_refused() {
    let shelf = Shelf::default()
        .with("scope", ops("all", &["inner"]))
        .with("inner", ops("not", &["scope"]));
    assert_eq!(read(&shelf), Err(ScopeError::Cycle(to("scope").uri().clone())));
}

#[test]
fn a_part_may_be_used_in_several_places() {
    let shelf = Shelf::default()
        .with_tags(&["forest", "care"])
        .with("scope", ops("any", &["one", "other"]))
        .with("one", ops("all", &["shared"]))
        .with("other", ops("not", &["shared"]))
        .with("shared", ops("all", &["forest", "care"]));
    assert!(matches(&read(&shelf).unwrap(), &[]));
}

#[test]
fn a_tree_that_is_too_deep_is_refused() {
    let name = |level: usize| if level == 0 { "scope".to_owned() } else { format!("level{level}") };
    let shelf = (0..40).fold(Shelf::default(), |shelf, level| {
        shelf.with(&name(level), ops("not", &[&name(level + 1)]))
    });
    assert_eq!(read(&shelf), Err(ScopeError::TooDeep { limit: 32 }));
}

#[test]
fn a_tree_that_unfolds_without_end_is_refused() {
    let name = |level: usize| if level == 0 { "scope".to_owned() } else { format!("level{level}") };
    let shelf = (0..20).fold(Shelf::default().with_tags(&["level20"]), |shelf, level| {
        let below = name(level + 1);
        shelf.with(&name(level), ops("all", &[&below, &below]))
    });
    assert!(matches!(read(&shelf), Err(ScopeError::TooLarge { what: "parts", .. })));
}

#[test]
fn an_unknown_operator_is_named() {
    let shelf = Shelf::default().with_tags(&["forest"]).with("scope", ops("xor", &["forest"]));
    let error = read(&shelf).unwrap_err();
    assert_eq!(error, ScopeError::UnknownOperator("xor".to_owned()));
    assert!(error.to_string().contains("`all`, `any` and `not`"));
}

#[test]
fn a_missing_part_is_named() {
    let shelf = Shelf::default().with("scope", ops("all", &["forest"]));
    let error = read(&shelf).unwrap_err();
    assert!(error.is_missing());
    assert!(error.to_string().contains("/forest"));
}

#[test]
fn a_part_of_another_type_is_named() {
    let shelf = Shelf::default().with("scope", claim(&json!({})));
    let error = read(&shelf).unwrap_err();
    assert!(matches!(&error, ScopeError::WrongRecord { found, .. } if found.contains("activity")));
}

#[test]
fn logic_in_the_claim_is_read() {
    let terms = claim(&json!({ "workScope": {
        "allOf": ["forest"], "anyOf": ["planting", "care"], "noneOf": ["logging"]
    }}));
    let scope = Scope::of(&terms, &Shelf::default()).unwrap();
    assert!(matches(&scope, &["forest", "care"]));
    assert!(!matches(&scope, &["forest", "care", "logging"]));

    let within = claim(&json!({ "workScope": {
        "withinAllOf": ["forest"], "withinAnyOf": [], "withinNoneOf": []
    }}));
    let scope = Scope::of(&within, &Shelf::default()).unwrap();
    assert!(matches(&scope, &["forest"]));
    assert!(!matches(&scope, &[]));
}

#[test]
fn trees_in_the_claim_are_read() {
    let atom =
        |name: &str| json!({ "$type": "org.hypercerts.defs#workScopeAtom", "atom": link(name) });
    let tree = claim(&json!({ "workScope": {
        "$type": "org.hypercerts.defs#workScopeAll",
        "op": "all",
        "args": [
            atom("forest"),
            { "$type": "org.hypercerts.defs#workScopeNot", "op": "not", "arg": atom("logging") }
        ]
    }}));
    let shelf = Shelf::default().with_tags(&["forest", "logging"]);
    let scope = Scope::of(&tree, &shelf).unwrap();
    assert!(matches(&scope, &["forest"]));
    assert!(!matches(&scope, &["forest", "logging"]));
}

#[test]
fn older_names_of_the_expression_are_read() {
    for name in ["org.hypercerts.helper.celExpression", "org.hypercerts.ontology.celExpression"] {
        let older = claim(&json!({ "workScope": {
            "$type": name,
            "expression": "scope.has('forest')",
            "usedTags": [link("forest")],
            "version": "v1",
            "createdAt": "2026-01-01T00:00:00Z"
        }}));
        let scope = Scope::of(&older, &Shelf::default().with_tags(&["forest"])).unwrap();
        assert!(matches(&scope, &["forest"]), "{name}");
    }
}

#[test]
fn a_text_of_keys_means_its_tags() {
    let mut source = claim(&json!({}));
    let text = WorkScopeString::new("library-maintenance");
    source.work_scope = Some(WorkScope::Text(text));
    let scope = Scope::of(&source, &Shelf::default()).unwrap();
    assert!(matches(&scope, &["library-maintenance"]));
    assert_eq!(scope.tags().collect::<Vec<_>>(), ["library-maintenance"]);

    let several = Scope::of_text("forest_protection, tree_planting");
    assert!(matches(&several, &["forest_protection", "tree_planting"]));
    assert!(!matches(&several, &["tree_planting"]));
}

#[test]
fn any_other_text_is_for_people() {
    for text in ["We planted trees", "Documentation, Open Source", "a,,b", "", "-", "täglich"] {
        let scope = Scope::of_text(text);
        assert_eq!(scope.text(), Some(text));
        let error = scope.matches(&Context::new()).unwrap_err();
        assert!(error.is_only_for_people());
    }
}

#[test]
fn a_form_that_nobody_knows_is_named() {
    let strange = claim(&json!({ "workScope": { "$type": "com.example.scope" } }));
    let error = Scope::of(&strange, &Shelf::default()).unwrap_err();
    assert_eq!(error, ScopeError::UnknownForm("com.example.scope".to_owned()));
}
