//! Repositories that somebody brings along or asks for.

use bytes::Bytes;
use hypercerts_index::view::{RefusalKind, SyncState};
use hypercerts_lexicon::AtIdentifier;
use hypercerts_records::nsid;

use crate::author::{Author, Made, claim};
use crate::host::{Host, RepoAnswer};
use crate::world::{World, new_key};

/// An account with some records that no stream tells of.
async fn author_with_records(world: &World, host: &Host, number: usize) -> Author {
    let mut alice = world.author("alice", host).await;
    let claims = (0..number).map(|number| {
        Made::new(&alice.did, nsid::ACTIVITY, &format!("claim-{number}"), &claim("Imported"))
            .create()
    });
    let claims: Vec<_> = claims.collect();
    for some in claims.chunks(100) {
        alice.write(some);
    }
    alice
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_imported_from_a_file() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = author_with_records(&world, &host, 1200).await;
    let file = world.dir.path().join("alice.car");
    std::fs::write(&file, alice.car()).expect("a file");
    let index = world.index(&[]).await;

    let report = index.index.import_car(&file).await.expect("the import succeeds");
    assert_eq!((report.stored, report.unchanged, report.deleted), (1200, 0, 0));
    let status = index.reader.status().await.expect("an answer");
    assert_eq!((status.counts.records, status.counts.synchronized), (1200, 1));

    // Again with one more, one changed and one gone: only the difference is written.
    let changed = Made::new(&alice.did, nsid::ACTIVITY, "claim-0", &claim("Changed"));
    let gone = Made::new(&alice.did, nsid::ACTIVITY, "claim-1", &claim("Gone"));
    let added = Made::new(&alice.did, nsid::ACTIVITY, "added", &claim("Added"));
    let delete = hypercerts_repo::Write::Delete { path: gone.path.clone() };
    alice.write(&[changed.update(), delete, added.create()]);
    std::fs::write(&file, alice.untidy_car()).expect("a file");
    let report = index.index.import_car(&file).await.expect("the import succeeds");
    assert_eq!((report.stored, report.unchanged, report.deleted), (2, 1198, 1));
    assert!(index.reader.hypercert(&gone.uri).await.expect("an answer").is_none());
    let shown = index.reader.hypercert(&changed.uri).await.expect("an answer").expect("the claim");
    assert_eq!(shown.claim.cid, changed.cid);
    assert_eq!(shown.claim.verification.source, "alice.car");
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_became_no_data_is_taken_down_and_noted() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = author_with_records(&world, &host, 2).await;
    let file = world.dir.path().join("alice.car");
    std::fs::write(&file, alice.car()).expect("a file");
    let index = world.index(&[]).await;
    index.index.import_car(&file).await.expect("the import succeeds");

    // A float, which the data model does not have.
    let bytes = Bytes::from_static(b"\xa1\x61x\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00");
    let float = Made::from_bytes(&alice.did, nsid::ACTIVITY, "claim-0", bytes);
    alice.write(&[float.update()]);
    std::fs::write(&file, alice.car()).expect("a file");
    let report = index.index.import_car(&file).await.expect("the import succeeds");

    assert_eq!((report.stored, report.unchanged, report.unreadable), (0, 1, 1));
    assert!(index.reader.record(&float.uri).await.expect("an answer").is_none());
    let status = index.reader.status().await.expect("an answer");
    assert_eq!(status.counts.records, 1);
    assert_eq!(status.refusals[0].kind, RefusalKind::Malformed);
    assert!(status.refusals[0].reason.contains("claim-0"), "{}", status.refusals[0].reason);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_does_not_undo_what_is_known() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = author_with_records(&world, &host, 3).await;
    let (old, new) = (world.dir.path().join("old.car"), world.dir.path().join("new.car"));
    std::fs::write(&old, alice.car()).expect("a file");
    let made = Made::new(&alice.did, nsid::ACTIVITY, "newer", &claim("Newer"));
    alice.write(&[made.create()]);
    std::fs::write(&new, alice.car()).expect("a file");
    let index = world.index(&[]).await;

    index.index.import_car(&new).await.expect("the import succeeds");
    let report = index.index.import_car(&old).await.expect("there is nothing to do");
    assert_eq!(report.stored, 0);
    assert!(index.reader.hypercert(&made.uri).await.expect("an answer").is_some());
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_imported_by_did_from_its_pds() {
    let world = World::new().await;
    let host = Host::new().await;
    let alice = author_with_records(&world, &host, 10).await;
    alice.offer();
    let index = world.index(&[]).await;

    let report = index.index.import_did(&alice.did).await.expect("the import succeeds");
    assert_eq!(report.stored, 10);
    let who = AtIdentifier::parse("alice.test").expect("a handle");
    let actor = index.reader.actor(&who).await.expect("an answer").expect("the account");
    assert_eq!(actor.sync, SyncState::Synchronized);
    assert_eq!(actor.claims.total, 10);
    index.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_says_why_and_leaves_nothing() {
    let world = World::new().await;
    let host = Host::new().await;
    let mut alice = author_with_records(&world, &host, 3).await;
    let index = world.index(&[]).await;

    let file = world.dir.path().join("not-a.car");
    std::fs::write(&file, b"hello").expect("a file");
    let error = index.index.import_car(&file).await.expect_err("this is no CAR");
    assert!(error.is_repository(), "{error}");

    host.offer(&alice.did, None, RepoAnswer::Error("RepoDeactivated"));
    let error = index.index.import_did(&alice.did).await.expect_err("the host refuses");
    assert!(error.to_string().contains("RepoDeactivated"), "{error}");

    // Signed by another key than the one in the DID document.
    alice.key = new_key();
    let made = Made::new(&alice.did, nsid::ACTIVITY, "forged", &claim("Forged"));
    alice.write(&[made.create()]);
    std::fs::write(&file, alice.car()).expect("a file");
    let error = index.index.import_car(&file).await.expect_err("the key is not the account's");
    assert!(error.to_string().contains("not signed by the account's key"), "{error}");

    // A block whose bytes are not those its CID promises.
    let mut car = alice.car();
    let last = car.len() - 1;
    car[last] ^= 1;
    std::fs::write(&file, car).expect("a file");
    index.index.import_car(&file).await.expect_err("a block is forged");

    let status = index.reader.status().await.expect("an answer");
    assert_eq!(status.counts.records, 0);
    index.stop().await;
}
