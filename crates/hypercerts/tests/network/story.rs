//! The whole way of one hypercert, in one process.

use hypercerts_testkit::TestNetwork;

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_evaluated_edited_and_taken_back() {
    let network = TestNetwork::start().await;
    let forester = network.person("forester").await;
    let ecologist = network.person("ecologist").await;

    let claim = forester.claims("Oak wood replanted").await;
    ecologist.evaluates(&claim, "Well mixed stand, few gaps.").await;
    network.page_shows(&claim, "Well mixed stand, few gaps.").await;
    let picture = network
        .hypercert(&claim.uri, |picture| {
            picture["evaluations"]["items"][0]["reference"]["state"] == "current"
        })
        .await;
    assert_eq!(picture["claim"]["cid"], claim.cid.to_string());
    assert_eq!(picture["evaluations"]["items"][0]["author"]["did"], ecologist.did().as_str());
    assert_eq!(picture["evaluations"]["items"][0]["ownRepository"], false);

    forester.retitles(&claim, "Oak and hornbeam replanted").await;
    let page = network.page_shows(&claim, "Oak and hornbeam replanted").await;
    assert!(page.contains("earlier version"), "the evaluation is of the claim as it was");

    forester.deletes(&claim).await;
    hypercerts_testkit::eventually("the page is gone", async || {
        let path = format!("/hypercert/{}", claim.uri.as_str().trim_start_matches("at://"));
        (network.page(&path).await.0 == 404).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_goes_on_where_it_was() {
    let mut network = TestNetwork::start().await;
    let forester = network.person("forester").await;
    let before = forester.claims("Before the night").await;
    network.page_shows(&before, "Before the night").await;

    network.restart().await;

    network.page_shows(&before, "Before the night").await;
    let after = forester.claims("After the night").await;
    network.page_shows(&after, "After the night").await;
}
