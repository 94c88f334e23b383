//! The command line as people and scripts meet it: the real program, against a real network.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use hypercerts_testkit::{TestNetwork, eventually};
use serde_json::Value;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// Somebody at a terminal of their own.
struct Shell {
    home: TempDir,
    variables: Vec<(&'static str, String)>,
}

struct Told {
    status: i32,
    out: String,
    err: String,
}

impl Shell {
    fn on(network: &TestNetwork) -> Self {
        let variables = vec![
            ("HYPERCERTS_APP", network.app().base().to_string()),
            ("HYPERCERTS_PDS", network.pds().base().to_string()),
            ("HYPERCERTS_PLC_URL", network.plc_url().to_string()),
            ("HYPERCERTS_PASSWORD", PASSWORD.to_owned()),
        ];
        Self { home: tempfile::tempdir().unwrap(), variables }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
        command.args(arguments).env_clear().envs(self.variables.iter().cloned());
        command.env("XDG_CONFIG_HOME", self.home.path()).current_dir(self.home.path());
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Told {
        told(&self.command(arguments).output().unwrap())
    }

    /// Runs what must succeed, and reads its JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let told = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(told.status, 0, "{arguments:?}: {}", told.err);
        serde_json::from_str(&told.out).unwrap()
    }

    fn uri(&self, arguments: &[&str]) -> String {
        self.json(arguments)["uri"].as_str().unwrap().to_owned()
    }

    async fn soon(&self, arguments: &[&str], words: &str) -> String {
        eventually(&format!("{arguments:?} tells {words:?}"), || async {
            let told = self.run(arguments);
            (told.status == 0 && told.out.contains(words)).then_some(told.out)
        })
        .await
    }
}

fn told(output: &Output) -> Told {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Told {
        status: output.status.code().unwrap(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

const CLAIM: [&str; 17] = [
    "create",
    "--title",
    "Oak wood replanted",
    "--short-description",
    "Three hectares of oak.",
    "--scope",
    "forestry",
    "--start",
    "2025-01-01",
    "--end",
    "2025-12-31",
    "--contributor",
    "@forester.test; weight=2; role=lead",
    "--contributor",
    "Grace Hopper",
    "--location",
    "-4.4267,39.5096 Gazi Bay",
];

#[tokio::test(flavor = "multi_thread")]
async fn from_a_claim_to_the_full_picture() {
    let network = TestNetwork::start().await;
    let forester = Shell::on(&network);
    forester.json(&["account", "create", "forester.test"]);
    let claim = forester.uri(&CLAIM);

    let ecologist = Shell::on(&network);
    ecologist.json(&["account", "create", "ecologist.test"]);
    let measured = ecologist.uri(&[
        "measure",
        &claim,
        "--metric",
        "canopy cover",
        "--value",
        "-0.5",
        "--unit",
        "%",
    ]);
    ecologist.uri(&[
        "evaluate",
        &claim,
        "--summary",
        "Well mixed stand.",
        "--score",
        "4/5",
        "--measurement",
        &measured,
    ]);
    std::fs::write(ecologist.home.path().join("plots.csv"), "plot,trees\n1,20\n").unwrap();
    ecologist.uri(&["attach", &claim, "--title", "Plots", "--file", "plots.csv"]);

    let picture = forester.soon(&["show", &claim], "Plots").await;
    for words in [
        "Oak wood replanted",
        "1 Jan 2025 – 31 Dec 2025",
        "forestry",
        "forester.test: lead, weight 2",
        "Grace Hopper",
        "Evaluations: 1 (1 independent)",
        "4 on a scale from 0 to 5. Well mixed stand.",
        "canopy cover: -0.5 %",
        "a file, text/csv, 16 bytes",
        "Gazi Bay (4.4267° S, 39.5096° E)",
    ] {
        assert!(picture.contains(words), "{words:?} is missing:\n{picture}");
    }
    let listed = forester.json(&["ls", "--author", "forester.test"]);
    assert_eq!(listed["items"][0]["uri"], claim.as_str());
    assert!(forester.run(&["ls", "--author", "ecologist.test"]).out.contains("No hypercerts"));
}

#[tokio::test(flavor = "multi_thread")]
async fn verifying_tells_each_step_and_its_status_tells_the_verdict() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    shell.json(&["account", "create", "forester.test"]);
    let claim = shell.uri(&CLAIM);

    let verified = shell.run(&["verify", &claim]);
    assert_eq!(verified.status, 0, "{}", verified.out);
    for line in ["✓ Identity", "✓ Handle", "✓ Signature", "✓ Path", "✓ Content", "✓ Schema"]
    {
        assert!(verified.out.contains(line), "{line}:\n{}", verified.out);
    }
    let report = shell.json(&["verify", &claim]);
    assert_eq!(report["verdict"], "verified");
    assert_eq!(report["record"]["title"], "Oak wood replanted");

    let rkey = claim.rsplit('/').next().unwrap();
    let by_handle = format!("at://forester.test/org.hypercerts.claim.activity/{rkey}");
    assert_eq!(shell.run(&["verify", &by_handle]).status, 0);

    let absent = shell.run(&["verify", &format!("{claim}x")]);
    assert_eq!(absent.status, 1);
    assert!(absent.out.contains("✗ Path"), "{}", absent.out);

    let unknown = by_handle.replace("forester", "nobody");
    let unchecked = shell.run(&["verify", &unknown]);
    assert_eq!(unchecked.status, 2);
    assert!(unchecked.out.contains("? Handle"), "{}", unchecked.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_vouches_for_what_is_not_there() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    let account = shell.json(&["account", "create", "forester.test"]);
    let did = account["did"].as_str().unwrap();
    let nothing = format!("at://{did}/org.hypercerts.claim.activity/3mhlv4n3abc2a");
    let refused = shell.run(&["evaluate", &nothing, "--summary", "Fine."]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("nothing was written"), "{}", refused.err);
    let evaluations = [("repo", did), ("collection", "org.hypercerts.context.evaluation")];
    let listed: Value =
        network.pds().query("com.atproto.repo.listRecords", &evaluations).await.unwrap();
    assert_eq!(listed["records"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_and_what_it_names_are_written_together_or_not_at_all() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    let account = shell.json(&["account", "create", "forester.test"]);
    let too_long = "x".repeat(257);
    let mut claim = CLAIM;
    claim[2] = &too_long;
    let refused = shell.run(&claim);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("title") && refused.err.contains("256"), "{}", refused.err);
    let repo = [("repo", account["did"].as_str().unwrap())];
    let described: Value =
        network.pds().query("com.atproto.repo.describeRepo", &repo).await.unwrap();
    assert_eq!(described["collections"], Value::Array(Vec::new()), "a location was left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_kept_private_and_the_password_nowhere() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    let before = shell.run(&["create", "--title", "a", "--short-description", "b"]);
    assert_eq!(before.status, 4);
    assert!(before.err.contains("account login"), "{}", before.err);

    shell.json(&["account", "create", "forester.test"]);
    let file = shell.home.path().join("hypercerts/session.json");
    assert!(!std::fs::read_to_string(&file).unwrap().contains(PASSWORD));
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_comes_from_standard_input_and_a_wrong_one_is_refused() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    shell.json(&["account", "create", "forester.test"]);
    for (password, status) in [(PASSWORD, 0), ("guess", 4), ("", 2)] {
        let mut login = shell.command(&["account", "login", "forester.test", "--password-stdin"]);
        login.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = login.spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
        let told = told(&child.wait_with_output().unwrap());
        assert_eq!(told.status, status, "{password:?}: {}", told.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_imported_by_its_did_and_from_a_file() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    let account = shell.json(&["account", "create", "forester.test"]);
    shell.uri(&CLAIM);
    let did = account["did"].as_str().unwrap();

    let by_did = shell.json(&["index", "import", did, "--data", "by-did"]);
    assert_eq!(by_did["stored"], 2, "the claim and its location");
    let again = shell.run(&["index", "import", did, "--data", "by-did"]);
    assert!(again.out.contains("2 records are as they were"), "{}", again.out);

    let (pds, params) = (network.pds(), [("did", did)]);
    let export = pds.query_bytes("com.atproto.sync.getRepo", &params, 1 << 20).await.unwrap();
    let file = shell.home.path().join("forester.car");
    std::fs::write(&file, export).unwrap();
    let from_file = shell.json(&["index", "import", "forester.car", "--data", "from-file"]);
    assert_eq!(from_file["stored"], 2);

    std::fs::write(&file, "no repository").unwrap();
    let refused = shell.run(&["index", "import", "forester.car", "--data", "from-file"]);
    assert_eq!(refused.status, 1);
    let missing = shell.run(&["index", "import", "nothing.car", "--data", "from-file"]);
    assert!(missing.err.contains("nothing.car"), "{}", missing.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_in_finds_the_server_by_the_identity_and_keeps_its_directory() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    let account = shell.json(&["account", "create", "forester.test"]);
    let did = account["did"].as_str().unwrap();

    let mut elsewhere = Shell::on(&network);
    elsewhere.variables.retain(|(name, _)| *name != "HYPERCERTS_PDS");
    let logged_in = elsewhere.json(&["account", "login", did]);
    assert_eq!(logged_in["pds"], account["pds"]);

    elsewhere.variables.retain(|(name, _)| *name != "HYPERCERTS_PLC_URL");
    let claim = elsewhere.uri(&["create", "--title", "Oak", "--short-description", "Replanted."]);
    let verified = elsewhere.run(&["verify", &claim]);
    assert_eq!(verified.status, 0, "{}{}", verified.out, verified.err);
    let nowhere = elsewhere.run(&["verify", &claim, "--plc-url", "http://127.0.0.1:9"]);
    assert_eq!(nowhere.status, 2, "the one that is named wins: {}", nowhere.out);

    elsewhere.variables.push(("HYPERCERTS_PLC_URL", network.plc_url().to_string()));
    let nobody = elsewhere.run(&["account", "login", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"]);
    assert_eq!(nobody.status, 1);
    assert!(nobody.err.contains("--pds URL"), "{}", nobody.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_given_confirmed_and_changed() {
    let network = TestNetwork::start().await;
    let shell = Shell::on(&network);
    shell.json(&["account", "create", "forester.test"]);
    assert!(shell.run(&["account", "email"]).out.contains("no e-mail address"));
    let given = shell.json(&["account", "email", "oak@mail.test"]);
    assert_eq!(
        (&given["email"], &given["emailConfirmed"]),
        (&"oak@mail.test".into(), &false.into())
    );

    let asked = shell.run(&["account", "email", "oak@mail.test"]);
    assert!(asked.status == 1 && asked.err.contains("has mailed a code"), "{}", asked.err);
    let code = network.mailed_code().await;
    let wrong = shell.run(&["account", "email", "oak@mail.test", "--token", "AAAAA-AAAAA"]);
    assert!(wrong.status == 1 && wrong.err.contains("without --token"), "{}", wrong.err);
    let confirmed = shell.json(&["account", "email", "oak@mail.test", "--token", &code]);
    assert_eq!(confirmed["emailConfirmed"], true);

    let asked = shell.run(&["account", "email", "elm@mail.test"]);
    assert!(asked.status == 1 && asked.err.contains("has mailed a code"), "{}", asked.err);
    let code = network.mailed_code().await;
    let changed = shell.json(&["account", "email", "elm@mail.test", "--token", &code]);
    assert_eq!(
        (&changed["email"], &changed["emailConfirmed"]),
        (&"elm@mail.test".into(), &false.into())
    );
}

#[test]
fn what_is_not_understood_is_answered_with_the_form_it_should_have() {
    for (arguments, words) in [
        (&["up", "--plc-url", "plc.directory"][..], "did you mean https://plc.directory?"),
        (&["up", "--request-crawl", "bsky.network"], "did you mean https://bsky.network?"),
        (&["up", "--follow", "pds.example.org:443"], "did you mean wss://pds.example.org:443?"),
        (
            &["account", "login", "a.test", "--pds", "127.0.0.1:5583"],
            "did you mean http://127.0.0.1:5583?",
        ),
        (
            &["account", "login", "a.test", "--pds", "localhost:5583"],
            "did you mean http://localhost:5583?",
        ),
        (&["ls", "--app", "not a url"], "the form is https://pds.example.org"),
        (&["up", "--pds", "5583"], "the form is 127.0.0.1:5583"),
        (&["up", "--dns", "192.0.2.53"], "the form is 192.0.2.53:53"),
        (&["up", "--hostname", "PDS.example.org/"], "the form is pds.example.org"),
        (&["up", "--roles", "pds app"], "[possible values: plc, pds, app]"),
    ] {
        let refused = Command::new(env!("CARGO_BIN_EXE_hypercerts")).args(arguments).output();
        let told = told(&refused.unwrap());
        assert!(told.status == 2 && told.err.contains(words), "{arguments:?}: {}", told.err);
    }
    let help = Command::new(env!("CARGO_BIN_EXE_hypercerts")).args(["up", "--help"]).output();
    assert!(told(&help.unwrap()).out.contains("[default: plc,pds,app]"));
}

#[test]
fn a_server_that_is_not_there_is_told_apart_from_one_that_refuses() {
    let nowhere = Command::new(env!("CARGO_BIN_EXE_hypercerts"))
        .args(["ls", "--app", "http://127.0.0.1:9"])
        .output();
    let told = told(&nowhere.unwrap());
    assert_eq!(told.status, 3);
    assert!(told.err.contains("hypercerts up"), "{}", told.err);
}
