//! Audit logs: those of others, and ones made to break a rule.

use std::path::{Path, PathBuf};

use hypercerts_identity::plc::{
    LogEntry, Operation, PlcError, PlcState, SignedOperation, VerifiedLog,
};
use hypercerts_lexicon::Did;
use jiff::{SignedDuration, Timestamp};

use crate::support::{fixtures, genesis, key, test_data, tombstone, update};

/// Reads and verifies a log, as whoever receives one does.
fn verify(json: &[u8]) -> Result<VerifiedLog, String> {
    let entries: Vec<LogEntry> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let did = entries.first().map(|entry| entry.did.clone()).ok_or("there are no operations")?;
    VerifiedLog::verify(&did, entries).map_err(|error| error.to_string())
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    assert!(!found.is_empty(), "{} holds no logs", folder.display());
    found
}

fn valid_logs_hold_and_invalid_ones_do_not(folder: &Path) {
    for (path, json) in files(&folder.join("valid")) {
        verify(&json).unwrap_or_else(|reason| panic!("{}: {reason}", path.display()));
    }
    for (path, json) in files(&folder.join("invalid")) {
        assert!(verify(&json).is_err(), "{}", path.display());
    }
}

#[test]
fn the_logs_of_the_fixtures_hold_or_do_not_as_they_should() {
    valid_logs_hold_and_invalid_ones_do_not(&fixtures("plc"));
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn the_logs_of_the_interoperability_tests_hold_or_do_not_as_they_should() {
    valid_logs_hold_and_invalid_ones_do_not(&test_data("plc"));
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn a_legacy_account_reads_like_a_modern_one() {
    let log =
        verify(&std::fs::read(test_data("plc/valid/log_legacy_dholms.json")).unwrap()).unwrap();
    let first = log.entries()[0].operation.operation().data().unwrap().into_owned();
    assert_eq!(first.also_known_as, ["at://dan.bsky.social"]);
    assert_eq!(first.services["atproto_pds"].endpoint, "https://bsky.social");
    assert_eq!(first.rotation_keys[1], first.verification_methods["atproto"]);
    assert_eq!(log.document().unwrap().claimed_handle().unwrap().as_str(), "dholms.xyz");
}

#[test]
#[ignore = "needs HYPERCERTS_TEST_DATA"]
fn the_recorded_logs_lead_to_the_recorded_documents() {
    for name in ["alice", "bob"] {
        let log =
            verify(&std::fs::read(test_data(&format!("recorded/{name}.plc-audit.json"))).unwrap())
                .unwrap();
        let recorded = std::fs::read(test_data(&format!("recorded/{name}.did.json"))).unwrap();
        let recorded = hypercerts_identity::DidDocument::from_json(&recorded).unwrap();
        let ours = log.document().unwrap();
        assert_eq!(ours.id(), recorded.id());
        assert_eq!(ours.signing_key().unwrap(), recorded.signing_key().unwrap());
        assert_eq!(ours.pds().unwrap(), recorded.pds().unwrap());
        assert_eq!(ours.claimed_handle(), recorded.claimed_handle());
    }
}

#[test]
fn a_tombstone_at_the_end_gives_the_did_up() {
    let log = verify(&std::fs::read(fixtures("plc/valid/log_tombstone.json")).unwrap()).unwrap();
    assert_eq!(log.state(), &PlcState::Tombstoned);
    assert!(log.document().is_none());
    let log = verify(&std::fs::read(fixtures("plc/valid/log_nullified_tombstone.json")).unwrap())
        .unwrap();
    assert!(matches!(log.state(), PlcState::Active(data) if data.also_known_as == ["at://op3"]));
}

/// A log being written, one second after the other.
struct Log {
    did: Did,
    entries: Vec<LogEntry>,
}

impl Log {
    fn begin(rotation: &[u8]) -> Self {
        let (did, first) = genesis("alice.test", rotation);
        Self { did, entries: Vec::new() }.then(first, 0)
    }

    /// Adds an operation some seconds after the last one.
    fn then(mut self, operation: SignedOperation, seconds: i64) -> Self {
        let last = self.entries.last().map_or(Timestamp::UNIX_EPOCH, |entry| entry.created_at);
        let created_at = last + SignedDuration::from_secs(seconds);
        let (did, cid) = (self.did.clone(), operation.cid());
        self.entries.push(LogEntry { did, operation, cid, nullified: false, created_at });
        self
    }

    fn nullified(mut self, place: usize) -> Self {
        self.entries[place].nullified = true;
        self
    }

    fn cid(&self, place: usize) -> hypercerts_lexicon::Cid {
        self.entries[place].cid
    }

    fn verify(self) -> Result<VerifiedLog, PlcError> {
        VerifiedLog::verify(&self.did, self.entries)
    }
}

const HOURS_72: i64 = 72 * 60 * 60;

/// An account with the keys 1, 2 and 3, whose handle key `thief` has taken.
fn stolen_by(thief: u8) -> Log {
    let log = Log::begin(&[1, 2, 3]);
    let prev = log.cid(0);
    log.then(update("mallory.test", &[thief], prev, thief), 1)
}

#[test]
fn a_stronger_key_takes_the_account_back() {
    let log = stolen_by(2);
    let prev = log.cid(0);
    let log =
        log.then(update("alice.test", &[1], prev, 1), HOURS_72).nullified(1).verify().unwrap();
    assert_eq!(log.data().unwrap().also_known_as, ["at://alice.test"]);
    assert_eq!(log.head().cid, log.entries()[2].cid);
    assert_eq!(log.in_force().count(), 2);
}

#[test]
fn one_second_past_three_days_is_too_late() {
    let log = stolen_by(2);
    let prev = log.cid(0);
    let log = log.then(update("alice.test", &[1], prev, 1), HOURS_72 + 1).nullified(1);
    assert_eq!(log.verify().unwrap_err(), PlcError::TooLate);
}

#[test]
fn the_same_key_and_weaker_ones_undo_nothing() {
    for signer in [2, 3] {
        let log = stolen_by(2);
        let prev = log.cid(0);
        let log = log.then(update("alice.test", &[1], prev, signer), 1).nullified(1);
        assert_eq!(log.verify().unwrap_err(), PlcError::WeakerKey);
    }
}

#[test]
fn a_recovery_cannot_be_dated_before_what_it_undoes() {
    let log = stolen_by(2);
    let prev = log.cid(0);
    let log = log.then(update("alice.test", &[1], prev, 1), -1).nullified(1);
    assert_eq!(log.verify().unwrap_err(), PlcError::BackInTime);
}

#[test]
fn nothing_builds_on_what_was_undone_or_buried() {
    let log = stolen_by(2);
    let (root, stolen) = (log.cid(0), log.cid(1));
    let log = log.then(update("alice.test", &[1, 2], root, 1), 1).nullified(1);
    let log = log.then(update("mallory.test", &[2], stolen, 2), 1);
    assert_eq!(log.verify().unwrap_err(), PlcError::UnknownPrev(stolen));

    let log = Log::begin(&[1]);
    let root = log.cid(0);
    let log = log.then(tombstone(root, 1), 1);
    let grave = log.cid(1);
    let log = log.then(update("alice.test", &[1], grave, 1), 1);
    assert_eq!(log.verify().unwrap_err(), PlcError::AfterTombstone);
}

#[test]
fn only_the_rotation_keys_in_force_sign() {
    let log = Log::begin(&[1]);
    let root = log.cid(0);
    // Key 9 signs the repository, not the identity.
    let by_the_wrong_key = log.then(update("alice.test", &[1], root, 9), 1);
    assert_eq!(by_the_wrong_key.verify().unwrap_err(), PlcError::Signature);

    let log = Log::begin(&[1]);
    let root = log.cid(0);
    let log = log.then(update("alice.test", &[2], root, 1), 1);
    let second = log.cid(1);
    let by_a_former_key = log.then(update("alice.test", &[1], second, 1), 1);
    assert_eq!(by_a_former_key.verify().unwrap_err(), PlcError::Signature);
}

#[test]
fn a_directory_cannot_bend_a_log() {
    let mut hidden = stolen_by(2);
    hidden.entries[1].nullified = true;
    assert!(matches!(hidden.verify().unwrap_err(), PlcError::WrongNullified(_)));

    let mut renamed = stolen_by(2);
    renamed.entries[1].cid = renamed.entries[0].cid;
    assert!(matches!(renamed.verify().unwrap_err(), PlcError::WrongCid { .. }));

    let mut without_its_beginning = stolen_by(2);
    without_its_beginning.entries.remove(0);
    assert_eq!(without_its_beginning.verify().unwrap_err(), PlcError::NotGenesis);

    let mut mixed = stolen_by(2);
    mixed.entries[1].did = genesis("bob.test", &[1]).0;
    assert!(matches!(mixed.verify().unwrap_err(), PlcError::MixedDids { .. }));

    let mut of_another = Log::begin(&[1]);
    of_another.did = genesis("bob.test", &[1]).0;
    of_another.entries[0].did = of_another.did.clone();
    assert!(matches!(of_another.verify().unwrap_err(), PlcError::WrongDid { .. }));

    let twice = Log::begin(&[1]).then(genesis("alice.test", &[1]).1, 1);
    assert_eq!(twice.verify().unwrap_err(), PlcError::SecondGenesis);
    let nothing = Log { did: genesis("alice.test", &[1]).0, entries: Vec::new() };
    assert_eq!(nothing.verify().unwrap_err(), PlcError::Empty);
}

#[test]
fn the_did_is_the_hash_of_the_signed_first_operation() {
    let (did, first) = genesis("alice.test", &[1]);
    assert!(hypercerts_identity::plc::is_plc_did(&did));
    let Operation::Set { data, .. } = first.operation().clone() else {
        panic!("a first operation sets the state")
    };
    let signed_by_another = Operation::Set { data, prev: None }.sign(&key(2));
    assert_ne!(signed_by_another.did(), Some(did.clone()));
    assert_eq!(update("alice.test", &[1], first.cid(), 1).did(), None);
}

#[test]
fn operations_survive_their_json() {
    let (_, first) = genesis("alice.test", &[1, 2]);
    for operation in
        [first.clone(), update("bob.test", &[2], first.cid(), 2), tombstone(first.cid(), 1)]
    {
        let json = serde_json::to_vec(&operation).unwrap();
        assert_eq!(SignedOperation::from_json(&json).unwrap(), operation);
    }
    let json: serde_json::Value = serde_json::to_value(&first).unwrap();
    assert!(json["prev"].is_null(), "a first operation says so");
}

#[test]
fn operations_have_exactly_their_fields() {
    let json = serde_json::to_value(genesis("alice.test", &[1]).1).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
        let mut changed = json.clone();
        change(changed.as_object_mut().unwrap());
        SignedOperation::from_json(changed.to_string().as_bytes()).is_err()
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|fields| drop(fields.remove("prev"))));
    let crowd = vec![key(1).public().to_did_key(); 33];
    assert!(refused(&|fields| drop(
        fields.insert("rotationKeys".to_owned(), crowd.clone().into())
    )));
    assert!(refused(&|fields| drop(fields.remove("sig"))));
    assert!(refused(&|fields| drop(fields.insert("extra".to_owned(), true.into()))));
    assert!(refused(&|fields| drop(fields.insert("type".to_owned(), "plc_tombstone".into()))));
    assert!(refused(&|fields| drop(
        fields.insert("alsoKnownAs".to_owned(), "at://alice.test".into())
    )));
}
