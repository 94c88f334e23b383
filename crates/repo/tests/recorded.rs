//! What the reference PDS said on a private network, byte for byte. The files lie outside of the
//! project; see `HYPERCERTS_TEST_DATA`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::{BTreeSet, HashMap};

use common::{NOW, path, recorded};
use data_encoding::BASE64;
use hypercerts_lexicon::{Cid, Did, Tid, Value, drisl};
use hypercerts_repo::car::read_all;
use hypercerts_repo::mst::Tree;
use hypercerts_repo::{
    Action, CommitEventParts, Curve, Head, MemoryBlocks, Proof, PublicKey, RepoLimits, RepoOp,
    VerifiedChange, VerifiedRecord, verify_commit_event, verify_record, verify_repo,
    verify_sync_event,
};

fn account(name: &str) -> (Did, PublicKey) {
    let document: serde_json::Value =
        serde_json::from_slice(&recorded(&format!("{name}.did.json"))).unwrap();
    let method = &document["verificationMethod"][0];
    assert_eq!(method["type"], "EcdsaSecp256k1VerificationKey2019");
    let key = PublicKey::from_legacy(Curve::K256, method["publicKeyMultibase"].as_str().unwrap());
    (Did::parse(document["id"].as_str().unwrap()).unwrap(), key.unwrap())
}

/// The bodies of the recorded frames of one type, in their order.
fn frames(kind: &str) -> Vec<Value> {
    let lines = String::from_utf8(recorded("firehose.jsonl")).unwrap();
    let bodies = lines.lines().map(|line| {
        let text: String = serde_json::from_str(line).unwrap();
        let bytes = BASE64.decode(text.as_bytes()).unwrap();
        let (header, len) = drisl::decode_prefix(&bytes).unwrap();
        (
            header.get("t").and_then(Value::as_str).unwrap().to_owned(),
            drisl::decode(&bytes[len..]).unwrap(),
        )
    });
    bodies.filter(|(found, _)| found == kind).map(|(_, body)| body).collect()
}

fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap()
}

fn link(body: &Value, field: &str) -> Option<Cid> {
    body.get(field).and_then(Value::as_link)
}

fn ops(body: &Value) -> Vec<RepoOp> {
    let op = |op: &Value| {
        let action = Action::parse(text(op, "action")).unwrap();
        RepoOp::new(action, path(text(op, "path")), link(op, "cid"), link(op, "prev")).unwrap()
    };
    body.get("ops").and_then(Value::as_list).unwrap().iter().map(op).collect()
}

fn tid(body: &Value, field: &str) -> Option<Tid> {
    body.get(field).and_then(Value::as_str).map(|text| Tid::parse(text).unwrap())
}

fn blocks(body: &Value) -> &[u8] {
    body.get("blocks").and_then(Value::as_bytes).unwrap()
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn every_recorded_commit_follows_from_the_one_before() {
    let accounts = HashMap::from([account("alice"), account("bob")]);
    let mut heads: HashMap<Did, Head> = HashMap::new();
    let mut records: HashMap<Did, HashMap<String, Cid>> = HashMap::new();
    let frames = frames("#commit");
    assert_eq!(frames.len(), 53);
    for body in &frames {
        let did = Did::parse(text(body, "repo")).unwrap();
        let ops = ops(body);
        let event = CommitEventParts {
            did: &did,
            rev: tid(body, "rev").unwrap(),
            since: tid(body, "since"),
            prev_data: link(body, "prevData"),
            commit: link(body, "commit").unwrap(),
            ops: &ops,
            blocks: blocks(body),
        };
        let known = heads.get(&did);
        let verified = verify_commit_event(&event, &accounts[&did], known, NOW)
            .unwrap_or_else(|error| panic!("seq {:?}: {error}", body.get("seq")));
        let kept = records.entry(did.clone()).or_default();
        for change in verified.changes() {
            match change {
                VerifiedChange::Put { record, .. } => {
                    kept.insert(record.path().to_string(), record.cid())
                }
                VerifiedChange::Delete { path, .. } => kept.remove(path.as_str()),
            };
        }
        heads.insert(did, *verified.head());
    }
    let (alice, key) = account("alice");
    let car = recorded("alice.car");
    let repo = verify_repo(&car[..], &alice, &key, RepoLimits::default()).unwrap();
    assert_eq!(repo.head().head(), &heads[&alice]);
    let exported: HashMap<_, _> =
        repo.map(Result::unwrap).map(|record| (record.path().to_string(), record.cid())).collect();
    assert_eq!(exported, records[&alice], "following the stream and fetching give the same");
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn our_tree_goes_through_the_same_roots_with_the_same_proofs() {
    let mut stores: HashMap<String, (Tree, MemoryBlocks)> = HashMap::new();
    for body in frames("#commit") {
        let repo = text(&body, "repo").to_owned();
        let (tree, store) =
            stores.entry(repo).or_insert_with(|| (Tree::empty(), MemoryBlocks::new()));
        let ops = ops(&body);
        for op in &ops {
            match op.cid() {
                Some(cid) => tree.put(store, op.path().key(), cid).unwrap(),
                None => tree.remove(store, op.path().key()).unwrap(),
            };
        }
        let (_, theirs) = read_all(blocks(&body), Default::default()).unwrap();
        let commit = hypercerts_repo::Commit::decode(
            &theirs.iter().find(|(cid, _)| Some(*cid) == link(&body, "commit")).unwrap().1,
        )
        .unwrap();
        let mut proof = std::collections::BTreeMap::new();
        for op in &ops {
            tree.cover(store, op.path().key(), &mut proof).unwrap();
        }
        let changes = tree.take_changes();
        assert_eq!(changes.root, commit.data());
        proof.extend(changes.created.iter().cloned());
        store.extend(changes.created);

        let records: BTreeSet<Cid> = ops.iter().filter_map(RepoOp::cid).collect();
        let is_node = |cid: &Cid| Some(*cid) != link(&body, "commit") && !records.contains(cid);
        let theirs: BTreeSet<Cid> =
            theirs.into_iter().map(|(cid, _)| cid).filter(is_node).collect();
        let ours: BTreeSet<Cid> = proof.into_keys().collect();
        assert_eq!(ours, theirs, "seq {:?}", body.get("seq"));
    }
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn recorded_sync_events_are_signed_heads() {
    let accounts = HashMap::from([account("alice"), account("bob")]);
    let frames = frames("#sync");
    assert_eq!(frames.len(), 3);
    for body in frames {
        let did = Did::parse(text(&body, "did")).unwrap();
        verify_sync_event(&did, tid(&body, "rev").unwrap(), blocks(&body), &accounts[&did], NOW)
            .unwrap();
    }
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn recorded_repositories_are_whole_and_in_order() {
    for (name, count) in [("alice", 169), ("bob", 0)] {
        let (did, key) = account(name);
        let car = recorded(&format!("{name}.car"));
        let repo = verify_repo(&car[..], &did, &key, RepoLimits::default()).unwrap();
        let records: Vec<VerifiedRecord> = repo.collect::<Result<_, _>>().unwrap();
        assert_eq!(records.len(), count, "{name}");
        assert!(records.is_sorted_by(|one, next| one.path() < next.path()));
        assert!(records.iter().all(|record| record.value().unwrap().type_name().is_some()));
    }
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn recorded_proofs_prove_presence_and_absence() {
    let (alice, key) = account("alice");
    let present = path("org.hypercerts.claim.activity/r003");
    match verify_record(&recorded("alice.proof-exists.car"), &alice, &present, &key).unwrap() {
        Proof::Present(record) => {
            assert_eq!(record.value().unwrap().get("title").unwrap().as_str(), Some("Tupdr003"));
        }
        absent => panic!("{absent:?}"),
    }
    let deleted = path("org.hypercerts.claim.activity/r000");
    let proof =
        verify_record(&recorded("alice.proof-missing.car"), &alice, &deleted, &key).unwrap();
    assert!(matches!(proof, Proof::Absent(_)), "{proof:?}");
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn a_recorded_part_since_a_revision_is_a_car_but_not_a_repository() {
    let (alice, key) = account("alice");
    let car = recorded("alice.since-150.car");
    assert_eq!(read_all(&car, Default::default()).unwrap().1.len(), 24);
    let repo = verify_repo(&car[..], &alice, &key, RepoLimits::default()).unwrap();
    let outcome: Result<Vec<_>, _> = repo.collect();
    assert!(outcome.unwrap_err().is_malformed());
}
