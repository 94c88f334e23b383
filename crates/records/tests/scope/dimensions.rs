//! Two claims side by side: who, what, when, where, and under which rights.

use hypercerts_lexicon::Uri;
use hypercerts_records::scope::overlap::{
    Dimension, Dimensions, Overlap, Subject, Together, Witness,
};
use hypercerts_records::{ContributorInformation, Location, Place, PlaceText, Rights};
use serde_json::json;

use crate::shelf::{Shelf, claim, link, now};

const WANJIRU: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const AMINA: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";

fn named(identity: &str) -> serde_json::Value {
    json!({ "contributorIdentity": {
        "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": identity
    }})
}

fn compare(one: &serde_json::Value, other: &serde_json::Value, shelf: &Shelf) -> Dimensions {
    let [one, other] = [one, other].map(|fields| Subject::of(&claim(fields), shelf));
    Dimensions::between(&one, &other, &Default::default())
}

fn by(ours: &[&str], theirs: &[&str]) -> Overlap {
    let people = |names: &[&str]| {
        json!({
            "contributors": names.iter().map(|name| named(name)).collect::<Vec<_>>()
        })
    };
    compare(&people(ours), &people(theirs), &Shelf::default()).who
}

#[test]
fn claims_that_say_nothing_overlap_in_everything() {
    let dimensions = compare(&json!({}), &json!({}), &Shelf::default());
    assert_eq!(dimensions.together(), Together::Overlaps);
    assert!(dimensions.each().all(|(_, overlap)| overlap.overlaps_surely()));
}

#[test]
fn a_did_tells_people_apart() {
    let same = Overlap::Overlaps { witness: Witness::SameAccount { did: WANJIRU.to_owned() } };
    assert_eq!(by(&["Somebody", WANJIRU], &[AMINA, WANJIRU]), same);
    assert!(by(&[WANJIRU], &[AMINA]).is_disjoint());
}

#[test]
fn a_name_is_only_a_sign() {
    let same = Overlap::Overlaps { witness: Witness::SameName { name: "wanjiru".to_owned() } };
    assert_eq!(by(&["Wanjiru "], &["@wanjiru"]), same);
    assert!(matches!(by(&["Wanjiru"], &["Amina"]), Overlap::CannotTell { .. }));
    assert!(matches!(by(&["Wanjiru"], &[AMINA]), Overlap::CannotTell { .. }));
}

#[test]
fn the_record_about_a_contributor_tells_who_it_is() {
    let mut information = ContributorInformation::new(now());
    information.identifier = Some(WANJIRU.to_owned());
    information.display_name = Some("Amina".to_owned());
    let shelf = Shelf::default().with("wanjiru", information);
    let referring = json!({ "contributors": [{ "contributorIdentity": link("wanjiru") }] });
    let naming = |identity: &str| json!({ "contributors": [named(identity)] });

    assert!(compare(&referring, &naming(WANJIRU), &shelf).who.overlaps_surely());
    assert!(compare(&referring, &naming(AMINA), &shelf).who.is_disjoint());
    let unknown = compare(&referring, &naming(AMINA), &Shelf::default()).who;
    assert!(matches!(unknown, Overlap::CannotTell { .. }));
    let same = compare(&referring, &referring, &Shelf::default()).who;
    assert!(same.overlaps_surely(), "the same record, whatever it says");
}

#[test]
fn time_is_shared_or_not() {
    let during = |start: &str, end: &str| json!({ "startDate": start, "endDate": end });
    let year = during("2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z");
    let next = during("2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z");
    let both = during("2024-07-01T00:00:00Z", "2025-06-30T00:00:00Z");
    let backwards = during("2025-01-01T00:00:00Z", "2024-01-01T00:00:00Z");
    let open = json!({ "startDate": "2024-12-31T23:59:59Z" });
    let when = |one, other| compare(one, other, &Shelf::default()).when;

    assert!(when(&year, &next).is_disjoint() && when(&next, &year).is_disjoint());
    assert!(when(&year, &open).overlaps_surely(), "both ends belong to the time");
    assert!(matches!(when(&backwards, &year), Overlap::CannotTell { .. }));
    match when(&year, &both) {
        Overlap::Overlaps { witness: Witness::Days { from, to } } => {
            assert_eq!(from.unwrap().as_str(), "2024-07-01T00:00:00Z");
            assert_eq!(to.unwrap().as_str(), "2024-12-31T23:59:59Z");
        }
        other => panic!("{other:?}"),
    }
}

fn point(text: &str) -> Location {
    Location::new(
        "1.0".to_owned(),
        Uri::parse("http://www.opengis.net/def/crs/OGC/1.3/CRS84").unwrap(),
        "coordinate-decimal".to_owned(),
        Place::Text(PlaceText::new(text.to_owned())),
        now(),
    )
}

#[test]
fn places_meet_or_lie_apart() {
    let mut somewhere = point("somewhere");
    somewhere.location_type = "address".to_owned();
    let shelf = Shelf::default()
        .with("tsunza", point("-4.05, 39.6"))
        .with("again", point("-4.05, 39.6"))
        .with("kampala", point("0.31, 32.58"))
        .with("somewhere", somewhere);
    let at = |names: &[&str]| json!({ "locations": names.iter().map(|name| link(name)).collect::<Vec<_>>() });
    let place = |ours: &[&str], theirs: &[&str]| compare(&at(ours), &at(theirs), &shelf).place;

    assert!(place(&["tsunza"], &["kampala", "again"]).overlaps_surely());
    assert!(place(&["tsunza"], &["kampala"]).is_disjoint());
    assert!(matches!(place(&["tsunza"], &["somewhere"]), Overlap::CannotTell { .. }));
    assert!(matches!(place(&["tsunza"], &["lost"]), Overlap::CannotTell { .. }));
    assert!(place(&["lost"], &["lost"]).overlaps_surely(), "the same record, whatever it says");
    assert!(place(&[], &["kampala"]).overlaps_surely());
}

#[test]
fn other_rights_do_not_make_other_work() {
    let rights = |name: &str| Rights::new(name, "CC", "All may show it.", now());
    let shelf = Shelf::default()
        .with("display", rights("Display"))
        .with("copy", rights("Display"))
        .with("sale", rights("Sale"));
    let under = |name: &str| json!({ "rights": link(name) });
    let rights = |one: &str, other: &str| compare(&under(one), &under(other), &shelf).rights;

    assert!(rights("display", "display").overlaps_surely());
    assert!(rights("display", "copy").overlaps_surely());
    assert!(matches!(rights("display", "sale"), Overlap::CannotTell { .. }));
    assert!(matches!(rights("display", "lost"), Overlap::CannotTell { .. }));
}

#[test]
fn together_the_dimensions_decide() {
    let expression = |text: &str| {
        json!({
            "$type": "org.hypercerts.workscope.cel",
            "expression": text,
            "usedTags": [],
            "version": "v1",
            "createdAt": "2026-01-01T00:00:00Z"
        })
    };
    let trees =
        json!({ "workScope": expression("scope.has('trees')"), "contributors": [named("A")] });
    let no_trees =
        json!({ "workScope": expression("!scope.has('trees')"), "contributors": [named("B")] });
    let broken = json!({ "workScope": expression("trees!"), "contributors": [named("A")] });

    let apart = compare(&trees, &no_trees, &Shelf::default());
    assert_eq!(apart.together(), Together::Disjoint { by: vec![Dimension::What] });
    let unclear = compare(&trees, &broken, &Shelf::default());
    assert_eq!(unclear.together(), Together::CannotTell { by: vec![Dimension::What] });
    let double = compare(&trees, &trees, &Shelf::default());
    assert_eq!(double.together(), Together::Overlaps);
    let words = serde_json::to_value(&double).unwrap();
    assert_eq!(words["what"]["answer"], "overlaps");
    assert_eq!(words["what"]["witness"]["tags"], json!(["trees"]));
}
