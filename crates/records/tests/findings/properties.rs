//! What holds whatever a record says.

use hypercerts_records::finding::{RULES, of_record};
use hypercerts_records::nsid;
use proptest::prelude::*;
use serde_json::json;

use crate::record;

proptest! {
    #[test]
    fn every_finding_is_of_a_known_rule_and_ends_like_a_sentence(
        weight in ".{0,20}",
        text in ".{0,12}",
        start in 0_u64..20,
        end in prop_oneof![0_u64..20, Just((1 << 53) - 1)],
    ) {
        let contributor = json!({
            "contributorIdentity": {
                "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": "Ada",
            },
            "contributionWeight": weight,
        });
        let facet = json!({ "index": { "byteStart": start, "byteEnd": end }, "features": [] });
        let claim = record(nsid::ACTIVITY, json!({
            "title": "Oak", "shortDescription": text, "shortDescriptionFacets": [facet],
            "contributors": [contributor],
        }));
        for finding in of_record(&claim) {
            prop_assert!(RULES.iter().any(|rule| rule.code == finding.code));
            prop_assert!(finding.message.ends_with('.'), "{}", finding.message);
        }
    }

    #[test]
    fn no_place_makes_it_panic(kind in "(wkt|geojson|h3|geohash|country-code|mine)", text in ".{0,60}") {
        let place = record(nsid::LOCATION, json!({
            "lpVersion": "1.0", "srs": "urn:ogc:def:crs:OGC:1.3:CRS84", "locationType": kind,
            "location": { "$type": "app.certified.location#string", "string": text },
        }));
        prop_assert!(of_record(&place).len() <= 1);
    }
}
