//! Whose evaluation counts as independent, in the picture and in the list alike.

use hypercerts_index::ListQuery;
use hypercerts_index::view::{Related, Standing};
use hypercerts_lexicon::Did;
use hypercerts_records::nsid;
use serde_json::{Value as Json, json};

use crate::author::{Made, claim, evaluation, now};
use crate::host::Host;
use crate::world::{Running, World, eventually};

fn receipt(payer: &Did, payee: &Did, work: &Made) -> Json {
    let account = |did: &Did| json!({ "$type": "app.certified.defs#did", "did": did.as_str() });
    json!({
        "from": account(payer), "to": account(payee), "amount": "100", "currency": "EUR",
        "for": work.reference(), "createdAt": now().as_str(),
    })
}

/// How many evaluations count as independent: in the picture, and in the list.
async fn independent(index: &Running, work: &Made) -> (u64, u64) {
    let picture = index.reader.hypercert(&work.uri).await.expect("an answer").expect("the claim");
    let listed = index.reader.list(ListQuery::default()).await.expect("an answer");
    (picture.independent_evaluations, listed.items[0].counts.independent_evaluations)
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_claimant_nor_contributor_nor_funder_judges_independently() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = world.author("alice", &host).await;
    let mut fisher = world.author("fisher", &host).await;
    let mut fund = world.author("fund", &host).await;
    let mut ecologist = world.author("ecologist", &host).await;
    let mut stranger = world.author("stranger", &host).await;
    let index = world.index(&[&host]).await;
    for author in [&mut alice, &mut fisher, &mut fund, &mut ecologist, &mut stranger] {
        author.begin();
    }
    let mut record = claim("Mangroves");
    record["contributors"] = json!([{ "contributorIdentity": {
        "$type": "org.hypercerts.claim.activity#contributorIdentity", "identity": fisher.did.as_str(),
    } }]);
    let work = alice.create(nsid::ACTIVITY, "3work22222222", &record);
    for author in [&mut alice, &mut fisher, &mut fund, &mut ecologist] {
        let judged = evaluation(&work, &author.did, "Well done.");
        author.create(nsid::EVALUATION, "3judged222222", &judged);
    }
    fund.create(nsid::RECEIPT, "3paid22222222", &receipt(&fund.did, &alice.did, &work));
    let slander = receipt(&ecologist.did, &alice.did, &work);
    stranger.create(nsid::RECEIPT, "3slander22222", &slander);
    let mut broken = evaluation(&work, &stranger.did, "Says too little.");
    broken["summary"] = json!(7);
    stranger.create(nsid::EVALUATION, "3broken222222", &broken);
    eventually("all is stored", || async {
        index.reader.status().await.expect("an answer").counts.records == 8
    })
    .await;

    assert_eq!(independent(&index, &work).await, (1, 1), "a stranger's receipt takes nothing away");
    let picture = index.reader.hypercert(&work.uri).await.expect("an answer").expect("the claim");
    for (author, standing) in [
        (&alice, Standing::Claimant),
        (&fisher, Standing::Contributor),
        (&fund, Standing::Funder),
        (&ecologist, Standing::Independent),
    ] {
        let by = |related: &&Related| related.author.did == author.did;
        let judged = picture.evaluations.items.iter().find(by).expect("their evaluation");
        assert_eq!(judged.standing, standing, "{}", author.handle);
    }

    let own = receipt(&ecologist.did, &alice.did, &work);
    ecologist.create(nsid::RECEIPT, "3own222222222", &own);
    eventually("their own receipt does", || async { independent(&index, &work).await == (0, 0) })
        .await;
    index.stop().await;
}
