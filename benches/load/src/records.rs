//! Records in memory, one core: claims validated, scopes matched and compared.
//!
//! `@atproto/lexicon` validates the same claims beside ours if Node and the packages of `e2e/` are there.

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use hypercerts_lexicon::{AtUri, Cid, Datetime, Nsid, RecordKey, Value, json};
use hypercerts_records::scope::{Context, Place, Scope, Vocabulary};
use hypercerts_records::{Measurement, StrongRef, WorkscopeTag, catalogue, nsid};

use crate::process::root;
use crate::{Outcome, accounts};

/// Each figure is the median of this many rounds.
const ROUNDS: usize = 7;
const EXAMPLE: &str = include_str!("../../../fixtures/records/org.hypercerts.claim.activity.json");
const MANGROVES: &str = "scope.hasAll(['mangrove_restoration', 'environmental_education']) && scope.hasAny(['fishpond_management', 'ecotourism']) && location.country == 'KE'";
const FUNDER: &str = "scope.has('ecosystem_restoration') && location.region == 'Eastern Africa' && time.end >= timestamp('2025-01-01T00:00:00Z')";
const TREES: &str = "scope.has('agroforestry') && measurements.exists(m, m.metric == 'trees_planted' && m.value >= 500)";
/// Keys with their parents.
const TAGS: [(&str, &str); 8] = [
    ("ecosystem_restoration", ""),
    ("mangrove_restoration", "ecosystem_restoration"),
    ("reforestation", "ecosystem_restoration"),
    ("agroforestry", ""),
    ("environmental_education", ""),
    ("fishpond_management", ""),
    ("ecotourism", ""),
    ("beekeeping", "agroforestry"),
];

pub fn measure(divide: usize) -> Outcome<()> {
    let claims = [("1 KB claim", claim()?), ("claim with everything", example()?)];
    for (name, claim) in &claims {
        validation(name, claim, 200_000 / divide)?;
        validation_in_node(name, claim, 100_000 / divide)?;
    }
    matching(200_000 / divide)?;
    overlap(50_000 / divide)
}

fn claim() -> Outcome<Value> {
    Ok(json::from_json(&accounts::claim(1))?)
}

fn example() -> Outcome<Value> {
    let answer: serde_json::Value = serde_json::from_str(EXAMPLE)?;
    Ok(json::from_json(&answer["value"])?)
}

fn validation(name: &str, claim: &Value, count: usize) -> Outcome<()> {
    let (collection, key) = (Nsid::parse(nsid::ACTIVITY)?, RecordKey::parse("claim")?);
    let catalogue = catalogue();
    line(&format!("validate: {name}"), count, || {
        black_box(catalogue.validate_record(&collection, &key, black_box(claim)));
    });
    Ok(())
}

fn validation_in_node(name: &str, claim: &Value, count: usize) -> Outcome<()> {
    let root = root();
    let title = format!("validate: {name}, @atproto/lexicon");
    if !root.join("e2e/node_modules/@atproto/lexicon").exists() {
        println!("{title:<52} needs the packages of e2e/; `cargo xtask test` installs them");
        return Ok(());
    }
    let mut node = Command::new("node");
    node.arg(root.join("benches/load/lexicon.mjs")).arg(&root).arg(count.to_string());
    let Ok(mut child) = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        println!("{title:<52} needs Node in PATH");
        return Ok(());
    };
    let mut input = child.stdin.take().ok_or("no way to talk to Node")?;
    input.write_all(json::to_json(claim).to_string().as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    let nanos: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    print(&title, nanos);
    Ok(())
}

fn matching(count: usize) -> Outcome<()> {
    let vocabulary = vocabulary()?;
    let contexts = contexts(&vocabulary)?;
    for (name, expression) in
        [("three tests", MANGROVES), ("region, time", FUNDER), ("a loop", TREES)]
    {
        line(&format!("compile an expression: {name}"), count / 10, || {
            black_box(Scope::parse(black_box(expression)).is_ok());
        });
        let scope = Scope::parse(expression)?;
        let mut next = contexts.iter().cycle();
        line(&format!("match an expression: {name}"), count, || {
            black_box(next.next().map(|context| scope.matches(context)).is_some());
        });
    }
    Ok(())
}

fn overlap(count: usize) -> Outcome<()> {
    let vocabulary = vocabulary()?;
    let [mangroves, funder, trees] = [MANGROVES, FUNDER, TREES].map(Scope::parse);
    let without =
        Scope::parse("scope.has('reforestation') && !scope.has('ecosystem_restoration')")?;
    let (mangroves, funder, trees) = (mangroves?, funder?, trees?);
    for (name, one, other) in [
        ("an example is found", &mangroves, &funder),
        ("a contradiction is found", &mangroves, &without),
        ("it cannot be told", &mangroves, &trees),
    ] {
        line(&format!("overlap of two expressions: {name}"), count, || {
            black_box(one.overlap(other, &vocabulary));
        });
    }
    Ok(())
}

fn vocabulary() -> Outcome<Vocabulary> {
    let now = Datetime::parse("2026-01-01T00:00:00Z")?;
    let mut tags = Vec::new();
    for (key, parent) in TAGS {
        let mut tag = WorkscopeTag::new(key, key, now.clone());
        if !parent.is_empty() {
            tag.parent = Some(reference(parent)?);
        }
        tags.push((reference(key)?, tag));
    }
    Ok(Vocabulary::of(tags.iter().map(|(reference, tag)| (reference.uri(), tag))))
}

fn reference(key: &str) -> Outcome<StrongRef> {
    let uri = format!("at://did:web:tags.example/{}/{key}", nsid::WORKSCOPE_TAG);
    let cid = Cid::parse("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a")?;
    Ok(StrongRef::new(AtUri::parse(&uri)?, cid))
}

/// A thousand claims: some fall under each of the expressions, most do not.
fn contexts(vocabulary: &Vocabulary) -> Outcome<Vec<Context>> {
    let now = Datetime::parse("2026-01-01T00:00:00Z")?;
    let end = Datetime::parse("2025-12-31T23:59:59Z")?;
    let contexts = (0..1_000_usize).map(|number| {
        let tags = TAGS.iter().enumerate().filter(|(place, _)| number >> (place % 4) & 1 == 1);
        let country = ["KE", "UG", "PH", "BR"][number % 4];
        let trees = Measurement::new("trees_planted", "trees", number.to_string(), now.clone());
        Context::new()
            .tagged(vocabulary, tags.map(|(_, (key, _))| *key))
            .at(Place::in_country(country))
            .during(None, Some(&end))
            .measured(&trees)
    });
    Ok(contexts.collect())
}

/// Runs `work` so many times in each round, and prints the median.
fn line(name: &str, count: usize, mut work: impl FnMut()) {
    let count = count.max(1);
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            (0..count).for_each(|_| work());
            begun.elapsed().as_nanos() as f64 / count as f64
        })
        .collect();
    rounds.sort_unstable_by(f64::total_cmp);
    print(name, rounds[ROUNDS / 2]);
}

fn print(name: &str, nanos: f64) {
    println!("{name:<52} {:>14.0}/s {nanos:>10.0} ns each", 1e9 / nanos);
}
