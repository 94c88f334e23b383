//! What changed between two versions of a record.

use hypercerts_lexicon::{Value, json};
use hypercerts_records::{Change, diff};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

#[allow(clippy::needless_pass_by_value, reason = "calls hand in what they have just made")]
fn value(json: Json) -> Value {
    json::from_json(&json).unwrap()
}

/// The changes in one line each: `path: before -> after`, `-` for nothing.
fn told(old: Json, new: Json) -> Vec<String> {
    diff(&value(old), &value(new)).iter().map(line).collect()
}

fn line(change: &Change) -> String {
    let said = |value: &Option<Value>| {
        value.as_ref().map_or(String::from("-"), |value| json::to_json(value).to_string())
    };
    format!("{}: {} -> {}", change.path, said(&change.before), said(&change.after))
}

#[test]
fn each_field_that_differs_is_told_with_what_stood_there() {
    let old = json!({
        "title": "Mangroves", "startDate": "2025-01-01T00:00:00Z",
        "workScope": { "$type": "a#text", "scope": "mangroves" },
    });
    let new = json!({
        "title": "Mangroves", "endDate": "2025-12-31T00:00:00Z",
        "workScope": { "$type": "a#text", "scope": "mangroves and reefs" },
    });
    assert_eq!(
        told(old.clone(), new),
        [
            "endDate: - -> \"2025-12-31T00:00:00Z\"",
            "startDate: \"2025-01-01T00:00:00Z\" -> -",
            "workScope.scope: \"mangroves\" -> \"mangroves and reefs\"",
        ]
    );
    assert!(told(old.clone(), old).is_empty());
}

#[test]
fn a_member_of_another_type_is_another_thing() {
    let old = json!({ "scope": { "$type": "a", "x": 1, "y": 2 } });
    let new = json!({ "scope": { "$type": "b", "x": 1 } });
    assert_eq!(told(old, new).len(), 1);
}

#[test]
fn entries_that_only_moved_did_not_change() {
    let people = |names: &[&str]| json!({ "people": names });
    assert_eq!(told(people(&["a", "b"]), people(&["a", "b", "c"])), ["people[2]: - -> \"c\""]);
    assert_eq!(told(people(&["a", "b", "c"]), people(&["b", "c"])), ["people[0]: \"a\" -> -"]);
    assert_eq!(
        told(people(&["a", "b", "c", "d"]), people(&["x", "a", "c", "e"])),
        ["people[0]: - -> \"x\"", "people[1]: \"b\" -> -", "people[3]: \"d\" -> \"e\""]
    );
}

#[test]
fn a_changed_entry_is_told_field_by_field() {
    let weight =
        |weight: &str| json!({ "c": [{ "n": "a" }, { "n": "b", "w": weight }, { "n": "c" }] });
    assert_eq!(told(weight("1"), weight("2")), ["c[1].w: \"1\" -> \"2\""]);
}

#[test]
fn what_is_long_is_told_in_short() {
    let old = json!({ "text": "a".repeat(5_000), "list": [] });
    let new = json!({ "text": "b".repeat(5_000), "list": [], "more": vec!["entry"; 500] });
    let changes = diff(&value(old), &value(new));
    assert_eq!(changes[0].after, Some(value(json!("a list of 500 entries"))));
    let text = changes[1].after.as_ref().and_then(Value::as_str).unwrap();
    assert_eq!(text.chars().count(), 301);
}

#[test]
fn of_a_long_text_the_part_that_differs_is_told() {
    let text = |word: &str| json!({ "text": format!("{}{word} in the bay", "so ".repeat(1_000)) });
    let changes = diff(&value(text("planted")), &value(text("grown")));
    let after = changes[0].after.as_ref().and_then(Value::as_str).unwrap();
    assert!(after.starts_with("…") && after.ends_with("so grown in the bay"), "{after}");
}

#[test]
fn where_too_much_changed_the_whole_is_one_change() {
    let numbers = |from: i64| (from..from + 1_000).collect::<Vec<_>>();
    let changes = told(json!({ "n": numbers(0) }), json!({ "n": numbers(5_000) }));
    assert_eq!(changes, ["n: \"a list of 1000 entries\" -> \"a list of 1000 entries\""]);

    let fields = |value: i64| {
        let fields = (0..10_000).map(|n| (format!("f{n}"), json!(value)));
        Json::Object(fields.collect())
    };
    assert_eq!(told(fields(1), fields(2)).len(), 1);
}

fn any_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![any::<bool>().prop_map(Json::from), "[a-c]{0,3}".prop_map(Json::from)];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::btree_map("[a-e]", inner, 0..5)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_is_told_exactly_of_equal_versions(old in any_value(), new in any_value()) {
        let changes = diff(&value(old.clone()), &value(new.clone()));
        prop_assert_eq!(changes.is_empty(), old == new);
        prop_assert!(changes.iter().all(|change| change.before != change.after));
    }
}
