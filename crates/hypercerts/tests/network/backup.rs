//! A backup by the command line of a server that runs, and the network started again from it.

use std::path::Path;
use std::process::Command;

use hypercerts_identity::net::Request;
use hypercerts_lexicon::{Handle, Nsid};
use hypercerts_records::nsid::ACTIVITY;
use hypercerts_testkit::claim;
use hypercerts_xrpc::client::{NewAccount, Session};
use hypercerts_xrpc::nsid::{identity, repo};
use serde_json::Value;

use crate::process::Up;

fn hypercerts(args: &[&str], folder: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_hypercerts"))
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_server_comes_back_from_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hypercerts-data");
    let up = Up::start(&data);
    let handle = Handle::parse("forester.test").unwrap();
    let new =
        NewAccount { handle: &handle, password: "correct horse", email: None, invite_code: None };
    let session = Session::create_account(up.client("pds"), &new).await.unwrap();
    let collection = Nsid::parse(ACTIVITY).unwrap();
    let written = session.create_record(&collection, &claim("Kept")).await.unwrap();

    let (done, told) = hypercerts(&["pds", "backup", "monday"], folder.path());
    assert!(done && told.contains("1 account,"), "{told}");
    let (done, told) = hypercerts(&["pds", "backup", "monday"], folder.path());
    assert!(!done && told.contains("exists already"), "{told}");

    up.kill();
    std::fs::remove_dir_all(&data).unwrap();
    let (done, told) = hypercerts(&["pds", "restore", "monday"], folder.path());
    assert!(done && told.contains("1 repository is announced again"), "{told}");
    let (done, told) = hypercerts(&["pds", "restore", "monday"], folder.path());
    assert!(!done && told.contains("exists already"), "{told}");

    let up = Up::start(&data);
    let params = [
        ("repo", session.did().to_string()),
        ("collection", ACTIVITY.to_owned()),
        ("rkey", written.uri.as_str().rsplit('/').next().unwrap().to_owned()),
    ];
    let found: Value = up.client("pds").query(repo::GET_RECORD, &params).await.unwrap();
    assert_eq!(found["cid"], written.cid.to_string());
    let again = Session::login(up.client("pds"), "forester.test", "correct horse").await.unwrap();
    again.create_record(&collection, &claim("After")).await.unwrap();
    // The directory of the network came along, so everybody can still tell who that is.
    let params = [("handle", "forester.test")];
    let resolved: Value = up.client("pds").query(identity::RESOLVE_HANDLE, &params).await.unwrap();
    assert_eq!(resolved["did"], session.did().as_str());
    let path = format!("/{}", session.did());
    let document = Request::get(up.client("plc").base().join(&path).unwrap());
    assert_eq!(up.client("plc").http().send(document).await.unwrap().status(), 200);
}
