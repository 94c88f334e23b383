//! `hypercerts check`, as people and scripts meet it.
#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hypercerts_testkit::TestNetwork;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Told {
    status: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str], variables: &[(&str, String)]) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
    command.arg("check").args(arguments).env_clear().stdin(Stdio::null());
    let output = command.envs(variables.iter().cloned()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Told {
        status: output.status.code().unwrap(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// A folder with these files.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &Value)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            let path = folder.0.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content.to_string()).unwrap();
        }
        folder
    }

    fn check(&self, name: &str) -> Told {
        run(&[self.path(name).to_str().unwrap()], &[])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn fixtures(folder: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(folder);
    path.to_str().unwrap().to_owned()
}

/// Lines are folded where they end; their words are what counts.
fn words(text: &str) -> String {
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn location(text: &str) -> Value {
    json!({
        "$type": "app.certified.location", "lpVersion": "1.0", "locationType": "coordinate-decimal",
        "srs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "createdAt": "2025-01-01T00:00:00Z",
        "location": { "$type": "app.certified.location#string", "string": text },
    })
}

fn claim() -> Value {
    json!({
        "$type": "org.hypercerts.claim.activity", "title": "Oak wood replanted",
        "shortDescription": "Three hectares of oak.", "createdAt": "2025-01-01T00:00:00Z",
    })
}

#[test]
fn the_examples_of_every_record_type_have_nothing_to_mend() {
    let told = run(&[&fixtures("records")], &[]);
    assert_eq!(told.status, 0, "{}", told.out);
    assert!(told.out.ends_with("Nothing must be mended.\n"), "{}", told.out);
}

#[test]
fn a_claim_is_understood_with_the_place_beside_it() {
    let told = run(&[&fixtures("claims")], &[]);
    let out = words(&told.out);
    assert_eq!(told.status, 0, "{out}");
    for said in [
        "Type a claim, org.hypercerts.claim.activity",
        "Edition Written in today's edition.",
        "Schema valid",
        "Scope all kinds of work: the claim does not limit it",
        "Place “Community forest above the river”: 9.9731° N, 84.2107° W",
        "Scope library-maintenance, in a form that software can evaluate",
        "in words for people",
        "Findings none",
    ] {
        assert!(out.contains(said), "{said:?} is not in {out}");
    }
}

#[test]
fn a_record_that_breaks_its_schema_is_told_how_to_be_mended() {
    let mut broken = claim();
    broken["createdAt"] = json!("yesterday");
    let told = Folder::with(&[("claim.json", &broken)]).check("claim.json");
    assert_eq!(told.status, 1);
    let out = words(&told.out);
    assert!(out.contains("NOT VALID: 1 rule is broken"), "{out}");
    assert!(out.contains("✗ “createdAt” must be a datetime, and \"yesterday\" is not"), "{out}");
    assert!(out.contains("1 record, 1 not valid"), "{out}");
}

#[test]
fn a_finding_that_is_an_error_decides_the_status_and_others_do_not() {
    let folder = Folder::with(&[
        ("bad.json", &location("120.5, -2.5")),
        ("noted.json", &{
            let mut unknown = location("index.home.raft");
            unknown["locationType"] = json!("what3words");
            unknown
        }),
    ]);
    let told = folder.check("bad.json");
    assert_eq!(told.status, 1);
    assert!(words(&told.out).contains("the two may be in the wrong order. (location-unreadable)"));
    let told = folder.check("noted.json");
    assert_eq!(told.status, 0, "{}", told.out);
    assert!(words(&told.out).contains("1 note"), "{}", told.out);
    assert_eq!(folder.check("").status, 1);
}

#[test]
fn a_folder_is_checked_all_the_way_down_and_only_for_json() {
    let folder = Folder::with(&[
        ("a/b/claim.json", &claim()),
        ("a/list.json", &json!([claim(), location("1, 2")])),
        ("a/notes.txt", &json!("not looked at")),
    ]);
    let told = folder.check("");
    assert_eq!(told.status, 0, "{}", told.out);
    assert!(told.out.contains("3 records; findings: none"), "{}", told.out);
    assert!(told.out.contains("list.json [1]"), "{}", told.out);
    let empty = Folder::with(&[]).check("");
    assert!(empty.out.contains("nothing was checked"), "{}", empty.out);
}

#[cfg(unix)]
#[test]
fn links_between_folders_are_not_followed_and_depth_is_bounded() {
    let folder = Folder::with(&[("claim.json", &claim())]);
    std::os::unix::fs::symlink(folder.path(""), folder.path("again")).unwrap();
    let told = folder.check("");
    assert!(told.out.contains("1 record; findings: none"), "{}", told.out);
    let deep = "d/".repeat(17) + "claim.json";
    let told = Folder::with(&[(deep.as_str(), &claim())]).check("");
    assert_eq!(told.status, 2);
    assert!(told.err.contains("check a folder further down"), "{}", told.err);
}

#[test]
fn a_text_without_a_type_says_what_to_add() {
    let folder = Folder::with(&[("x.json", &json!({ "title": "Oak" }))]);
    let told = folder.check("x.json");
    assert_eq!(told.status, 1);
    assert!(
        words(&told.out).contains("Add one, like \"$type\": \"org.hypercerts.claim.activity\"")
    );
    let missing = folder.check("y.json");
    assert_eq!(missing.status, 1);
    assert!(missing.err.contains("y.json cannot be read"), "{}", missing.err);
}

#[test]
fn records_are_also_seen_beside_each_other() {
    let uri = |collection: &str, rkey: &str| {
        format!("at://did:plc:44ybard66vv44zksje25o7dz/{collection}/{rkey}")
    };
    let old = "bafyreibtqy4iabnmchlw7rjqbzqc3ccwebtbrrjhf5ilxu3ef2bolc3spi";
    let new = "bafyreigby4hfd64gujwub7zfwsqrqfwgihayuuws5c4y57p2lj5f2zfyvu";
    let place = uri("app.certified.location", "3mhlv4n3abc2a");
    let mut claiming = claim();
    claiming["locations"] = json!([{ "uri": place, "cid": old }]);
    let claiming =
        json!({ "uri": uri("org.hypercerts.claim.activity", "3mhlv4n3abc2b"), "value": claiming });
    let located = json!({ "uri": place, "cid": new, "value": location("-2.5, 40.5") });
    let told = Folder::with(&[("a.json", &claiming), ("b.json", &located)]).check("");
    let out = words(&told.out);
    assert_eq!(told.status, 0, "{out}");
    assert!(out.contains("2.5° S, 40.5° E"), "{out}");
    assert!(out.contains("! locations[0]: "), "{out}");
    assert!(out.contains("(reference-to-earlier-version)"), "{out}");
}

#[test]
fn words_from_a_record_do_not_steer_the_terminal() {
    let mut sly = claim();
    sly["title"] = json!("Oak\u{1b}[2J\nSchema valid");
    let told = Folder::with(&[("claim.json", &sly)]).check("claim.json");
    assert!(!told.out.contains('\u{1b}'));
    assert!(told.out.starts_with("Oak[2J Schema valid\n"), "{}", told.out);
}

#[test]
fn scripts_get_json() {
    let folder =
        Folder::with(&[("bad.json", &location("120.5, -2.5")), ("good.json", &location("1,2"))]);
    let told = run(&["--json", folder.path("").to_str().unwrap()], &[]);
    assert_eq!(told.status, 1);
    let report: Value = serde_json::from_str(&told.out).unwrap();
    let [bad, good] = [&report["records"][0], &report["records"][1]];
    assert_eq!(bad["validity"]["state"], "valid");
    assert_eq!(bad["findings"][0]["code"], "location-unreadable");
    assert_eq!(bad["edition"], "current");
    assert_eq!(good["places"][0]["middle"], json!({ "latitude": 1.0, "longitude": 2.0 }));
    assert_eq!(report["problems"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_from_the_network_comes_with_what_it_refers_to() {
    let network = TestNetwork::start().await;
    let alice = network.person("alice").await;
    let mut place = location("-2.5, 40.5");
    place["name"] = json!("Gazi Bay");
    let place = alice.writes("app.certified.location", place).await.unwrap();
    let mut claiming = claim();
    claiming["locations"] = json!([{ "uri": place.uri, "cid": place.cid }]);
    let written = alice.writes("org.hypercerts.claim.activity", claiming).await.unwrap();
    let variables = [
        ("HYPERCERTS_PDS", network.pds().base().to_string()),
        ("HYPERCERTS_PLC_URL", network.plc_url().to_string()),
    ];
    let told = run(&[written.uri.as_str()], &variables);
    assert_eq!(told.status, 0, "{}{}", told.out, told.err);
    assert!(words(&told.out).contains("Place “Gazi Bay”: 2.5° S, 40.5° E"), "{}", told.out);

    let nowhere = written.uri.as_str().replace("claim.activity", "claim.rights");
    let told = run(&[&nowhere], &variables);
    assert_ne!(told.status, 0);
    assert!(told.err.contains("nothing to check"), "{}", told.err);
}
