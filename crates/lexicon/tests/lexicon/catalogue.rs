//! Catalogues: documents that refer to one another, in any order, and what is wrong with a document.

use hypercerts_lexicon::*;
use serde_json::{Value as Json, json};

fn nsid(text: &str) -> Nsid {
    Nsid::parse(text).unwrap()
}

fn document(id: &str, defs: Json) -> String {
    json!({ "lexicon": 1, "id": id, "defs": defs }).to_string()
}

fn record_of(properties: Json) -> Json {
    json!({ "main": { "type": "record", "key": "any",
        "record": { "type": "object", "properties": properties } } })
}

fn validate(catalogue: &Catalogue, collection: &str, mut record: Json) -> Validity {
    record["$type"] = collection.into();
    let record = json::from_json(&record).unwrap();
    catalogue.validate_record(&nsid(collection), &RecordKey::parse("self").unwrap(), &record)
}

fn problem(defs: Json) -> String {
    Catalogue::new().add_json(&document("a.b.c", defs)).unwrap_err().to_string()
}

#[test]
fn documents_may_refer_to_later_ones_and_in_circles() {
    let mut catalogue = Catalogue::new();
    let tree = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string" },
        "children": { "type": "array", "items": { "type": "ref", "ref": "#main" } } } });
    let record = record_of(json!({ "tree": { "type": "ref", "ref": "org.example.tree" } }));
    catalogue.add_json(&document("org.example.wood", record)).unwrap();
    assert_eq!(catalogue.unresolved().collect::<Vec<_>>(), ["org.example.tree"]);

    let early = validate(&catalogue, "org.example.wood", json!({ "tree": { "name": "oak" } }));
    let Validity::Invalid(violations) = early else { panic!("{early:?}") };
    assert!(violations[0].to_string().contains("“org.example.tree”, which is not known"));

    catalogue.add_json(&document("org.example.tree", json!({ "main": tree }))).unwrap();
    assert_eq!(catalogue.unresolved().count(), 0);
    let good =
        json!({ "tree": { "name": "oak", "children": [{ "name": "twig", "children": [] }] } });
    assert_eq!(validate(&catalogue, "org.example.wood", good), Validity::Valid);
    let bad = json!({ "tree": { "name": "oak", "children": [{ "name": "twig" }, {}] } });
    let Validity::Invalid(violations) = validate(&catalogue, "org.example.wood", bad) else {
        panic!("a child without a name")
    };
    assert_eq!(violations[0].path, "tree.children[1].name");
}

#[test]
fn a_circle_of_types_does_not_outrun_the_data() {
    let mut catalogue = Catalogue::new();
    let list = json!({ "type": "array", "items": { "type": "ref", "ref": "#list" } });
    let mut defs = record_of(json!({ "list": { "type": "ref", "ref": "#list" } }));
    defs["list"] = list;
    catalogue.add_json(&document("org.example.lists", defs)).unwrap();
    let deep = (0..5_000).fold(Value::List(vec![]), |inner, _| Value::List(vec![inner]));
    let record = Value::Map(map! { "$type" => "org.example.lists", "list" => deep });
    let rkey = RecordKey::parse("x").unwrap();
    let verdict = catalogue.validate_record(&nsid("org.example.lists"), &rkey, &record);
    let Validity::Invalid(violations) = verdict else { panic!("too deep") };
    assert!(matches!(violations[0].rule, Rule::TooDeep { .. }));
}

#[test]
fn unions_take_their_members_and_unless_closed_anything_with_a_type() {
    let mut catalogue = Catalogue::new();
    let member = json!({ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } });
    catalogue
        .add_json(&document("org.example.member", json!({ "main": member, "part": member })))
        .unwrap();
    let refs = json!(["org.example.member#main", "org.example.member#part"]);
    let properties = json!({
        "open": { "type": "union", "refs": refs },
        "closed": { "type": "union", "refs": refs, "closed": true } });
    catalogue.add_json(&document("org.example.holder", record_of(properties))).unwrap();
    let check = |record| validate(&catalogue, "org.example.holder", record);

    for name in ["org.example.member", "org.example.member#main", "org.example.member#part"] {
        assert!(check(json!({ "closed": { "$type": name, "n": 1 } })).is_valid(), "{name}");
        assert!(!check(json!({ "open": { "$type": name } })).is_valid(), "{name}");
    }
    assert!(check(json!({ "open": { "$type": "org.other.thing" } })).is_valid());
    assert!(!check(json!({ "closed": { "$type": "org.other.thing" } })).is_valid());
    let blob = json!({ "$type": "blob", "mimeType": "image/png", "size": 1,
        "ref": { "$link": Cid::of_raw(b"x").to_string() } });
    let local = json!({ "$type": "#part", "n": 1 });
    for bad in [json!({ "n": 1 }), json!("text"), json!(null), local, blob] {
        assert!(!check(json!({ "open": bad })).is_valid(), "{bad}");
    }
}

#[test]
fn record_types_say_which_keys_they_take() {
    let mut catalogue = Catalogue::new();
    for (name, key) in [("Any", "any"), ("Tid", "tid"), ("Nsid", "nsid"), ("Self", "literal:self")]
    {
        let mut defs = record_of(json!({}));
        defs["main"]["key"] = key.into();
        catalogue.add_json(&document(&format!("org.example.key{name}"), defs)).unwrap();
    }
    let takes = |name: &str, rkey: &str| {
        let collection = nsid(&format!("org.example.key{name}"));
        let record = Value::Map(map! { "$type" => collection.as_str() });
        catalogue.validate_record(&collection, &RecordKey::parse(rkey).unwrap(), &record).is_valid()
    };
    assert!(takes("Any", "whatever") && takes("Tid", "3jzfcijpj2z2a") && takes("Nsid", "a.b.c"));
    assert!(takes("Self", "self"));
    assert!(!takes("Tid", "self") && !takes("Nsid", "self") && !takes("Self", "other"));
}

#[test]
fn a_record_names_its_collection_as_its_type() {
    let mut catalogue = Catalogue::new();
    catalogue.add_json(&document("org.example.note", record_of(json!({})))).unwrap();
    let query = json!({ "main": { "type": "query" } });
    catalogue.add_json(&document("org.example.search", query)).unwrap();
    let rkey = RecordKey::parse("x").unwrap();
    let check = |collection: &str, record: Map| {
        catalogue.validate_record(&nsid(collection), &rkey, &Value::Map(record))
    };
    assert!(check("org.example.note", map! { "$type" => "org.example.note" }).is_valid());
    for other in [map! {}, map! { "$type" => "org.example.other" }, map! { "$type" => 5 }] {
        assert!(matches!(check("org.example.note", other), Validity::Invalid(_)));
    }
    assert_eq!(check("org.example.unheard", map! {}), Validity::UnknownType);
    let Validity::Invalid(violations) = check("org.example.search", map! {}) else {
        panic!("a query is no collection")
    };
    assert_eq!(violations[0].rule, Rule::NotARecordType);
    assert_eq!(catalogue.record_types().collect::<Vec<_>>(), [&nsid("org.example.note")]);
    assert!(catalogue.contains(&nsid("org.example.search")));
}

#[test]
fn what_methods_are_asked_and_answer_is_checked_too() {
    let mut catalogue = Catalogue::new();
    let body = json!({ "encoding": "application/json", "schema": { "type": "object",
        "required": ["ok"], "properties": { "ok": { "type": "boolean" } } } });
    let parameters = json!({ "type": "params", "required": ["uri"], "properties": {
        "uri": { "type": "string", "format": "at-uri" },
        "tags": { "type": "array", "items": { "type": "string" } },
        "limit": { "type": "integer", "minimum": 1, "maximum": 100, "default": 50 } } });
    let method =
        json!({ "type": "procedure", "parameters": parameters, "input": body, "output": body });
    catalogue.add_json(&document("org.example.act", json!({ "main": method }))).unwrap();
    let act = nsid("org.example.act");

    let asked = |parameters: Map| catalogue.validate_query_params(&act, &Value::Map(parameters));
    assert!(asked(map! { "uri" => "at://did:plc:abc", "limit" => 3 }).is_valid());
    assert!(
        asked(map! { "uri" => "at://did:plc:abc", "tags" => vec![Value::from("a")] }).is_valid()
    );
    assert!(!asked(map! { "limit" => 3 }).is_valid());
    assert!(!asked(map! { "uri" => "at://did:plc:abc", "limit" => 101 }).is_valid());

    let body = |ok: Value| Value::Map(map! { "ok" => ok });
    assert!(catalogue.validate_output(&act, &body(true.into())).is_valid());
    assert!(!catalogue.validate_output(&act, &body(1.into())).is_valid());
    assert!(!catalogue.validate_input(&act, &body("x".into())).is_valid());
    let unknown = nsid("org.example.unknown");
    assert_eq!(catalogue.validate_output(&unknown, &Value::Null), Validity::UnknownType);
}

#[test]
fn a_wrong_document_is_refused_with_the_place_and_leaves_no_trace() {
    let field = |field: Json| record_of(json!({ "f": field }));
    for (defs, reason) in [
        (json!({ "main": { "type": "wurst" } }), "wurst"),
        (json!({ "main": {} }), "no “type”"),
        (json!({ "a b": { "type": "token" } }), "letters and digits"),
        (json!({ "x": { "type": "query" } }), "can only be the definition “main”"),
        (
            json!({ "main": { "type": "record", "key": "any", "record": { "type": "string" } } }),
            "object",
        ),
        (field(json!({ "type": "string", "format": "email" })), "email"),
        (field(json!({ "type": "string", "maxLength": -1 })), "-1"),
        (field(json!({ "type": "ref", "ref": "not an nsid" })), "cannot be followed"),
        (field(json!({ "type": "ref", "ref": "a.b.c#" })), "names no definition"),
        (field(json!({ "type": "union", "refs": [], "closed": true })), "lets nothing through"),
        (field(json!({ "type": "token" })), "token"),
        (field(json!({ "type": "array" })), "items"),
        (
            json!({ "main": { "type": "object", "required": ["x"], "properties": {} } }),
            "“x” is required",
        ),
        (
            json!({ "main": { "type": "query", "parameters": { "type": "params",
            "properties": { "p": { "type": "bytes" } } } } }),
            "parameter “p”",
        ),
        (
            json!({ "main": { "type": "query", "output": { "encoding": "text/plain",
            "schema": { "type": "string" } } } }),
            "must be an object",
        ),
        (
            json!({ "main": { "type": "permission-set", "permissions": [{ "type": "other" }] } }),
            "other",
        ),
    ] {
        let problem = problem(defs.clone());
        assert!(problem.contains(reason), "{defs}: {problem}");
    }
    let mut catalogue = Catalogue::new();
    let half_good = json!({ "a": { "type": "array", "items": { "type": "ref", "ref": "x.y.z" } },
        "b": { "type": "array", "items": { "type": "ref", "ref": "?" } } });
    assert!(catalogue.add_json(&document("org.example.half", half_good)).is_err());
    assert_eq!(catalogue.unresolved().count(), 0);
    assert!(!catalogue.contains(&nsid("org.example.half")));
}

#[test]
fn an_nsid_has_one_document_of_the_known_version() {
    let mut catalogue = Catalogue::new();
    let text = document("org.example.one", json!({ "main": { "type": "token" } }));
    assert_eq!(catalogue.add_json(&text), Ok(nsid("org.example.one")));
    assert_eq!(catalogue.add_json(&text), Err(SchemaError::Duplicate(nsid("org.example.one"))));
    let error = catalogue.add_json(r#"{"lexicon":2,"id":"a.b.c","defs":{}}"#).unwrap_err();
    assert!(error.to_string().contains("version is 2, not 1"));
    assert!(catalogue.add_json("{").is_err());
}
