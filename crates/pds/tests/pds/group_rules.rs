//! What roles may do in a group, refusal by refusal.

use hypercerts_identity::net::Request;
use hypercerts_xrpc::nsid::{group, repo, server};
use serde_json::{Value, json};

use crate::groups::{Nursery, register};
use crate::support::{ACTIVITY, Account, TestPds, claim, rkey_of};

const PROFILE: &str = "app.certified.actor.profile";

#[tokio::test]
async fn nobody_acts_on_their_equals_and_the_owner_stays() {
    let nursery = Nursery::start().await;
    let Nursery { olive, ada, max, mia, pds, .. } = &nursery;
    let (nora, nick) = (&pds.account("nora").await, &pds.account("nick").await);
    nursery.add(olive, nora, "admin").await.json();

    nursery.add(max, nick, "member").await.is_error(403, "Forbidden");
    nursery.add(ada, nick, "admin").await.is_error(403, "Forbidden");
    nursery.add(olive, nick, "owner").await.is_error(400, "InvalidRole");
    nursery.add(olive, nick, "gardener").await.is_error(400, "InvalidRole");
    nursery.add(ada, max, "member").await.is_error(409, "MemberAlreadyExists");
    let itself = json!({ "memberDid": nursery.did, "role": "member" });
    nursery.post(olive, group::ADD_MEMBER, itself).await.is_error(400, "InvalidRequest");

    nursery.remove(max, mia).await.is_error(403, "Forbidden");
    nursery.remove(ada, nora).await.is_error(403, "Forbidden");
    nursery.remove(ada, olive).await.is_error(400, "CannotRemoveOwner");
    nursery.remove(olive, olive).await.is_error(400, "CannotRemoveOwner");
    nursery.remove(ada, nick).await.is_error(404, "MemberNotFound");
    nursery.remove(nora, nora).await.json();

    nursery.set_role(ada, max, "admin").await.is_error(403, "Forbidden");
    nursery.set_role(olive, olive, "member").await.is_error(400, "CannotModifyOwner");
    nursery.set_role(olive, ada, "owner").await.is_error(400, "CannotPromoteToOwner");
    nursery.set_role(olive, ada, "gardener").await.is_error(400, "InvalidRole");
    nursery.set_role(olive, nick, "admin").await.is_error(404, "MemberNotFound");
    nursery.set_role(olive, ada, "member").await.json();
    nursery.add(ada, nick, "member").await.is_error(403, "Forbidden");

    nursery.get(max, group::QUERY_AUDIT, &[]).await.is_error(403, "Forbidden");
    nursery.remove(max, max).await.json();
    nursery.create(max, "Gone").await.is_error(403, "Forbidden");
    let expected = [("olive", "owner"), ("ada", "member"), ("mia", "member")];
    assert_eq!(nursery.members().await, expected.map(|(n, r)| (n.to_owned(), r.to_owned())));
}

#[tokio::test]
async fn ownership_moves_only_to_a_member_who_accepts() {
    let nursery = Nursery::start().await;
    let Nursery { olive, ada, max, mia, pds, .. } = &nursery;
    let stranger = pds.account("stranger").await;
    let status = async |who: &Account| nursery.get(who, group::TRANSFER_STATUS, &[]).await.json();
    let accept = async |who: &Account| nursery.post(who, group::ACCEPT_TRANSFER, json!({})).await;
    let cancel = async |who: &Account| nursery.post(who, group::CANCEL_TRANSFER, json!({})).await;

    nursery.propose(ada, max.did.as_str()).await.is_error(403, "Forbidden");
    nursery.propose(olive, stranger.did.as_str()).await.is_error(400, "NotAMember");
    nursery.propose(olive, olive.did.as_str()).await.is_error(400, "AlreadyOwner");
    nursery.propose(olive, "nobody.test").await.is_error(400, "InvalidRequest");
    accept(max).await.is_error(404, "NoPendingTransfer");

    nursery.propose(olive, "max.test").await.json();
    assert_eq!(status(max).await["proposedOwner"], json!(max.did));
    assert_eq!(status(olive).await["pending"], true);
    // Others do not get to know, and cannot find out.
    assert_eq!(status(ada).await, json!({ "groupDid": nursery.did, "pending": false }));
    accept(ada).await.is_error(404, "NoPendingTransfer");
    cancel(mia).await.is_error(404, "NoPendingTransfer");
    assert_eq!(cancel(max).await.json()["cancelled"], true);
    accept(max).await.is_error(404, "NoPendingTransfer");

    // A later proposal takes the place of an earlier one; a change of role ends it.
    nursery.propose(olive, "max.test").await.json();
    nursery.propose(olive, "mia.test").await.json();
    accept(max).await.is_error(404, "NoPendingTransfer");
    nursery.set_role(olive, mia, "admin").await.json();
    accept(mia).await.is_error(404, "NoPendingTransfer");
    nursery.propose(olive, "mia.test").await.json();
    nursery.remove(olive, mia).await.json();
    nursery.add(olive, mia, "member").await.json();
    accept(mia).await.is_error(404, "NoPendingTransfer");

    nursery.propose(olive, "max.test").await.json();
    accept(max).await.json();
    accept(max).await.is_error(404, "NoPendingTransfer");
    let expected = [("olive", "admin"), ("ada", "admin"), ("max", "owner"), ("mia", "member")];
    assert_eq!(nursery.members().await, expected.map(|(n, r)| (n.to_owned(), r.to_owned())));
}

#[tokio::test]
async fn a_proposal_lapses() {
    let nursery = Nursery::start().await;
    nursery.propose(&nursery.olive, "max.test").await.json();
    let database = nursery.pds.dir.path().join("pds/pds.sqlite");
    let database = rusqlite::Connection::open(database).unwrap();
    let week = 7 * 24 * 60 * 60 * 1_000_000_i64;
    let earlier = "UPDATE group_transfer SET expires_at = expires_at - ?1";
    assert_eq!(database.execute(earlier, [week]).unwrap(), 1);
    let late = nursery.post(&nursery.max, group::ACCEPT_TRANSFER, json!({})).await;
    late.is_error(404, "NoPendingTransfer");
}

#[tokio::test]
async fn what_the_group_says_of_itself_is_for_admins() {
    let nursery = Nursery::start().await;
    let Nursery { ada, max, .. } = &nursery;
    let profile = |name: &str| {
        json!({ "collection": PROFILE, "rkey": "self",
            "record": { "displayName": name, "createdAt": "2025-12-31T12:00:00Z" } })
    };
    nursery.post(max, group::PUT_RECORD, profile("Max's")).await.is_error(403, "Forbidden");
    nursery.post(max, group::CREATE_RECORD, profile("Max's")).await.is_error(403, "Forbidden");
    nursery.post(ada, group::PUT_RECORD, profile("The nursery")).await.json();
    let gone = json!({ "collection": PROFILE, "rkey": "self" });
    nursery.post(max, group::DELETE_RECORD, gone.clone()).await.is_error(403, "Forbidden");
    nursery.post(ada, group::DELETE_RECORD, gone).await.json();
    let log = nursery.log().await;
    assert!(log.contains(&("ada".into(), "putRecord:profile".into(), "permitted".into())));
}

#[tokio::test]
async fn a_record_written_anew_at_the_same_key_is_its_new_authors() {
    let nursery = Nursery::start().await;
    let Nursery { ada, max, mia, .. } = &nursery;
    nursery.put(max, "one", "By Max").await.json();
    nursery.delete(ada, "one").await.json();
    nursery.put(mia, "one", "By Mia").await.json();
    nursery.put(max, "one", "By Max again").await.is_error(403, "Forbidden");
    nursery.put(mia, "one", "By Mia still").await.json();
    nursery.delete(mia, "one").await.json();
    // Taking away what is not there is no offence, and nothing that happened.
    let before = nursery.log().await.len();
    assert_eq!(nursery.delete(max, "one").await.json(), json!({}));
    assert_eq!(nursery.log().await.len(), before);
}

#[tokio::test]
async fn writes_in_a_group_keep_every_rule_of_writing() {
    let nursery = Nursery::start().await;
    let max = &nursery.max;
    let broken = json!({ "collection": ACTIVITY, "record": { "title": "No description" } });
    nursery.post(max, group::CREATE_RECORD, broken).await.is_error(400, "InvalidRequest");
    let made = nursery.put(max, "one", "One").await.json();
    assert_eq!(made["validationStatus"], "valid");
    assert!(made["commit"]["rev"].is_string());
    let stale = json!({ "collection": ACTIVITY, "rkey": "one", "record": claim("Two"),
        "swapRecord": null });
    nursery.post(max, group::PUT_RECORD, stale).await.is_error(400, "InvalidSwap");
    let again = json!({ "collection": ACTIVITY, "rkey": "one", "record": claim("Two") });
    nursery.post(max, group::CREATE_RECORD, again).await.is_error(400, "InvalidRequest");
    let same = nursery.put(max, "one", "One").await.json();
    assert_eq!(same.get("commit"), None);
}

#[tokio::test]
async fn a_picture_is_uploaded_for_the_group_and_kept_by_its_record() {
    let nursery = Nursery::start().await;
    let Nursery { pds, max, did, .. } = &nursery;
    let upload = async |who: &Account, to: &str| {
        let url = pds.method(group::UPLOAD_BLOB, &[("repo", to)]);
        pds.send(Request::post(url).bearer(&who.access).body("image/png", PNG)).await
    };
    let blob = upload(max, did).await.json()["blob"].clone();
    let mut record = claim("With a picture");
    record["image"] = json!({ "$type": "org.hypercerts.defs#smallImage", "image": blob });
    let body = json!({ "collection": ACTIVITY, "record": record });
    nursery.post(max, group::CREATE_RECORD, body).await.json();
    let cid = blob["ref"]["$link"].as_str().unwrap();
    let read = pds.get("com.atproto.sync.getBlob", &[("did", did), ("cid", cid)]).await;
    assert_eq!(read.bytes(), PNG);

    let stranger = pds.account("stranger").await;
    upload(&stranger, did).await.is_error(403, "Forbidden");
    upload(max, max.did.as_str()).await.is_error(404, "UnknownGroup");
    let log = nursery.log().await;
    assert_eq!(log.iter().filter(|(_, action, _)| action == "uploadBlob").count(), 1);
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

#[tokio::test]
async fn strangers_learn_that_they_are_and_leave_no_trace() {
    let nursery = Nursery::start().await;
    let Nursery { pds, max, .. } = &nursery;
    let stranger = pds.account("stranger").await;
    nursery.create(&stranger, "Mine").await.is_error(403, "Forbidden");
    nursery.add(&stranger, &stranger, "member").await.is_error(403, "Forbidden");
    nursery.remove(&stranger, &stranger).await.is_error(403, "Forbidden");
    assert_eq!(nursery.log().await.len(), 4);

    for (repo, record) in [("max.test", claim("x")), ("nobody.test", claim("x"))] {
        let body = json!({ "repo": repo, "collection": ACTIVITY, "record": record });
        let answer = pds.post(&max.access, group::CREATE_RECORD, &body).await;
        answer.is_error(404, "UnknownGroup");
    }
    let body = json!({ "repo": nursery.did, "collection": ACTIVITY, "record": claim("x") });
    pds.post_anonymous(group::CREATE_RECORD, &body).await.is_error(401, "AuthMissing");
    // The account's own methods stay the account's own.
    pds.post(&max.access, repo::CREATE_RECORD, &body).await.is_error(403, "Forbidden");
}

#[tokio::test]
async fn whoever_registers_owns() {
    let pds = TestPds::start().await;
    let (olive, max) = (pds.account("olive").await, pds.account("max").await);
    let ask =
        async |who: &Account, body: Value| pds.post(&who.access, group::REGISTER, &body).await;
    let for_another = json!({ "handle": "nursery", "ownerDid": max.did });
    ask(&olive, for_another).await.is_error(403, "Forbidden");
    for (handle, name) in [("x", "InvalidHandle"), ("n.example.org", "UnsupportedDomain")] {
        let body = json!({ "handle": handle, "ownerDid": olive.did });
        ask(&olive, body).await.is_error(400, name);
    }
    let taken = json!({ "handle": "max.test", "ownerDid": olive.did });
    ask(&olive, taken).await.is_error(400, "HandleNotAvailable");
    register(&pds, &olive, "nursery").await.json();
}

#[tokio::test]
async fn a_registration_that_broke_off_is_gone_on_with_by_the_same_owner_only() {
    let mut pds = TestPds::start().await;
    let (olive, max) = (pds.account("olive").await, pds.account("max").await);
    pds.lose_directory().await;
    register(&pds, &olive, "nursery").await.is_error(502, "UpstreamFailure");
    pds.find_directory().await;
    register(&pds, &max, "nursery").await.is_error(400, "HandleNotAvailable");
    let made = register(&pds, &olive, "Nursery").await.json();
    let groups = pds.get_as(&olive.access, group::LIST_MEMBERSHIPS).await.json();
    assert_eq!(groups["groups"][0]["groupDid"], made["groupDid"]);
}

#[tokio::test]
async fn an_account_gives_itself_into_others_hands() {
    let pds = TestPds::start().await;
    let (garden, olive, max) =
        (pds.account("garden").await, pds.account("olive").await, pds.account("max").await);
    let before = rkey_of(&pds.create(&garden, claim("Before")).await.json());
    let import = async |token: &str, owner: &Account| {
        let body = json!({ "groupDid": garden.did, "ownerDid": owner.did });
        pds.post(token, group::IMPORT, &body).await
    };
    import(&olive.access, &olive).await.is_error(403, "Forbidden");
    import(&garden.access, &garden).await.is_error(400, "InvalidRequest");
    let body = json!({ "name": "program" });
    let made = pds.post(&garden.access, server::CREATE_APP_PASSWORD, &body).await.json();
    let session = pds.login("garden.test", made["password"].as_str().unwrap()).await.json();
    let program = session["accessJwt"].as_str().unwrap();
    import(program, &olive).await.is_error(400, "InvalidToken");
    assert_eq!(import(&garden.access, &olive).await.json()["handle"], "garden.test");

    // From now on its members write, and what was there before is nobody's: an admin's matter.
    pds.create(&garden, claim("After")).await.is_error(400, "ExpiredToken");
    let add = json!({ "repo": garden.did, "memberDid": max.did, "role": "member" });
    pds.post(&olive.access, group::ADD_MEMBER, &add).await.json();
    let put = json!({ "repo": garden.did, "collection": ACTIVITY, "rkey": before,
        "record": claim("Edited") });
    pds.post(&max.access, group::PUT_RECORD, &put).await.is_error(403, "Forbidden");
    pds.post(&olive.access, group::PUT_RECORD, &put).await.json();
}
