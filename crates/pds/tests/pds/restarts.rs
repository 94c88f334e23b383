//! What outlives the process, and who may open the data.

use hypercerts_pds::{OpenError, Pds, PdsConfig};
use hypercerts_xrpc::nsid::server;

use crate::support::{PASSWORD, TestPds, claim, rkey_of};

#[tokio::test]
async fn a_restarted_server_goes_on_where_it_was() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    let before = pds.create(&alice, claim("Before")).await.json();

    let pds = pds.restart().await;
    assert_eq!(pds.read(&alice, &rkey_of(&before)).await.json()["cid"], before["cid"]);
    pds.get_as(&alice.access, server::GET_SESSION).await.json();
    pds.login("alice.test", PASSWORD).await.json();
    let after = pds.create(&alice, claim("After")).await.json();
    assert!(after["commit"]["rev"].as_str() > before["commit"]["rev"].as_str());
}

#[tokio::test]
async fn data_is_opened_by_one_server_at_a_time_and_with_its_own_key() {
    let pds = TestPds::start().await;
    let config = || {
        let dir = pds.dir.path().join("pds");
        PdsConfig::new(dir, pds.base.clone(), pds.resolver.clone())
    };
    assert!(matches!(Pds::open(config()), Err(OpenError::InUse { .. })));
    let config = config();
    let dir = pds.stop().await;
    let key = dir.path().join("pds/master.key");
    std::fs::remove_file(&key).unwrap();
    assert!(
        matches!(Pds::open(config.clone()), Err(OpenError::LostMasterKey { path }) if path == key)
    );
    assert!(!key.exists(), "another key was put in the place of the lost one");
    std::fs::write(&key, [7; 32]).unwrap();
    assert!(
        matches!(Pds::open(config), Err(OpenError::OtherMasterKey { path, .. }) if path == key)
    );
}

#[tokio::test]
async fn a_tree_without_its_root_is_noticed_at_the_start() {
    let pds = TestPds::start().await;
    let alice = pds.account("alice").await;
    pds.create(&alice, claim("One")).await.json();
    let config = PdsConfig::new(pds.dir.path().join("pds"), pds.base.clone(), pds.resolver.clone());
    let dir = pds.stop().await;
    let database = rusqlite::Connection::open(dir.path().join("pds/pds.sqlite")).unwrap();
    database.execute("DELETE FROM node", []).unwrap();
    drop(database);
    let Err(OpenError::LostTree { did }) = Pds::open(config) else { panic!("opened") };
    assert_eq!(did, alice.did.as_str());
}
