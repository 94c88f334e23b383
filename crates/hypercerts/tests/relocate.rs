//! `account move`: the real program between two real servers, broken off wherever it may be.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use hypercerts_identity::net::{HttpClient, NetPolicy, Request};
use hypercerts_testkit::TestNetwork;
use hypercerts_xrpc::client::XrpcClient;
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::Value;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// Two servers with one directory, and somebody who has an account at the first.
struct Scene {
    old: TestNetwork,
    new: TestNetwork,
    home: TempDir,
    did: String,
}

impl Scene {
    async fn set() -> Self {
        Self::set_with(&["--email", "forester@mail.test"]).await
    }

    async fn set_with(address: &[&str]) -> Self {
        let old = TestNetwork::start().await;
        let plc = old.plc_url();
        let new = TestNetwork::start_with(|config| {
            config.plc = None;
            config.plc_url = Some(plc);
        })
        .await;
        let mut scene = Self { old, new, home: tempfile::tempdir().unwrap(), did: String::new() };
        let words = ["account", "create", "forester.test", "--json"];
        let made = scene.run(&[&words, address].concat());
        let made: Value = serde_json::from_slice(&made.stdout).unwrap();
        made["did"].as_str().unwrap().clone_into(&mut scene.did);
        for n in 0..5 {
            let title = format!("Oak wood {n}");
            let words = ["create", "--title", &title, "--short-description", "Replanted."];
            assert!(scene.run(&words).status.success());
        }
        std::fs::write(scene.home.path().join("photo.png"), b"\x89PNG\r\n\x1a\n photo").unwrap();
        let claim = scene.claims(&scene.old.pds()).await[0].clone();
        let attached = scene.run(&["attach", &claim, "--file", "photo.png", "--title", "A photo"]);
        assert!(attached.status.success(), "{attached:?}");
        scene
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
        command.args(arguments).env_clear().current_dir(self.home.path());
        command.env("HYPERCERTS_PDS", self.old.pds().base().as_str());
        command.env("HYPERCERTS_PLC_URL", self.old.plc_url().as_str());
        command.env("HYPERCERTS_PASSWORD", PASSWORD);
        command.env("XDG_CONFIG_HOME", self.home.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn removal(&self, more: &[&str]) -> Command {
        let to = self.new.pds().base().to_string();
        self.command(&[&["account", "move", "--to", &to], more].concat())
    }

    /// The code in the newest mail of the old server.
    async fn code(&self) -> Option<String> {
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        let url = self.old.pds().base().join("/dev/outbox").unwrap();
        let request = Request::get(url).header("accept".parse().unwrap(), "application/json");
        let mails: Value = http.send(request).await.unwrap().json().unwrap();
        let text = mails["mails"].as_array()?.last()?["text"].as_str()?.to_owned();
        text.lines().find_map(|line| line.strip_prefix("    ").map(str::to_owned))
    }

    async fn claims(&self, pds: &XrpcClient) -> Vec<String> {
        let params = [("repo", self.did.as_str()), ("collection", "org.hypercerts.claim.activity")];
        let listed: Result<Value, _> = pds.query(repo::LIST_RECORDS, &params).await;
        let records = listed.map(|listed| listed["records"].as_array().unwrap().clone());
        let uri = |record: &Value| record["uri"].as_str().unwrap().to_owned();
        records.unwrap_or_default().iter().map(uri).collect()
    }

    /// Whether a server serves the account, by its claims.
    async fn lives_at(&self, pds: &XrpcClient) -> bool {
        self.claims(pds).await.len() == 5
    }

    async fn has_moved(&self) {
        assert!(self.lives_at(&self.new.pds()).await);
        assert!(!self.lives_at(&self.old.pds()).await);
        let params = [("did", self.did.as_str())];
        let blobs: Value = self.new.pds().query(sync::LIST_BLOBS, &params).await.unwrap();
        assert_eq!(blobs["cids"].as_array().unwrap().len(), 1);
        let more = self.run(&["create", "--title", "At home", "--short-description", "There."]);
        assert!(more.status.success(), "{more:?}");
        assert_eq!(self.claims(&self.new.pds()).await.len(), 6);
        assert!(!self.home.path().join("hypercerts/move.json").exists());
    }
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_moves_with_a_code_from_its_mail() {
    let scene = Scene::set().await;
    let asked = scene.removal(&[]).output().unwrap();
    assert_eq!(asked.status.code(), Some(1));
    let words = error(&asked);
    assert!(words.contains("has mailed a code") && words.contains("--token CODE"), "{words}");
    assert!(!words.contains("error:"), "nothing is wrong: {words}");
    assert!(scene.lives_at(&scene.old.pds()).await);

    let wrong = scene.removal(&["--token", "AAAAA-AAAAA"]).output().unwrap();
    let words = error(&wrong);
    assert!(words.contains("code is wrong") && words.contains("without --token"), "{words}");
    assert!(!words.contains("session") && wrong.status.code() == Some(1), "{words}");
    assert!(scene.lives_at(&scene.old.pds()).await);

    let code = scene.code().await.unwrap();
    let moved = scene.removal(&["--token", &code]).output().unwrap();
    assert!(moved.status.success(), "{}", error(&moved));
    scene.has_moved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_an_address_is_told_so_before_anything_is_copied() {
    let scene = Scene::set_with(&[]).await;
    let refused = scene.removal(&[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(error(&refused).contains("hypercerts account email"), "{}", error(&refused));
    let params = [("repo", scene.did.as_str())];
    let there: Result<Value, _> = scene.new.pds().query(repo::DESCRIBE_REPO, &params).await;
    assert!(there.is_err(), "nothing was begun: {there:?}");

    assert!(scene.run(&["account", "email", "forester@mail.test"]).status.success());
    assert!(error(&scene.removal(&[]).output().unwrap()).contains("has mailed a code"));
    let moved = scene.removal(&["--token", &scene.code().await.unwrap()]).output().unwrap();
    assert!(moved.status.success(), "{}", error(&moved));
    scene.has_moved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_killed_anywhere_goes_on_and_the_account_always_has_a_home() {
    let scene = Scene::set().await;
    let (mut moved, mut said) = (false, String::new());
    for attempt in 0..400 {
        // A code that was used up with nothing to show for it makes the program ask for another one.
        let code = scene.code().await.filter(|_| !said.contains("without --token"));
        let token: Vec<&str> = code.iter().flat_map(|code| ["--token", code]).collect();
        let mut child = scene.removal(&token).stderr(Stdio::piped()).spawn().unwrap();
        // Further by a little each time, until it gets through.
        tokio::time::sleep(Duration::from_millis(5 + 3 * attempt)).await;
        moved = child.try_wait().unwrap().is_some_and(|status| status.success());
        let _ = child.kill();
        said = error(&child.wait_with_output().unwrap());
        let (old, new) = (scene.old.pds(), scene.new.pds());
        assert!(scene.lives_at(&old).await || scene.lives_at(&new).await, "attempt {attempt}");
        if moved {
            break;
        }
    }
    assert!(moved, "{said}");
    let again = scene.removal(&[]).output().unwrap();
    assert!(again.status.success(), "what is done is done: {}", error(&again));
    scene.has_moved().await;
}
