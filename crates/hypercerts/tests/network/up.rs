//! `hypercerts up` as an operator meets it.

use crate::process::{Up, command};
use hypercerts_identity::net::Request;
use hypercerts_lexicon::Handle;
use hypercerts_testkit::claim;
use hypercerts_xrpc::client::{NewAccount, Session};
use hypercerts_xrpc::nsid::server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_signal_ends_it_cleanly_and_the_next_run_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let first = Up::start(data.path());
    let addresses = first.addresses.clone();
    let handle = Handle::parse("forester.test").unwrap();
    let new =
        NewAccount { handle: &handle, password: "correct horse", email: None, invite_code: None };
    let session = Session::create_account(first.client("pds"), &new).await.unwrap();
    let nsid = hypercerts_records::nsid::ACTIVITY.parse().unwrap();
    let written = session.create_record(&nsid, &claim("Oak wood replanted")).await.unwrap();
    assert!(first.signal("TERM").success());

    let second = Up::start(data.path());
    assert_eq!(second.addresses, addresses, "the ports are kept, as DID documents name them");
    let read = second.client("pds").get_record(&written.uri).await.unwrap();
    assert_eq!(read.cid, Some(written.cid));
    assert!(second.signal("INT").success());
}

#[test]
fn two_cannot_share_a_folder() {
    let data = tempfile::tempdir().unwrap();
    let _first = Up::start(data.path());
    let second = command(data.path()).stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(!second.status.success());
    let words = String::from_utf8(second.stderr).unwrap();
    assert!(words.contains("in use by another"), "{words}");
}

#[test]
fn a_public_directory_is_not_told_of_a_private_address() {
    let data = tempfile::tempdir().unwrap();
    let mut public = command(data.path());
    public.args(["--plc-url", "https://plc.directory"]).stderr(std::process::Stdio::piped());
    let output = public.output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--hostname"));
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_name_of_its_own_a_network_expects_strangers() {
    let data = tempfile::tempdir().unwrap();
    let mut named = command(&data.path().join("data"));
    let up = Up::started({
        named.args(["--roles", "plc,pds", "--hostname", "pds.example.org"]);
        named
    });
    let pds = up.client("pds");
    let ask = async |path: &str| {
        let request = Request::get(pds.base().join(path).unwrap());
        pds.http().send(request).await.unwrap()
    };
    assert_eq!(ask("/dev/outbox").await.status(), 404);
    let new = json!({ "handle": "forester.pds.example.org", "password": "correct horse" });
    let session: Value = pds.procedure(server::CREATE_ACCOUNT, &new).await.unwrap();
    // The server writes to its own directory, but follows nobody to this machine.
    let inside = "did:web:localhost%3A1#atproto_labeler";
    let request = Request::get(pds.base().join("/xrpc/com.example.anything").unwrap())
        .bearer(session["accessJwt"].as_str().unwrap())
        .header("atproto-proxy".parse().unwrap(), inside);
    let answer = pds.http().send(request).await.unwrap();
    let words = String::from_utf8_lossy(answer.body()).into_owned();
    assert!(answer.status() >= 400 && words.contains("private network"), "{words}");

    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(data.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others can look into the data");
}

#[test]
fn without_a_directory_it_says_what_is_missing() {
    let data = tempfile::tempdir().unwrap();
    let mut alone = command(data.path());
    let output =
        alone.args(["--roles", "app"]).stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--plc-url"));
}
