//! `hypercerts up` as an operator meets it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    let second = command(data.path()).stderr(Stdio::piped()).output().unwrap();
    assert!(!second.status.success());
    let words = String::from_utf8(second.stderr).unwrap();
    assert!(words.contains("in use by another"), "{words}");
}

/// What `up` with these arguments says when it does not start.
fn refused(data: &Path, arguments: &[&str]) -> String {
    let mut up = command(data);
    up.args(arguments).stderr(Stdio::piped());
    up.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let output = up.output().unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_keeps_it_from_starting_is_told_with_the_way_out() {
    let data = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (&["--smtp-url", "mail.example.org"][..], "smtps://USER:PASSWORD@"),
        (&["--smtp-url", "smtp://127.0.0.1", "--mail-from", "nonsense"], "<noreply@example.org>"),
        (&["--s3-bucket", "b", "--s3-endpoint", "http://127.0.0.1:9"], "AWS_SECRET_ACCESS_KEY"),
    ] {
        let told = refused(data.path(), arguments);
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
    let mut elsewhere = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
    elsewhere.args(["up", "--plc", "192.0.2.1:2582", "--data"]).arg(data.path());
    let told = String::from_utf8(elsewhere.output().unwrap().stderr).unwrap();
    assert!(told.contains("no address of this machine"), "{told}");

    let file = data.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    assert!(refused(&file, &[]).contains("is a file"));

    let index = data.path().join("index");
    std::fs::create_dir_all(&index).unwrap();
    std::fs::write(index.join("index.sqlite"), "no database, but long enough to be one".repeat(99))
        .unwrap();
    let told = refused(data.path(), &[]);
    assert!(told.contains(&format!("Delete the folder {}", index.display())), "{told}");
    std::fs::remove_dir_all(&index).unwrap();
    assert!(Up::start(data.path()).signal("TERM").success());
}

#[test]
fn its_banner_leads_to_the_account_page_under_the_public_name() {
    let data = tempfile::tempdir().unwrap();
    let mut up = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
    up.args(["up", "--hostname", "PDS.example.org", "--data"]).arg(data.path());
    for part in ["--app", "--pds", "--plc"] {
        up.args([part, "127.0.0.1:0"]);
    }
    let mut child = up.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let told: Vec<String> = lines.take_while(|line| !line.starts_with("Ctrl-C")).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let told = told.join("\n");
    assert!(
        told.contains("http://127.0.0.1:") && told.contains("https://pds.example.org\n"),
        "{told}"
    );
    assert!(told.contains("https://pds.example.org/account "), "{told}");
}

#[test]
fn a_public_directory_is_not_told_of_a_private_address() {
    let data = tempfile::tempdir().unwrap();
    let mut public = command(data.path());
    public.args(["--plc-url", "https://plc.directory"]).stderr(Stdio::piped());
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
fn a_folder_that_others_can_look_into_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let (data, log) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
    for (mode, is_named) in [(0o700, false), (0o755, true)] {
        std::fs::set_permissions(data.path(), PermissionsExt::from_mode(mode)).unwrap();
        let mut command = command(data.path());
        command.stderr(log.reopen().unwrap());
        assert!(Up::started(command).signal("TERM").success());
        let words = std::fs::read_to_string(log.path()).unwrap();
        assert_eq!(words.contains("chmod 700"), is_named, "{words}");
    }
}

#[tokio::test]
async fn a_server_that_is_given_another_name_says_what_becomes_of_its_accounts() {
    let (data, log) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let start = |name: &str| {
        let mut command = command(data.path());
        command.args(["--hostname", name]).stderr(log.reopen().unwrap());
        Up::started(command)
    };
    // Without accounts there is nobody to be lost.
    assert!(start("first.example.org").signal("TERM").success());
    let up = start("pds.example.org");
    let new = json!({ "handle": "forester.pds.example.org", "password": "correct horse" });
    up.client("pds").procedure::<Value>(server::CREATE_ACCOUNT, &new).await.unwrap();
    assert!(up.signal("TERM").success());
    let said = || std::fs::read_to_string(log.path()).unwrap();
    assert!(!said().contains("another address"), "{}", said());

    let _moved = start("other.example.org");
    let begun = Instant::now();
    while !said().contains("another address") {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(said().contains("before=https://pds.example.org/"), "{}", said());
}

#[test]
fn without_a_directory_it_says_what_is_missing() {
    let data = tempfile::tempdir().unwrap();
    let mut alone = command(data.path());
    let output = alone.args(["--roles", "app"]).stderr(Stdio::piped()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--plc-url"));
}
