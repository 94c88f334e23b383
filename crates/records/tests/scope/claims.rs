//! A claim as something to match scopes against.

use hypercerts_records::scope::{Context, Person};
use hypercerts_records::{Contribution, ContributorInformation};
use serde_json::json;

use crate::shelf::{claim, now, scope};

#[test]
fn time_and_contributors_are_in_the_claim() {
    let context = Context::of(&claim(&json!({
        "startDate": "2025-01-01T00:00:00Z",
        "contributors": [{
            "contributorIdentity": {
                "$type": "org.hypercerts.claim.activity#contributorIdentity",
                "identity": "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
            },
            "contributionWeight": "1.5",
            "contributionDetails": {
                "$type": "org.hypercerts.claim.activity#contributorRole",
                "role": "ranger"
            }
        }]
    })));
    for expression in [
        "contributors.exists(c, c.did == 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' && c.role == 'ranger' && c.weight == 1.5)",
        "time.start == timestamp('2025-01-01T00:00:00Z') && !has(time.end)",
    ] {
        assert_eq!(scope(expression).matches(&context), Ok(true), "{expression}");
    }
}

#[test]
fn contributors_may_be_in_records_of_their_own() {
    let mut information = ContributorInformation::new(now());
    information.identifier = Some("did:plc:ewvi7nxzyoun6zhxrhs64oiz".to_owned());
    information.display_name = Some("Wanjiru".to_owned());
    let mut contribution = Contribution::new(now());
    contribution.role = Some("ranger".to_owned());
    let person = Person::informed(&information).contributing(&contribution);
    let context = Context::new().by(person);
    let asked =
        scope("contributors.exists(c, c.name == 'Wanjiru' && c.role == 'ranger' && has(c.did))");
    assert_eq!(asked.matches(&context), Ok(true));
}
