//! The operator looks after a running server from the command line.

use std::path::Path;
use std::process::{Command, Stdio};

use hypercerts_identity::net::Request;
use hypercerts_lexicon::{Handle, Nsid, map};
use hypercerts_records::nsid::ACTIVITY;
use hypercerts_testkit::claim;
use hypercerts_xrpc::client::{NewAccount, Session, XrpcClient};
use hypercerts_xrpc::nsid::{repo, server, sync};
use serde_json::Value;

use crate::process::{Up, command};

/// A collection of some other app's.
const NOTE: &str = "com.example.note";
const ADMIN_PASSWORD: &str = "the operator's own";

/// A terminal on which `hypercerts pds` finds its server.
struct Desk<'a> {
    folder: &'a Path,
    server: String,
}

struct Told {
    status: i32,
    out: String,
    err: String,
}

impl Desk<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
        command.arg("pds").args(arguments).env_clear().current_dir(self.folder);
        command.env("HYPERCERTS_PDS", &self.server).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Told {
        told(self.command(arguments).env("HYPERCERTS_ADMIN_PASSWORD", ADMIN_PASSWORD))
    }

    fn done(&self, arguments: &[&str]) -> String {
        let told = self.run(arguments);
        assert_eq!(told.status, 0, "{arguments:?}: {}", told.err);
        told.out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[arguments, &["--json"]].concat())).unwrap()
    }
}

fn told(command: &mut Command) -> Told {
    let output = command.output().unwrap();
    Told {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

async fn log_in(pds: XrpcClient, password: &str) -> Result<Session, String> {
    Session::login(pds, "forester.test", password).await.map_err(|error| error.to_string())
}

/// A server that makes accounts for those only who are invited.
fn start(data: &Path) -> Up {
    let mut command = command(data);
    command.args(["--pds-invites"]).env("HYPERCERTS_ADMIN_PASSWORD", ADMIN_PASSWORD);
    Up::started(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_made_taken_down_and_deleted_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let up = start(&folder.path().join("data"));
    let pds = || up.client("pds");
    let desk = Desk { folder: folder.path(), server: pds().base().to_string() };
    assert!(desk.done(&["account", "list"]).contains("No accounts"));

    let made = desk.json(&["account", "create", "forester.test", "--email", "f@mail.test"]);
    let (did, first) = (made["did"].as_str().unwrap(), made["password"].as_str().unwrap());
    assert_eq!(first.len(), 23);
    let listed = desk.done(&["account", "list"]);
    let line = listed.lines().next().unwrap();
    assert!(line.starts_with("forester.test  active  ") && line.contains(did), "{listed}");
    let info = desk.done(&["account", "info", "forester.test"]);
    assert!(
        info.contains("f@mail.test (not confirmed)") && info.contains("Invited  with "),
        "{info}"
    );
    let session = log_in(pds(), first).await.unwrap();

    let again = desk.json(&["account", "reset-password", "forester.test"]);
    let second = again["password"].as_str().unwrap();
    assert_ne!(first, second);
    log_in(pds(), first).await.unwrap_err();
    log_in(pds(), second).await.unwrap();
    std::fs::write(folder.path().join("chosen"), "chosen by hand\n").unwrap();
    let mut given = desk.command(&["account", "reset-password", did, "--password-stdin", "--json"]);
    given.stdin(std::fs::File::open(folder.path().join("chosen")).unwrap());
    let given = told(given.env("HYPERCERTS_ADMIN_PASSWORD", ADMIN_PASSWORD));
    assert!(given.out.contains("\"password\": null"), "{}", given.out);
    log_in(pds(), "chosen by hand").await.unwrap();

    desk.done(&["account", "takedown", "forester.test", "--ref", "case 7"]);
    let info = desk.json(&["account", "info", did]);
    assert_eq!(
        (&info["status"], &info["takedown"]["ref"]),
        (&"takendown".into(), &"case 7".into())
    );
    assert!(log_in(pds(), "chosen by hand").await.unwrap_err().contains("AccountTakedown"));
    session.query::<Value>(server::GET_SESSION, &()).await.unwrap_err();
    Session::login_to_leave(pds(), did, "chosen by hand").await.unwrap();
    desk.done(&["account", "untakedown", did]);
    log_in(pds(), "chosen by hand").await.unwrap();

    let unsure = desk.run(&["account", "delete", did]);
    assert_eq!(unsure.status, 2);
    assert!(unsure.err.contains("--yes"), "{}", unsure.err);
    desk.done(&["account", "delete", did, "--yes"]);
    let gone: Result<Value, _> = pds().query(sync::GET_REPO_STATUS, &[("did", did)]).await;
    assert_eq!(gone.unwrap_err().name(), Some("RepoNotFound"));
    let unknown = desk.run(&["account", "info", did]);
    assert_eq!(unknown.status, 1);
    assert!(unknown.err.contains("NotFound"), "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_a_file_are_taken_down_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let up = start(&folder.path().join("data"));
    let pds = up.client("pds");
    let desk = Desk { folder: folder.path(), server: pds.base().to_string() };
    let made = desk.json(&["account", "create", "forester.test", "--email", "f@mail.test"]);
    let session = log_in(pds.clone(), made["password"].as_str().unwrap()).await.unwrap();
    let blob = session.upload_blob("text/plain", b"not for everybody".to_vec()).await.unwrap();
    let cid = blob.cid.to_string();
    let note = map! { "$type" => NOTE, "file" => blob };
    let record = session.create_record(&Nsid::parse(NOTE).unwrap(), &note).await.unwrap();
    let (uri, did) = (record.uri.to_string(), session.did().to_string());
    let listed = async || -> usize {
        let params = [("repo", did.as_str()), ("collection", NOTE)];
        let page: Value = pds.query(repo::LIST_RECORDS, &params).await.unwrap();
        page["records"].as_array().unwrap().len()
    };
    let file = async || {
        let params = [("did", did.as_str()), ("cid", cid.as_str())];
        pds.query_bytes(sync::GET_BLOB, &params, 1_000).await.is_ok()
    };
    assert!(listed().await == 1 && file().await);

    let told = desk.done(&["record", "takedown", &uri, "--ref", "case 8"]);
    assert!(told.contains(&format!("hypercerts pds record untakedown {uri}")), "{told}");
    desk.done(&["blob", "takedown", "forester.test", &cid]);
    assert!(listed().await == 0 && !file().await);
    let unknown = desk.run(&["record", "takedown", &format!("at://{did}/{NOTE}/nothing")]);
    assert!(unknown.status == 1 && unknown.err.contains("NotFound"), "{}", unknown.err);
    let nothing = desk.run(&["record", "takedown", &format!("at://{did}")]);
    assert!(nothing.status == 1 && nothing.err.contains("names no record"), "{}", nothing.err);

    desk.done(&["record", "untakedown", &uri]);
    desk.done(&["blob", "untakedown", &did, &cid]);
    assert!(listed().await == 1 && file().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_are_made_and_mistakes_say_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let up = start(&folder.path().join("data"));
    let pds = || up.client("pds");
    let desk = Desk { folder: folder.path(), server: pds().base().to_string() };
    let codes = desk.done(&["invite", "create", "--uses", "2", "--count", "3"]);
    assert_eq!(codes.lines().count(), 3);
    let handle = Handle::parse("forester.test").unwrap();
    let code = codes.lines().next();
    let new =
        NewAccount { handle: &handle, password: "correct horse", email: None, invite_code: code };
    Session::create_account(pds(), &new).await.unwrap();
    let for_one = desk.json(&["invite", "create", "--for", "forester.test"]);
    let code_for_one = for_one["codes"][0].as_str().unwrap();
    let listed = desk.done(&["invite", "list"]);
    let of = |code: &str| listed.lines().find(|line| line.starts_with(code)).unwrap();
    assert!(of(code_for_one).contains("used 0 of 1") && of(code_for_one).contains("did:plc:"));
    assert!(of(code.unwrap()).contains("used 1 of 2"), "{listed}");
    assert!(desk.done(&["invite", "list", "--limit", "1"]).contains("More with --cursor "));
    desk.done(&["invite", "disable", code.unwrap(), "--of", "forester.test"]);
    let listed = desk.json(&["invite", "list"]);
    let disabled = listed["codes"].as_array().unwrap().iter().filter(|one| one["disabled"] == true);
    assert_eq!(disabled.count(), 2);
    let mistyped = desk.run(&["invite", "disable", "no-such-code"]);
    assert!(mistyped.status == 1 && mistyped.err.contains("no-such-code"), "{}", mistyped.err);

    let without = told(&mut desk.command(&["account", "list"]));
    assert_eq!(without.status, 2);
    assert!(without.err.contains("HYPERCERTS_ADMIN_PASSWORD"), "{}", without.err);
    std::fs::write(folder.path().join("password"), format!("{ADMIN_PASSWORD}\n")).unwrap();
    let by_file = ["account", "list", "--admin-password-file", "password"];
    assert_eq!(told(&mut desk.command(&by_file)).status, 0);
    let mut wrong = desk.command(&["account", "list"]);
    let wrong = told(wrong.env("HYPERCERTS_ADMIN_PASSWORD", "something else"));
    assert_eq!(wrong.status, 4);
    assert!(wrong.err.contains("admin password is wrong"), "{}", wrong.err);
    let nowhere = desk.run(&["account", "list", "--server", "http://127.0.0.1:9"]);
    assert_eq!(nowhere.status, 3);
    assert!(nowhere.err.contains("--server"), "{}", nowhere.err);
    let no_pds = desk.run(&["account", "list", "--server", up.client("plc").base().as_str()]);
    assert!(no_pds.status != 0 && no_pds.err.contains("no PDS"), "{}", no_pds.err);
}

#[test]
fn a_password_that_would_keep_nobody_out_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut up = command(&folder.path().join("data"));
    let short = told(up.env("HYPERCERTS_ADMIN_PASSWORD", "short").stderr(Stdio::piped()));
    assert_ne!(short.status, 0);
    assert!(short.err.contains("12 to 256 bytes"), "{}", short.err);
    let mut up = command(&folder.path().join("data"));
    up.args(["--pds-admin-password-file", "/nowhere/password"]);
    let missing = told(up.stderr(Stdio::piped()));
    assert!(missing.status != 0 && missing.err.contains("/nowhere/password"), "{}", missing.err);
}

/// The code in the newest mail of a server.
async fn mailed_code(pds: &XrpcClient) -> String {
    let request = Request::get(pds.base().join("/dev/outbox").unwrap());
    let request = request.header("accept".parse().unwrap(), "application/json");
    let mails: Value = pds.http().send(request).await.unwrap().json().unwrap();
    let text = mails["mails"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
    text.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_taken_down_moves_to_another_server() {
    let folder = tempfile::tempdir().unwrap();
    let up = start(&folder.path().join("data"));
    let plc = up.client("plc").base().to_string();
    let mut other = command(&folder.path().join("other"));
    let there = {
        other.args(["--roles", "pds", "--plc-url", &plc]);
        Up::started(other)
    };
    let (old, new) = (up.client("pds"), there.client("pds"));
    let desk = Desk { folder: folder.path(), server: old.base().to_string() };
    let made = ["account", "create", "forester.test", "--email", "f@mail.test"];
    let made = desk.json(&made);
    let (did, password) = (made["did"].as_str().unwrap(), made["password"].as_str().unwrap());
    let session = log_in(old.clone(), password).await.unwrap();
    let collection = Nsid::parse(ACTIVITY).unwrap();
    session.create_record(&collection, &claim("Kept")).await.unwrap();
    desk.done(&["account", "takedown", "forester.test"]);

    let owner = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
        command.args(arguments).env_clear().current_dir(folder.path()).stdin(Stdio::null());
        command.env("HYPERCERTS_PDS", old.base().as_str()).env("HYPERCERTS_PLC_URL", &plc);
        command.env("XDG_CONFIG_HOME", folder.path()).env("HYPERCERTS_PASSWORD", password);
        told(&mut command)
    };
    let refused = owner(&["account", "login", "forester.test"]);
    assert!(refused.status == 4 && refused.err.contains("--allow-takendown"), "{}", refused.err);
    assert_eq!(owner(&["account", "login", "forester.test", "--allow-takendown"]).status, 0);
    let asked = owner(&["account", "move", "--to", new.base().as_str()]);
    assert!(asked.err.contains("--token CODE"), "{}", asked.err);
    let code = mailed_code(&old).await;
    let moved = owner(&["account", "move", "--to", new.base().as_str(), "--token", &code]);
    assert_eq!(moved.status, 0, "{}", moved.err);
    let params = [("repo", did), ("collection", ACTIVITY)];
    let found: Value = new.query(repo::LIST_RECORDS, &params).await.unwrap();
    assert_eq!(found["records"][0]["value"]["title"], "Kept");
    // Lifting the takedown does not give the account a second home.
    desk.done(&["account", "untakedown", did]);
    let info = desk.done(&["account", "info", did]);
    assert!(info.contains("deactivated since"), "{info}");
}
