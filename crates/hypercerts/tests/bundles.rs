//! Bundles as people meet them: made on a real network, carried away, checked where there is none.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use hypercerts_records::nsid;
use hypercerts_testkit::{Person, TestNetwork};
use hypercerts_xrpc::client::Written;
use serde_json::{Value, json};
use tempfile::TempDir;

const NOW: &str = "2026-02-01T00:00:00Z";

/// A folder to carry files away in, and the program.
struct Desk {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

struct Told {
    status: i32,
    out: String,
    err: String,
}

impl Desk {
    fn on(network: &TestNetwork, who: &Person) -> Self {
        let name = who.handle().as_str().trim_end_matches(".test");
        let variables = vec![
            ("HYPERCERTS_APP", network.app().base().to_string()),
            ("HYPERCERTS_PDS", network.pds().base().to_string()),
            ("HYPERCERTS_PLC_URL", network.plc_url().to_string()),
            ("HYPERCERTS_PASSWORD", format!("correct horse {name}")),
        ];
        Self { folder: tempfile::tempdir().unwrap(), variables }
    }

    /// The same folder, where no server can be reached.
    fn unplugged(mut self) -> Self {
        for (_, address) in &mut self.variables {
            *address = "http://127.0.0.1:9".to_owned();
        }
        self
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
        command.args(arguments).env_clear().envs(self.variables.iter().cloned());
        command.env("XDG_CONFIG_HOME", self.folder.path()).current_dir(self.folder.path());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Told {
            status: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Runs what must succeed, and reads its JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let told = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(told.status, 0, "{arguments:?}: {}{}", told.out, told.err);
        serde_json::from_str(&told.out).unwrap()
    }
}

fn reference(record: &Written) -> Value {
    json!({ "uri": record.uri, "cid": record.cid })
}

/// A claim with a place and rights, which its author can edit.
async fn claim_with_context(forester: &Person) -> Written {
    let place = json!({
        "lpVersion": "1.0", "srs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "locationType": "coordinate-decimal", "createdAt": NOW,
        "location": { "$type": "app.certified.location#string", "string": "-4.4267, 39.5096" },
    });
    let place = forester.writes(nsid::LOCATION, place).await.unwrap();
    let rights = json!({
        "rightsName": "CC BY 4.0", "rightsType": "CC",
        "rightsDescription": "Share and adapt with credit.", "createdAt": NOW,
    });
    let rights = forester.writes(nsid::RIGHTS, rights).await.unwrap();
    let mut claim = hypercerts_testkit::claim("Mangroves replanted");
    claim["locations"] = json!([reference(&place)]);
    claim["rights"] = reference(&rights);
    forester.writes(nsid::ACTIVITY, claim).await.unwrap()
}

async fn measures(ecologist: &Person, claim: &Written) {
    let measurement = json!({
        "subjects": [reference(claim)], "metric": "Trees planted", "unit": "trees",
        "value": "9300", "createdAt": NOW,
    });
    ecologist.writes(nsid::MEASUREMENT, measurement).await.unwrap();
}

async fn funds(funder: &Person, claim: &Written) {
    let receipt = json!({
        "to": { "$type": "org.hypercerts.funding.receipt#text", "value": "The foresters" },
        "amount": "1200", "currency": "EUR", "for": reference(claim), "createdAt": NOW,
    });
    funder.writes(nsid::RECEIPT, receipt).await.unwrap();
}

async fn is_indexed(network: &TestNetwork, claim: &Written, evaluations: u64, receipts: u64) {
    let shown = |answer: &Value| {
        answer["evaluations"]["total"] == evaluations && answer["receipts"]["total"] == receipts
    };
    network.hypercert(&claim.uri, shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hypercert_is_carried_away_and_checked_without_its_network() {
    let network = TestNetwork::start().await;
    let (forester, ecologist) =
        (network.person("forester").await, network.person("ecologist").await);
    let funder = network.person("funder").await;
    let claim = claim_with_context(&forester).await;
    measures(&ecologist, &claim).await;
    ecologist.evaluates(&claim, "Well mixed stand.").await;
    funds(&funder, &claim).await;
    is_indexed(&network, &claim, 1, 1).await;

    let desk = Desk::on(&network, &forester);
    let uri = claim.uri.as_str();
    let made = desk.json(&["bundle", uri, "-o", "first.car"]);
    assert_eq!(made["verdict"], "verified");
    assert_eq!((&made["records"], &made["accounts"]), (&json!(6), &json!(3)), "{made:#}");
    assert_eq!(made["missing"], json!([]));
    desk.json(&["bundle", uri, "-o", "second.car"]);
    let first = fs::read(desk.file("first.car")).unwrap();
    assert!(
        first == fs::read(desk.file("second.car")).unwrap(),
        "the same evidence, the same bytes"
    );

    drop(network);
    let desk = desk.unplugged();
    let report = desk.json(&["verify", "first.car"]);
    assert_eq!(report["root"], made["root"]);
    assert_eq!(report["subject"], json!({ "uri": claim.uri, "cid": claim.cid }));
    assert!(report["records"].as_array().unwrap().iter().all(|it| it["verdict"] == "verified"));
    let words = desk.run(&["verify", "first.car"]);
    assert_eq!(words.status, 0);
    assert!(words.out.contains(made["root"].as_str().unwrap()), "{}", words.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_of_an_earlier_version_says_so() {
    let network = TestNetwork::start().await;
    let (forester, ecologist) =
        (network.person("forester").await, network.person("ecologist").await);
    let claim = forester.claims("Oak wood replanted").await;
    ecologist.evaluates(&claim, "Well mixed stand.").await;
    let edited = forester.retitles(&claim, "Oak wood replanted twice over").await;
    let renamed = |answer: &Value| {
        answer["claim"]["cid"] == edited.cid.to_string() && answer["evaluations"]["total"] == 1
    };
    network.hypercert(&claim.uri, renamed).await;

    let desk = Desk::on(&network, &forester);
    desk.json(&["bundle", claim.uri.as_str(), "-o", "oak.car"]);
    let told = desk.run(&["verify", "oak.car"]);
    assert_eq!(told.status, 0, "{}", told.out);
    let words = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("means an earlier version of"), "{words}");
    assert!(words.contains(&claim.cid.to_string()), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_bit_is_named_by_the_record_it_belongs_to() {
    let network = TestNetwork::start().await;
    let (forester, ecologist) =
        (network.person("forester").await, network.person("ecologist").await);
    let claim = forester.claims("Oak wood replanted").await;
    let evaluation = ecologist.evaluates(&claim, "Well mixed stand.").await;
    is_indexed(&network, &claim, 1, 0).await;

    let desk = Desk::on(&network, &forester);
    desk.json(&["bundle", claim.uri.as_str(), "-o", "oak.car"]);
    let mut bytes = fs::read(desk.file("oak.car")).unwrap();
    let place = bytes.windows(9).position(|window| window == b"Well mixe").unwrap();
    bytes[place] ^= 1;
    fs::write(desk.file("oak.car"), bytes).unwrap();

    let told = desk.run(&["verify", "oak.car"]);
    assert_eq!(told.status, 1, "{}", told.out);
    assert!(told.out.contains(&format!("✗ {}", evaluation.uri)), "{}", told.out);
    assert!(told.out.contains(&format!("✓ {}", claim.uri)), "{}", told.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_holds_on_to_a_version_and_its_evidence() {
    let network = TestNetwork::start().await;
    let forester = network.person("forester").await;
    let claim = forester.claims("Oak wood replanted").await;
    is_indexed(&network, &claim, 0, 0).await;
    let desk = Desk::on(&network, &forester);
    desk.json(&["account", "login", "forester.test"]);
    let made = desk.json(&["bundle", claim.uri.as_str(), "-o", "oak.car"]);

    let uri = claim.uri.as_str();
    let lock = desk.json(&["lock", uri, "--bundle", "oak.car", "--note", "As evaluated."]);
    let lock = hypercerts_lexicon::AtUri::parse(lock["uri"].as_str().unwrap()).unwrap();
    let stored = network.pds().get_record(&lock).await.unwrap();
    let stored = serde_json::to_value(&stored.value).unwrap();
    assert_eq!(stored["subject"], reference(&claim));
    assert_eq!(stored["bundle"], json!({ "$link": made["root"] }));

    forester.retitles(&claim, "Oak wood replanted twice over").await;
    let late = desk.run(&["lock", uri, "--bundle", "oak.car"]);
    assert_eq!(late.status, 2, "{}", late.out);
    assert!(late.err.contains("not about the version that stands now"), "{}", late.err);

    fs::write(desk.file("oak.car"), b"no bundle").unwrap();
    let broken = desk.run(&["lock", uri, "--bundle", "oak.car"]);
    assert_eq!(broken.status, 2);
    assert!(broken.err.contains("does not hold"), "{}", broken.err);
}
