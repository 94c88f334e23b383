//! What one record shows by itself.

use hypercerts_records::finding::{Finding, RULES, Severity, of_record};
use hypercerts_records::{Record, nsid};
use serde_json::{Value, json};

use crate::{CID, DID_A, codes, findings, record};

fn claim(fields: Value) -> Vec<Finding> {
    let mut claim = json!({ "title": "Oak wood", "shortDescription": "Three hectares of oak." });
    for (name, field) in fields.as_object().unwrap() {
        claim[name] = field.clone();
    }
    findings(nsid::ACTIVITY, claim)
}

fn measurement(fields: Value) -> Vec<Finding> {
    let uri = format!("at://{DID_A}/org.hypercerts.claim.activity/3mhlv4n3abc2a");
    let mut measurement = json!({
        "metric": "trees", "unit": "count", "value": "500", "subjects": [{ "uri": uri, "cid": CID }],
    });
    for (name, field) in fields.as_object().unwrap() {
        measurement[name] = field.clone();
    }
    findings(nsid::MEASUREMENT, measurement)
}

fn receipt(amount: &str) -> Vec<Finding> {
    let to = json!({ "$type": "org.hypercerts.funding.receipt#text", "value": "The collective" });
    findings(nsid::RECEIPT, json!({ "to": to, "amount": amount, "currency": "EUR" }))
}

fn location(location_type: &str, text: &str, srs: &str) -> Vec<Finding> {
    findings(
        nsid::LOCATION,
        json!({
            "lpVersion": "1.0", "srs": srs, "locationType": location_type,
            "location": { "$type": "app.certified.location#string", "string": text },
        }),
    )
}

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

#[test]
fn a_good_claim_has_no_findings() {
    let contributor = json!({
        "contributorIdentity": {
            "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": "Ada",
        },
        "contributionWeight": "0.5",
    });
    let found = claim(json!({
        "startDate": "2025-01-01T00:00:00Z", "endDate": "2025-01-01T00:00:00Z",
        "contributors": [contributor],
    }));
    assert_eq!(found, []);
}

#[test]
fn work_ends_after_it_starts() {
    let backwards =
        json!({ "startDate": "2025-06-01T00:00:00Z", "endDate": "2025-01-01T00:00:00Z" });
    for found in [
        claim(backwards.clone()),
        measurement(backwards.clone()),
        findings(nsid::CONTRIBUTION, backwards),
    ] {
        assert_eq!(codes(&found), [("end-before-start", "endDate")]);
        assert_eq!(found[0].severity, Severity::Error);
        assert!(found[0].message.contains("Swap"), "{}", found[0]);
    }
    // The same moment in two time zones.
    let found = claim(json!({
        "startDate": "2025-06-01T12:00:00+02:00", "endDate": "2025-06-01T10:00:00Z",
    }));
    assert_eq!(found, []);
}

#[test]
fn a_weight_is_a_number_above_zero() {
    let contributor = |weight: &str| {
        json!({
            "contributorIdentity": {
                "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": "Ada",
            },
            "contributionWeight": weight,
        })
    };
    let weights = ["1", "0", "-2", "half", "1e-9"].map(contributor);
    let found = claim(json!({ "contributors": weights }));
    let path = |place: usize| format!("contributors[{place}].contributionWeight");
    let expected = [1, 2, 3].map(|place| ("weight-not-positive".to_owned(), path(place)));
    let codes = codes(&found);
    assert_eq!(codes, expected.each_ref().map(|(code, path)| (code.as_str(), path.as_str())));
    assert!(found[2].message.contains("\"half\" is not a decimal number"), "{}", found[2]);

    let item =
        json!({ "uri": format!("at://{DID_A}/org.hypercerts.claim.activity/a"), "cid": CID });
    let items = json!([{ "itemIdentifier": item, "itemWeight": "0" }]);
    let found = findings(nsid::COLLECTION, json!({ "title": "Forests", "items": items }));
    assert_eq!(codes_of(&found), ["weight-not-positive"]);
}

fn codes_of(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_ref()).collect()
}

#[test]
fn a_score_lies_on_its_scale() {
    let scored = |min: &str, max: &str, value: &str| {
        let uri = format!("at://{DID_A}/org.hypercerts.claim.activity/a");
        findings(
            nsid::EVALUATION,
            json!({
                "subject": { "uri": uri, "cid": CID }, "evaluators": [{ "did": DID_A }],
                "summary": "Seen.", "score": { "min": min, "max": max, "value": value },
            }),
        )
    };
    assert_eq!(scored("0", "5", "5"), []);
    assert_eq!(codes(&scored("0", "5", "6")), [("score-off-scale", "score.value")]);
    assert_eq!(codes(&scored("5", "0", "3")), [("score-scale-empty", "score")]);
    assert_eq!(
        codes(&scored("low", "5", "good")),
        [("score-not-a-number", "score.min"), ("score-not-a-number", "score.value")]
    );
}

#[test]
fn amounts_and_values_are_numbers() {
    assert_eq!(receipt("1500.00"), []);
    assert_eq!(codes(&receipt("1,500")), [("amount-not-a-number", "amount")]);
    assert_eq!(codes(&receipt("0")), [("amount-not-positive", "amount")]);
    assert_eq!(codes(&receipt("-3")), [("amount-not-positive", "amount")]);
    assert_eq!(measurement(json!({ "value": "-3.5e2" })), []);
    let found = measurement(json!({ "value": "about 500" }));
    assert_eq!(codes(&found), [("value-not-a-number", "value")]);
    assert!(found[0].message.contains("write it like 1234.56"), "{}", found[0]);
}

#[test]
fn a_place_is_what_its_type_says() {
    assert_eq!(location("geojson", r#"{"type":"Point","coordinates":[40.5,-2.5]}"#, CRS84), []);
    let found = location("coordinate-decimal", "120.5, -2.5", CRS84);
    assert_eq!(codes(&found), [("location-unreadable", "location.string")]);
    assert!(found[0].message.contains("in the wrong order"), "{}", found[0]);
    let found = location("what3words", "index.home.raft", CRS84);
    assert_eq!(codes(&found), [("location-type-unknown", "locationType")]);
    let found = location("wkt", "POINT(1 1)", "http://www.opengis.net/def/crs/EPSG/0/27700");
    assert_eq!(codes(&found), [("location-system-unknown", "srs")]);
    assert_eq!(found[0].severity, Severity::Note);
    let page = json!({ "$type": "org.hypercerts.defs#uri", "uri": "https://maps.example/1" });
    let elsewhere = json!({
        "lpVersion": "1.0", "srs": CRS84, "locationType": "geojson", "location": page,
    });
    assert_eq!(findings(nsid::LOCATION, elsewhere), []);
}

#[test]
fn operators_are_known_and_not_turns_one_thing_round() {
    let ops = |op: &str, count: usize| {
        let tag = format!("at://{DID_A}/org.hypercerts.helper.workScopeTag/3mhlv4n3abc2a");
        let args = vec![json!({ "uri": tag, "cid": CID }); count];
        findings(nsid::OPS, json!({ "op": op, "args": args }))
    };
    assert_eq!(ops("all", 3), []);
    assert_eq!(ops("not", 1), []);
    assert_eq!(codes(&ops("not", 2)), [("not-with-several", "args")]);
    assert_eq!(codes(&ops("xor", 2)), [("operator-unknown", "op")]);
}

#[test]
fn an_expression_compiles() {
    let scoped = |expression: &str| {
        claim(json!({ "workScope": {
            "$type": "org.hypercerts.workscope.cel", "expression": expression, "usedTags": [],
            "version": "v1", "createdAt": "2025-03-14T10:00:00Z",
        }}))
    };
    assert_eq!(scoped("scope.hasAll(['forestry', 'oak'])"), []);
    for expression in ["scope.hasAll(['forestry'", "", "launch('rockets')", &"(".repeat(5_000)] {
        let found = scoped(expression);
        assert_eq!(codes(&found), [("scope-unreadable", "workScope.expression")], "{expression}");
    }
    let words =
        json!({ "$type": "org.hypercerts.claim.activity#workScopeString", "scope": "Oaks!" });
    assert_eq!(claim(json!({ "workScope": words })), []);
    let stranger = json!({ "$type": "example.scope", "area": "oak" });
    assert_eq!(claim(json!({ "workScope": stranger })), []);
}

#[test]
fn facets_mark_what_is_there() {
    let facet = |start: u64, end: u64| {
        json!({
            "index": { "byteStart": start, "byteEnd": end },
            "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "oak" }],
        })
    };
    let facets = [facet(0, 2), facet(0, 4), facet(2, 2), facet(0, 1)];
    let found = claim(json!({ "shortDescription": "éa", "shortDescriptionFacets": facets }));
    assert_eq!(
        codes(&found),
        [
            ("facet-outside-text", "shortDescriptionFacets[0].index"),
            ("facet-outside-text", "shortDescriptionFacets[1].index"),
            ("facet-outside-text", "shortDescriptionFacets[2].index"),
            ("facet-outside-text", "shortDescriptionFacets[3].index"),
        ][1..]
    );
    let description = json!({
        "$type": "org.hypercerts.defs#descriptionString", "value": "oak", "facets": [facet(0, 9)],
    });
    let found = claim(json!({ "description": description }));
    assert_eq!(codes(&found), [("facet-outside-text", "description.facets[0].index")]);
    let found = measurement(json!({ "comment": "oak", "commentFacets": [facet(1, 4)] }));
    assert_eq!(codes(&found), [("facet-outside-text", "commentFacets[0].index")]);
}

#[test]
fn what_is_about_nothing_is_said_to_be() {
    assert_eq!(codes(&measurement(json!({ "subjects": [] }))), [("without-subject", "subjects")]);
    let evaluation = json!({ "evaluators": [{ "did": DID_A }], "summary": "Seen." });
    let found = findings(nsid::EVALUATION, evaluation);
    assert_eq!(codes(&found), [("without-subject", "subject")]);
    assert_eq!(found[0].severity, Severity::Note);
}

#[test]
fn a_record_with_very_much_wrong_says_so_once() {
    let contributor = json!({
        "contributorIdentity": {
            "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": "Ada",
        },
        "contributionWeight": "0",
    });
    let found = claim(json!({ "contributors": vec![contributor; 5_000] }));
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].code, "more-findings");
}

#[test]
fn a_finding_survives_the_journey_as_json() {
    let [finding] = receipt("0").try_into().unwrap();
    let json = serde_json::to_value(&finding).unwrap();
    assert_eq!(json["severity"], "error");
    assert_eq!(json["code"], "amount-not-positive");
    assert_eq!(json["path"], "amount");
    assert_eq!(serde_json::from_value::<Finding>(json).unwrap(), finding);
    let newer = json!({ "severity": "note", "code": "not-yet-known", "path": "", "message": "…" });
    assert_eq!(serde_json::from_value::<Finding>(newer).unwrap().code, "not-yet-known");
}

#[test]
fn severities_are_ordered_and_codes_are_unique() {
    assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Note);
    let codes: std::collections::BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), RULES.len());
}

#[test]
fn an_older_record_is_held_to_the_same_rules() {
    let old: Record = record(
        "org.hypercerts.claim.measurement",
        json!({ "metric": "trees", "value": "many", "unit": "count" }),
    );
    let found = of_record(&old);
    assert!(codes_of(&found).contains(&"value-not-a-number"), "{found:?}");
}
