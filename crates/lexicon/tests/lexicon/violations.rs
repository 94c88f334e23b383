//! What the author of a record is told.

use hypercerts_lexicon::*;
use serde_json::{Value as Json, json};

const COLLECTION: &str = "org.example.claim";

fn catalogue() -> Catalogue {
    let properties = json!({
        "title": { "type": "string", "maxLength": 12 },
        "summary": { "type": "string", "maxGraphemes": 3, "minGraphemes": 2 },
        "kind": { "type": "string", "enum": ["tree", "fish"] },
        "weight": { "type": "integer", "minimum": 1, "maximum": 10 },
        "final": { "type": "boolean", "const": true },
        "startDate": { "type": "string", "format": "datetime" },
        "tags": { "type": "array", "maxLength": 2, "minLength": 1, "items": { "type": "string" } },
        "image": { "type": "blob", "accept": ["image/*", "application/pdf"], "maxSize": 1000 },
        "digest": { "type": "bytes", "minLength": 2, "maxLength": 2 },
        "source": { "type": "cid-link" },
        "extra": { "type": "unknown" },
        "place": { "type": "ref", "ref": "#place" },
        "mark": { "type": "ref", "ref": "#mark" } });
    let place = json!({ "type": "object", "required": ["name"], "nullable": ["note"], "properties": {
        "name": { "type": "string" }, "note": { "type": "string" } } });
    let document = json!({ "lexicon": 1, "id": COLLECTION, "defs": {
        "main": { "type": "record", "key": "tid", "record": {
            "type": "object", "required": ["title"], "properties": properties } },
        "place": place,
        "mark": { "type": "token" } } });
    let mut catalogue = Catalogue::new();
    catalogue.add_json(&document.to_string()).unwrap();
    catalogue
}

/// The violations of a record with a title and these other fields.
fn violations(fields: Json) -> Vec<Violation> {
    let mut record = json!({ "$type": COLLECTION, "title": "Mangroves" });
    record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let record = json::from_json(&record).unwrap();
    let rkey = RecordKey::from(Tid::new(1, 1));
    match catalogue().validate_record(&Nsid::parse(COLLECTION).unwrap(), &rkey, &record) {
        Validity::Valid => Vec::new(),
        Validity::Invalid(violations) => violations,
        Validity::UnknownType => panic!("the type is known"),
    }
}

fn says(fields: Json) -> String {
    let violations = violations(fields);
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations[0].to_string()
}

#[test]
fn each_broken_rule_is_a_sentence_with_the_way_out() {
    for (fields, sentence) in [
        (json!({ "title": 5 }), "“title” must be text, but is an integer (5)."),
        (json!({ "title": null }), "“title” must not be null: give it a value or leave it out."),
        (
            json!({ "title": "Thirteen char" }),
            "“title” has 13 bytes, but may have 12 at most: remove 1 byte.",
        ),
        (
            json!({ "summary": "नमस्ते!" }),
            "“summary” has 4 characters, but may have 3 at most: remove 1 character.",
        ),
        (
            json!({ "summary": "👩‍👩‍👦‍👦" }),
            "“summary” has 1 character, but needs at least 2: add 1 character.",
        ),
        (json!({ "kind": "rock" }), "“kind” must be “tree” or “fish”, not \"rock\"."),
        (json!({ "weight": 0 }), "“weight” must be at least 1, but is 0."),
        (json!({ "weight": 11 }), "“weight” must be at most 10, but is 11."),
        (json!({ "final": false }), "“final” must be “true”, not false."),
        (
            json!({ "startDate": "2025-02-30T00:00:00Z" }),
            "“startDate” must be a datetime, and \"2025-02-30T00:00:00Z\" is not: there is no such day.",
        ),
        (json!({ "tags": [] }), "“tags” has 0 items, but needs at least 1: add 1 item."),
        (
            json!({ "tags": ["a", "b", "c"] }),
            "“tags” has 3 items, but may have 2 at most: remove 1 item.",
        ),
        (json!({ "tags": ["a", {}] }), "“tags[1]” must be text, but is an object without “$type”."),
        (
            json!({ "extra": [1] }),
            "“extra” must be an object that is not a blob, but is a list of 1.",
        ),
        (json!({ "place": {} }), "“place.name” is required and missing: add it."),
        (
            json!({ "mark": "x" }),
            "“mark” must be absent, because a token has no data, but is text (\"x\").",
        ),
        (json!({ "source": "bafy" }), "“source” must be a link, but is text (\"bafy\")."),
        (
            json!({ "digest": { "$bytes": "AA" } }),
            "“digest” has 1 byte, but needs at least 2: add 1 byte.",
        ),
    ] {
        assert_eq!(says(fields), sentence);
    }
}

#[test]
fn files_are_checked_for_kind_and_size() {
    let image = |mime_type: &str, size: u64| {
        json!({ "image": { "$type": "blob", "mimeType": mime_type, "size": size,
            "ref": { "$link": Cid::of_raw(b"x").to_string() } } })
    };
    for mime_type in ["image/png", "IMAGE/WEBP", "application/pdf", "image/svg+xml; charset=utf-8"]
    {
        assert!(violations(image(mime_type, 1000)).is_empty(), "{mime_type}");
    }
    assert!(violations(image("image/png", 0)).is_empty());
    assert_eq!(
        says(image("text/plain", 3)),
        "“image” refers to a file of type \"text/plain\", but must be “image/*” or “application/pdf”."
    );
    assert_eq!(
        says(image("image/png", 1001)),
        "“image” refers to a file of 1001 bytes, but 1000 are allowed: use a smaller file."
    );
    assert!(says(json!({ "image": "cat.png" })).contains("must be a blob"));
    let old = json!({ "image": { "cid": Cid::of_raw(b"x").to_string(), "mimeType": "image/png" } });
    assert!(violations(old).is_empty());
}

#[test]
fn unknown_and_nullable_things_are_let_be() {
    assert!(violations(json!({})).is_empty());
    assert!(violations(json!({ "never": { "heard": ["of"] } })).is_empty());
    assert!(violations(json!({ "place": { "name": "Delta", "note": null } })).is_empty());
    assert!(violations(json!({ "extra": { "$type": "org.other.thing" } })).is_empty());
}

#[test]
fn all_violations_are_found_and_their_number_is_bounded() {
    let several = violations(json!({ "title": 5, "weight": 0, "place": { "name": 1, "note": 2 } }));
    let paths: Vec<&str> = several.iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(paths, ["place.name", "place.note", "title", "weight"]);

    let mut document = json!({ "lexicon": 1, "id": COLLECTION, "defs": { "main": { "type": "record",
        "key": "any", "record": { "type": "object", "properties": {
            "many": { "type": "array", "items": { "type": "integer" } } } } } } });
    document["defs"]["main"]["record"]["properties"]["z"] = json!({ "type": "integer" });
    let mut catalogue = Catalogue::new();
    catalogue.add_json(&document.to_string()).unwrap();
    let many = Value::List(vec![Value::Null; 10_000]);
    let record = Value::Map(map! { "$type" => COLLECTION, "many" => many, "z" => "no" });
    let rkey = RecordKey::parse("x").unwrap();
    match catalogue.validate_record(&Nsid::parse(COLLECTION).unwrap(), &rkey, &record) {
        Validity::Invalid(violations) => assert_eq!(violations.len(), MAX_VIOLATIONS),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_key_and_the_record_as_a_whole_are_named() {
    let record = Value::Map(map! { "$type" => COLLECTION, "title" => "x" });
    let collection = Nsid::parse(COLLECTION).unwrap();
    let rkey = RecordKey::parse("self").unwrap();
    let sentences = |record: &Value| match catalogue().validate_record(&collection, &rkey, record) {
        Validity::Invalid(violations) => violations.iter().map(Violation::to_string).collect(),
        _ => Vec::new(),
    };
    assert_eq!(sentences(&record), ["The record key must be a TID, not \"self\"."]);
    assert_eq!(
        sentences(&Value::Int(1))[1],
        "The record must be an object, but is an integer (1)."
    );
}

#[test]
fn long_values_are_shown_shortened() {
    let violation = &violations(json!({ "title": "ö".repeat(100_000) }))[0];
    assert_eq!(violation.rule, Rule::MaxLength { limit: 12, actual: 200_000, unit: Unit::Bytes });
    let violation = &violations(json!({ "kind": "ö".repeat(100_000) }))[0];
    assert!(violation.found.len() < 100);
}

#[test]
fn violations_travel_as_json_with_their_sentence() {
    let violation = violations(json!({ "weight": 11 })).remove(0);
    let json = serde_json::to_value(&violation).unwrap();
    assert_eq!(
        json,
        json!({ "path": "weight", "rule": { "name": "maximum", "limit": 10 }, "found": "11",
            "message": "“weight” must be at most 10, but is 11." })
    );
    assert_eq!(serde_json::from_value::<Violation>(json).unwrap(), violation);
}
