//! A backup taken while people write, and a server started again from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hypercerts_pds::backup::{self, BackupError};
use hypercerts_repo::{RepoLimits, verify_repo};
use hypercerts_xrpc::client::Subscription;
use hypercerts_xrpc::frames::{Event, Frame};
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::support::{Account, TestPds, claim};

/// Uploads a picture and writes a record that refers to it; answers the blob's CID.
async fn with_picture(pds: &TestPds, who: &Account, bytes: &[u8]) -> String {
    let blob = pds.upload(who, "image/png", bytes.to_vec()).await.json()["blob"].clone();
    let mut record = claim("With a picture");
    record["image"] = json!({ "$type": "org.hypercerts.defs#smallImage", "image": blob });
    assert_eq!(pds.create(who, record).await.status(), 200);
    blob["ref"]["$link"].as_str().unwrap().to_owned()
}

async fn records(pds: &TestPds, who: &Account) -> usize {
    let car = pds.get(sync::GET_REPO, &[("did", who.did.as_str())]).await.bytes();
    let key = pds.key(&who.did).await;
    let repo = verify_repo(&car[..], &who.did, &key, RepoLimits::default()).unwrap();
    repo.map(Result::unwrap).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_people_write_becomes_a_server_again() {
    let pds = Arc::new(TestPds::start_with(|config| config.rate_limits = false).await);
    let (alice, bob) = (pds.account("alice").await, pds.account("bob").await);
    let picture = with_picture(&pds, &alice, b"\x89PNG\r\n\x1a\n a picture").await;

    let stop = Arc::new(AtomicBool::new(false));
    let writing = {
        let (pds, bob, stop) = (Arc::clone(&pds), bob.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                assert_eq!(pds.create(&bob, claim("Meanwhile")).await.status(), 200);
            }
        })
    };
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let folder = pds.dir.path().join("backup");
    let (source, to) = (pds.dir.path().join("pds"), folder.clone());
    let taken =
        tokio::task::spawn_blocking(move || backup::back_up(&source, &to, None, |_, _| {})).await;
    let manifest = taken.unwrap().unwrap();
    stop.store(true, Ordering::Relaxed);
    writing.await.unwrap();
    assert_eq!((manifest.accounts, manifest.blobs), (2, 1));
    assert!(manifest.missing.is_empty() && manifest.newest_seq > 8, "{manifest:?}");

    let before = records(&pds, &bob).await;
    let last_rev = latest_rev(&pds, &bob).await;
    let pds = Arc::into_inner(pds).unwrap();
    let pds = pds.replace_data(&folder).await;
    let after = records(&pds, &bob).await;
    assert!(0 < after && after <= before, "{after} of {before}");
    let blob = pds.get(sync::GET_BLOB, &[("did", alice.did.as_str()), ("cid", &picture)]).await;
    assert_eq!(&blob.bytes()[..], b"\x89PNG\r\n\x1a\n a picture");
    // Whoever has seen the lost commits takes the restored state for newer.
    assert!(latest_rev(&pds, &bob).await > last_rev);
    assert_eq!(pds.create(&bob, claim("It goes on")).await.status(), 200);
    assert_eq!(records(&pds, &bob).await, after + 1);
}

async fn latest_rev(pds: &TestPds, who: &Account) -> String {
    let latest = pds.get(sync::GET_LATEST_COMMIT, &[("did", who.did.as_str())]).await.json();
    latest["rev"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn followers_are_told_the_restored_state_under_numbers_never_used() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let folder = pds.dir.path().join("backup");
    backup::back_up(&pds.dir.path().join("pds"), &folder, None, |_, _| {}).unwrap();
    // Ten events that the backup does not know.
    for _ in 0..10 {
        pds.create(&alice, claim("Lost")).await.json();
    }
    let seen = 14;

    let pds = pds.replace_data(&folder).await;
    let mut stream = Subscription::open(&pds.http, &pds.base, Some(seen)).await.unwrap();
    match stream.next().await.unwrap() {
        Some(Frame::Event { seq, event: Event::Sync(sync) }) => {
            assert!(seq > seen);
            assert_eq!(sync.did, alice.did);
            assert_eq!(sync.rev.to_string(), latest_rev(&pds, &alice).await);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_damaged_blob_is_named_and_nothing_is_overwritten() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let picture = with_picture(&pds, &alice, b"\x89PNG\r\n\x1a\n another").await;
    let data = pds.dir.path().join("pds");
    let file = data.join("blobs/1").join(&picture);
    std::fs::write(&file, b"other bytes").unwrap();

    let folder = pds.dir.path().join("backup");
    let manifest = backup::back_up(&data, &folder, None, |_, _| {}).unwrap();
    assert_eq!(manifest.missing.len(), 1);
    assert!(manifest.missing[0].damaged && manifest.missing[0].cid.to_string() == picture);
    assert!(!folder.join("blobs/1").join(&picture).exists());

    let again = backup::back_up(&data, &folder, None, |_, _| {});
    assert!(matches!(again, Err(BackupError::Occupied(_))));
    let over = backup::restore(&folder, &data).await;
    assert!(matches!(over, Err(BackupError::Occupied(_))));
    let nothing = backup::restore(&data, &pds.dir.path().join("elsewhere")).await;
    assert!(matches!(nothing, Err(BackupError::NoBackup(_))));
    let body: Value = json!({ "repo": alice.did, "collection": "net.example.thing", "record": {} });
    assert_eq!(pds.post(&alice.access, repo::CREATE_RECORD, &body).await.status(), 200);
}
