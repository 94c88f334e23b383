//! Files changed by somebody who recomputes every hash, so that only meaning gives them away.

use bytes::Bytes;
use hypercerts_identity::plc::Operation;
use hypercerts_lexicon::{Cid, Codec, Did, Tid, Value, drisl};
use hypercerts_repo::car::{self, CarLimits, encode_car};
use hypercerts_repo::{Block, Commit};
use hypercerts_verify::bundle::Report;
use hypercerts_verify::{Check, Outcome, Verdict};

use crate::world::{World, Written, check, key};

/// A bundle taken apart.
#[derive(Clone)]
struct Parts {
    root: Cid,
    blocks: Vec<Block>,
}

impl Parts {
    fn of(file: &[u8]) -> Self {
        let (roots, blocks) = car::read_all(file, CarLimits::default()).unwrap();
        Self { root: roots[0], blocks }
    }

    /// The file of these parts, in the order of the format.
    fn file(mut self) -> Vec<u8> {
        self.blocks.sort_by_key(|(cid, _)| (*cid != self.root, *cid));
        self.file_as_it_is()
    }

    fn file_as_it_is(&self) -> Vec<u8> {
        encode_car(&self.root, &self.blocks)
    }

    /// The first block that `is` says it is, decoded.
    fn find(&self, is: impl Fn(&Value) -> bool) -> (Cid, Value) {
        let drisl = self.blocks.iter().filter(|(cid, _)| cid.codec() == Codec::Drisl);
        let mut decoded = drisl.map(|(cid, bytes)| (*cid, drisl::decode(bytes).unwrap()));
        decoded.find(|(_, value)| is(value)).unwrap()
    }

    /// Puts a value in the place of a block, and changes every link to it, up to the root.
    fn replace(&mut self, old: Cid, value: &Value) {
        let bytes = Bytes::from(drisl::encode(value));
        let new = Cid::of_drisl(&bytes);
        self.blocks.retain(|(cid, _)| *cid != old);
        self.blocks.push((new, bytes));
        if old == self.root {
            self.root = new;
            return;
        }
        let holders: Vec<(Cid, Value)> = self
            .blocks
            .iter()
            .filter(|(cid, bytes)| {
                cid.codec() == Codec::Drisl && bytes.windows(36).any(|it| it == old.to_bytes())
            })
            .map(|(cid, bytes)| (*cid, relinked(&drisl::decode(bytes).unwrap(), old, new)))
            .collect();
        for (holder, value) in holders {
            self.replace(holder, &value);
        }
    }
}

fn relinked(value: &Value, old: Cid, new: Cid) -> Value {
    match value {
        Value::Link(cid) if *cid == old => Value::Link(new),
        Value::List(items) => {
            Value::List(items.iter().map(|item| relinked(item, old, new)).collect())
        }
        Value::Map(map) => {
            Value::Map(map.iter().map(|(name, item)| (name, relinked(item, old, new))).collect())
        }
        other => other.clone(),
    }
}

fn set(value: &mut Value, name: &str, new: impl Into<Value>) {
    let Value::Map(map) = value else { panic!("not a map") };
    map.insert(name, new);
}

struct Scene {
    world: World,
    forester: Did,
    claim: Written,
    evaluation: Written,
    parts: Parts,
}

async fn scene() -> Scene {
    let world = World::open().await;
    let (forester, ecologist) = (world.account(1).await, world.account(2).await);
    let claim = world.claims(&forester);
    let evaluation = world.evaluates(&ecologist, &claim);
    let parts = Parts::of(&world.bundles(&claim, &[&evaluation]).await);
    Scene { world, forester, claim, evaluation, parts }
}

#[track_caller]
fn refuses(report: &Report, check: Check, words: &str) {
    assert_eq!(report.verdict, Verdict::NotVerified);
    let mut steps = report.all_steps();
    let found = steps.any(|step| {
        step.check == check && step.outcome == Outcome::Failed && step.found.contains(words)
    });
    assert!(found, "no failed {check:?} says {words:?}: {report:#?}");
}

#[tokio::test]
async fn blocks_in_another_order_twice_too_many_or_missing_are_found() {
    let Scene { parts, .. } = scene().await;
    assert_eq!(check(&parts.clone().file()).verdict, Verdict::Verified);

    let mut swapped = parts.clone();
    swapped.blocks.swap(2, 3);
    refuses(&check(&swapped.file_as_it_is()), Check::File, "not in its place");
    let mut rooted_last = parts.clone();
    rooted_last.blocks.rotate_left(1);
    refuses(&check(&rooted_last.file_as_it_is()), Check::File, "begins with");
    for again in 0..parts.blocks.len() {
        let mut doubled = parts.clone();
        doubled.blocks.insert(again, parts.blocks[again].clone());
        refuses(&check(&doubled.file_as_it_is()), Check::File, "twice");
    }
    for stray in [Cid::of_drisl(b"\xa0"), Cid::of_raw(b"\xa0")] {
        let mut more = parts.clone();
        more.blocks.push((stray, Bytes::from_static(b"\xa0")));
        refuses(&check(&more.file()), Check::File, "belongs to nothing");
    }
    for lost in 1..parts.blocks.len() {
        let mut less = parts.clone();
        let (cid, _) = less.blocks.remove(lost);
        let report = check(&less.file());
        assert_eq!(report.verdict, Verdict::NotVerified, "without {cid}");
    }
}

#[tokio::test]
async fn a_changed_record_needs_a_signature_nobody_else_can_make() {
    let Scene { mut parts, claim, evaluation, .. } = scene().await;
    let (cid, mut record) = parts.find(|value| value.get("shortDescription").is_some());
    set(&mut record, "shortDescription", "Seven hectares.");
    parts.replace(cid, &record);
    let report = check(&parts.file());
    refuses(&report, Check::Signature, "not signed by the account's key");
    assert_eq!(report.record(&claim.uri).unwrap().verdict, Verdict::NotVerified);
    assert_eq!(report.record(&evaluation.uri).unwrap().verdict, Verdict::Verified);
}

#[tokio::test]
async fn a_commit_signed_with_another_key_is_not_the_accounts() {
    let Scene { mut parts, forester, .. } = scene().await;
    let by = forester.to_string();
    let is_commit = |value: &Value| {
        value.get("sig").is_some() && value.get("did").and_then(Value::as_str) == Some(&*by)
    };
    let (cid, commit) = parts.find(is_commit);
    let data = commit.get("data").unwrap().as_link().unwrap();
    let rev: Tid = commit.get("rev").unwrap().as_str().unwrap().parse().unwrap();
    let (_, forged) = Commit::sign(forester, rev, data, &key(66)).encode();
    parts.replace(cid, &drisl::decode(&forged).unwrap());
    refuses(&check(&parts.file()), Check::Signature, "not signed by the account's key");
}

#[tokio::test]
async fn an_identity_cannot_be_made_up() {
    let Scene { world, parts, .. } = scene().await;
    let genesis = world.genesis(1);
    let genesis_value = drisl::decode(&genesis.to_bytes()).unwrap();

    let mut other_key = genesis_value.clone();
    let stolen = Operation::Set { data: world.data(1, 66), prev: None }.sign(&key(66));
    set(
        &mut other_key,
        "verificationMethods",
        drisl::decode(&stolen.to_bytes()).unwrap().get("verificationMethods").unwrap().clone(),
    );
    let mut forged = parts.clone();
    forged.replace(genesis.cid(), &other_key);
    refuses(&check(&forged.file()), Check::Identity, "does not hold");

    let mut taken_over = parts.clone();
    let is_log = |value: &Value| {
        let first = value.get("log").and_then(Value::as_list).and_then(<[Value]>::first);
        first.and_then(|line| line.get("operation")?.as_link()) == Some(genesis.cid())
    };
    let (cid, mut identity) = taken_over.find(is_log);
    let operation = Operation::Set { data: world.data(1, 66), prev: Some(genesis.cid()) };
    let operation = operation.sign(&key(66));
    let mut log = identity.get("log").unwrap().as_list().unwrap().to_vec();
    let mut line = log[0].clone();
    set(&mut line, "operation", operation.cid());
    log.push(line);
    set(&mut identity, "log", log);
    taken_over.blocks.push((operation.cid(), operation.to_bytes().into()));
    taken_over.replace(cid, &identity);
    refuses(&check(&taken_over.file()), Check::Identity, "rotation keys");

    let mut nullified = parts;
    let (cid, mut identity) = nullified.find(is_log);
    let mut log = identity.get("log").unwrap().as_list().unwrap().to_vec();
    set(&mut log[0], "nullified", true);
    set(&mut identity, "log", log);
    nullified.replace(cid, &identity);
    refuses(&check(&nullified.file()), Check::Identity, "nullified");
}

#[tokio::test]
async fn a_log_without_its_last_operation_does_not_bear_out_the_signature() {
    let Scene { world, forester, claim, .. } = scene().await;
    let genesis = world.genesis(1).cid();
    world.rotates(&forester, 1, 3).await;
    let again = world.claims_again(&forester);
    let mut parts = Parts::of(&world.bundles(&Written { cid: again.cid, ..claim }, &[]).await);
    let (cid, mut identity) = parts.find(|value| value.get("log").is_some());
    let log = identity.get("log").unwrap().as_list().unwrap().to_vec();
    let newest = log[1].get("operation").unwrap().as_link().unwrap();
    assert_ne!(newest, genesis);
    set(&mut identity, "log", log[..1].to_vec());
    parts.blocks.retain(|(cid, _)| *cid != newest);
    parts.replace(cid, &identity);
    refuses(&check(&parts.file()), Check::Signature, "not signed by the account's key");
}

#[tokio::test]
async fn a_manifest_cannot_claim_more_than_is_proven() {
    let Scene { parts, claim, evaluation, .. } = scene().await;
    let (_, manifest) = parts.find(|value| value.get("format").is_some());

    let mut elsewhere = manifest.clone();
    let mut subject = manifest.get("subject").unwrap().clone();
    set(&mut subject, "cid", evaluation.cid);
    set(&mut elsewhere, "subject", subject);
    let mut forged = parts.clone();
    forged.replace(parts.root, &elsewhere);
    refuses(&check(&forged.file()), Check::Manifest, "does not hold");

    let moved = relabelled(&manifest, "3mhlv4n3abc2b", "3mhlv4n3abc2c");
    let mut forged = parts.clone();
    forged.replace(parts.root, &moved);
    refuses(&check(&forged.file()), Check::Path, "no record");

    let swapped = relinked(&manifest, claim.cid, evaluation.cid);
    let mut forged = parts.clone();
    forged.replace(parts.root, &swapped);
    refuses(&check(&forged.file()), Check::Path, "not bafy");

    let mut more = manifest;
    set(&mut more, "note", "trust me");
    let mut forged = parts.clone();
    forged.replace(parts.root, &more);
    refuses(&check(&forged.file()), Check::File, "exactly the fields");
}

fn relabelled(value: &Value, old: &str, new: &str) -> Value {
    match value {
        Value::Text(text) => Value::from(text.replace(old, new)),
        Value::List(items) => {
            Value::List(items.iter().map(|item| relabelled(item, old, new)).collect())
        }
        Value::Map(map) => {
            Value::Map(map.iter().map(|(name, item)| (name, relabelled(item, old, new))).collect())
        }
        other => other.clone(),
    }
}
