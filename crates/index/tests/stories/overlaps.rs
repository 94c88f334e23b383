//! Who counts the same work twice.

use hypercerts_index::view::{Overlaps, Shared};
use hypercerts_lexicon::AtUri;
use hypercerts_records::nsid;
use serde_json::{Value as Json, json};

use crate::author::{claim, now};
use crate::world::{Running, World, eventually};

fn work(title: &str, scope: &str, year: &str, by: &str) -> Json {
    let mut record = claim(title);
    record["workScope"] =
        json!({ "$type": "org.hypercerts.claim.activity#workScopeString", "scope": scope });
    record["startDate"] = json!(format!("{year}-01-01T00:00:00Z"));
    record["endDate"] = json!(format!("{year}-12-31T00:00:00Z"));
    record["contributors"] = json!([{ "contributorIdentity": {
        "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": by,
    } }]);
    record
}

async fn overlaps(index: &Running, uri: &AtUri) -> Overlaps {
    index.reader.overlaps(uri).await.expect("an answer").expect("the claim")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_work_claimed_twice_is_found_and_other_work_is_not() {
    let world = World::new().await;
    let (mut alice, mut eve, index) = world.alice_and_eve().await;
    let grower = alice.did.to_string();
    let first = work("Mangroves", "mangrove-restoration", "2025", &grower);
    let first = alice.create(nsid::ACTIVITY, "3first2222222", &first);
    let again = work("Our mangroves", "mangrove-restoration, nursery", "2025", &grower);
    let again = eve.create(nsid::ACTIVITY, "3again2222222", &again);
    let earlier = work("Mangroves before", "mangrove-restoration", "2023", &grower);
    alice.create(nsid::ACTIVITY, "3earlier22222", &earlier);
    let others = work("Others' mangroves", "mangrove-restoration", "2025", eve.did.as_str());
    eve.create(nsid::ACTIVITY, "3others222222", &others);
    let named = work("By name", "mangrove-restoration", "2025", "Village council");
    let named = eve.create(nsid::ACTIVITY, "3named2222222", &named);
    let far = json!({
        "title": "No claim at all", "shortDescription": 7, "createdAt": now().as_str(),
    });
    let last = alice.create(nsid::ACTIVITY, "3broken222222", &far);
    eventually("the last record is shown", || async {
        index.reader.record(&last.uri).await.expect("an answer").is_some()
    })
    .await;

    let found = overlaps(&index, &first.uri).await;
    assert!(found.complete);
    assert_eq!(found.compared, 5);
    let told: Vec<_> = found.items.iter().map(|item| (&item.claim.uri, item.surely)).collect();
    assert_eq!(told, [(&again.uri, true), (&named.uri, false)], "{:?}", found.items);
    let Shared::Overlaps { witness } = &found.items[0].who else { panic!("both name alice") };
    assert!(witness.contains(&grower), "{witness}");
    assert!(matches!(found.items[1].who, Shared::CannotTell { .. }));
    assert_eq!(overlaps(&index, &last.uri).await.compared, 0, "it cannot be read");

    let nothing =
        AtUri::parse(&format!("at://{grower}/{}/missing", nsid::ACTIVITY)).expect("a URI");
    assert!(index.reader.overlaps(&nothing).await.expect("an answer").is_none());
    index.stop().await;
}
