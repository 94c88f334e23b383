//! Finding references.

use hypercerts_lexicon::{Value, map};
use hypercerts_records::{links, nsid};

use crate::fixtures;

const CLAIM: &str =
    "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/org.hypercerts.claim.activity/3mbrqzo2k2s2b";
const VERSION: &str = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";

fn strong_ref() -> Value {
    map! { "uri" => CLAIM, "cid" => VERSION }.into()
}

fn paths(record: &Value) -> Vec<String> {
    links(record).into_iter().map(|link| link.path).collect()
}

#[test]
fn a_claim_points_at_its_contributors_scope_place_and_rights() {
    let claim = fixtures::record(nsid::ACTIVITY).value;
    let mut found = paths(&claim);
    found.sort();
    assert_eq!(
        found,
        [
            "contributors[1].contributionDetails",
            "contributors[1].contributorIdentity",
            "locations[0]",
            "rights",
            "workScope.usedTags[0]",
        ]
    );
}

#[test]
fn a_follow_of_a_collection_names_no_version() {
    let [link] = &links(&fixtures::record(nsid::ENTITY_FOLLOW).value)[..] else {
        panic!("one link is expected");
    };
    assert_eq!(link.path, "subject");
    assert_eq!(link.uri, fixtures::record(nsid::COLLECTION).uri);
    assert_eq!(link.cid, None);
}

#[test]
fn references_in_fields_that_no_schema_names_are_found() {
    let record =
        map! { "more" => vec![Value::Null, map! { "deep" => strong_ref() }.into()] }.into();
    assert_eq!(paths(&record), ["more[1].deep"]);
}

#[test]
fn web_addresses_accounts_and_collections_are_no_references_to_records() {
    let address = |uri: &str| Value::from(map! { "uri" => uri });
    let record = map! {
        "web" => address("https://mangroves.example"),
        "account" => address("at://did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
        "collection" => address("at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/org.hypercerts.collection"),
        "text" => format!("see {CLAIM}"),
    };
    assert!(links(&record.into()).is_empty());
}

#[test]
fn a_bare_address_is_a_reference_as_earlier_editions_wrote_it() {
    let record = map! {
        "hypercert" => CLAIM,
        "evaluations" => vec![Value::from(CLAIM)],
        "subject" => map! { "uri" => CLAIM },
    };
    let record = record.into();
    assert_eq!(paths(&record), ["subject", "hypercert", "evaluations[0]"]);
    assert!(links(&record).iter().all(|link| link.cid.is_none()));
}

#[test]
fn a_cid_that_no_record_can_have_pins_no_version() {
    let record = map! { "subject" => map! { "uri" => CLAIM, "cid" => "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA" } };
    assert_eq!(links(&record.into())[0].cid, None);
}

#[test]
fn a_very_long_field_name_does_not_make_very_long_paths() {
    let long = "é".repeat(5_000);
    let record = map! { long => vec![strong_ref(); 1_000] }.into();
    let found = paths(&record);
    assert_eq!(found.len(), 1_000);
    assert!(found.iter().all(|path| path.len() < 200 && path.starts_with("éé")));
}

#[test]
fn a_reference_in_the_depths_is_found_though_its_path_is_cut() {
    let name = "n".repeat(60);
    let nested = (0..30).fold(strong_ref(), |inner, _| map! { name.as_str() => inner }.into());
    let [link] = &links(&nested)[..] else { panic!("one link is expected") };
    assert!(link.path.len() < 400 && link.path.ends_with('…'));
}
