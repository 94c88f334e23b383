//! Checks the signatures that records carry in themselves.
//!
//! Proofs are read from the index's own store, where every record was verified to be in its repository.
//! Keys are in DID documents, which may have to be fetched: never while the database is held, only so many,
//! and only for so long. What could not be had in time is said to be not checked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use hypercerts_identity::{DidDocument, Resolver};
use hypercerts_lexicon::{AtUri, Did, Value};
use hypercerts_records::attestation::{
    self, Attestation as Verdict, Evidence, KeyId, Kind, MAX_ENTRIES, Missing, Outcome, Wanted,
};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::error::IndexError;
use crate::query;
use crate::store::ReadPool;
use crate::view::{
    ActorBrief, Attestation, AttestationForm, AttestationOutcome, Hypercert, RecordPicture,
    RecordView,
};

/// How many entries are checked for one question, and how many DID documents are looked up.
const ENTRIES: usize = 200;
const DOCUMENTS: usize = 16;

/// How long the lookups of one question may take in all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Checks attestations. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Attestor {
    pub pool: Arc<ReadPool>,
    pub resolver: Resolver,
}

/// A record whose entries are to be checked.
struct Case {
    uri: AtUri,
    value: Value,
    repository: Did,
    wanted: Wanted,
}

impl Attestor {
    /// Checks the signatures in every record of a hypercert.
    pub(crate) async fn check_hypercert(&self, found: &mut Hypercert) -> Result<(), IndexError> {
        self.check(found.records_mut().collect()).await
    }

    /// Checks the signatures in the record that a picture is about.
    pub(crate) async fn check_record(&self, found: &mut RecordPicture) -> Result<(), IndexError> {
        self.check(vec![&mut found.record]).await
    }

    async fn check(&self, mut records: Vec<&mut RecordView>) -> Result<(), IndexError> {
        let (cases, left_out) = cases(&records);
        if cases.is_empty() {
            return Ok(());
        }
        let verdicts = self.verdicts(cases).await?;
        for record in &mut records {
            if left_out.contains(&record.uri) {
                record.attestations = vec![too_many()];
            } else if let Some(found) = verdicts.get(&record.uri) {
                record.attestations.clone_from(found);
            }
        }
        Ok(())
    }

    async fn verdicts(
        &self,
        cases: Vec<Case>,
    ) -> Result<HashMap<AtUri, Vec<Attestation>>, IndexError> {
        let wanted: Vec<Wanted> = cases.iter().map(|case| case.wanted.clone()).collect();
        let (mut evidence, actors) =
            self.pool.read(move |db| query::attesters(db, &wanted)).await?;
        self.add_keys(&cases, &mut evidence).await;
        let check = move || cases.into_iter().map(|case| case.check(&evidence, &actors)).collect();
        // Signatures take long enough to be checked away from the threads that serve others.
        tokio::task::spawn_blocking(check).await.map_err(|_| IndexError::Stopped)
    }

    async fn add_keys(&self, cases: &[Case], evidence: &mut Evidence) {
        let keys: BTreeSet<&KeyId> = cases.iter().flat_map(|case| &case.wanted.keys).collect();
        let holders: BTreeSet<&Did> = keys.iter().map(|key| key.did()).collect();
        let documents = self.documents(holders.into_iter().take(DOCUMENTS)).await;
        for key in keys {
            let found = match documents.get(key.did()) {
                Some(Ok(document)) => document.key_named(key.fragment()).map_err(Missing::Absent),
                Some(Err(reason)) => Err(Missing::Unreachable(reason.clone())),
                None => Err(Missing::Unreachable(String::from(
                    "its holder's DID document was not had in time",
                ))),
            };
            evidence.add_key(key.clone(), found);
        }
    }

    /// The DID documents that can be had in time.
    async fn documents<'a>(
        &self,
        holders: impl Iterator<Item = &'a Did>,
    ) -> HashMap<Did, Result<Arc<DidDocument>, String>> {
        let mut lookups = JoinSet::new();
        for did in holders.cloned() {
            let resolver = self.resolver.clone();
            lookups.spawn(async move {
                let found = resolver.document(&did).await;
                (did, found.map_err(|error| error.to_string()))
            });
        }
        let end = Instant::now() + PATIENCE;
        let mut documents = HashMap::new();
        while let Ok(Some(done)) = tokio::time::timeout_at(end, lookups.join_next()).await {
            documents.extend(done.ok());
        }
        documents
    }
}

/// The records with entries, each once, and those for which there is no room.
fn cases(records: &[&mut RecordView]) -> (Vec<Case>, BTreeSet<AtUri>) {
    let (mut room, mut left_out) = (ENTRIES, BTreeSet::new());
    let mut cases: BTreeMap<&AtUri, Case> = BTreeMap::new();
    for record in records {
        let entries = record.value.get("signatures").and_then(Value::as_list);
        let number = entries.map_or(0, |entries| entries.len().min(MAX_ENTRIES));
        if number == 0 || cases.contains_key(&record.uri) {
            continue;
        }
        let Some(rest) = room.checked_sub(number) else {
            left_out.insert(record.uri.clone());
            continue;
        };
        room = rest;
        cases.insert(&record.uri, Case::of(record));
    }
    (cases.into_values().collect(), left_out)
}

impl Case {
    fn of(record: &RecordView) -> Self {
        Self {
            uri: record.uri.clone(),
            wanted: attestation::wanted(&record.value),
            value: record.value.clone(),
            repository: record.did.clone(),
        }
    }

    fn check(
        self,
        evidence: &Evidence,
        actors: &HashMap<Did, ActorBrief>,
    ) -> (AtUri, Vec<Attestation>) {
        let verdicts = attestation::check(&self.value, &self.repository, evidence);
        (self.uri, verdicts.into_iter().map(|verdict| told(verdict, actors)).collect())
    }
}

fn told(verdict: Verdict, actors: &HashMap<Did, ActorBrief>) -> Attestation {
    let nameless = |did: Did| ActorBrief { did, handle: None, display_name: None };
    let by = verdict.by.map(|did| actors.get(&did).cloned().unwrap_or_else(|| nameless(did)));
    Attestation {
        path: verdict.path,
        form: match verdict.kind {
            Kind::Inline => AttestationForm::Inline,
            Kind::Remote => AttestationForm::Remote,
            Kind::Unknown => AttestationForm::Unknown,
        },
        by,
        note: verdict.note,
        outcome: match verdict.outcome {
            Outcome::Holds => AttestationOutcome::Holds,
            Outcome::Fails { why } => AttestationOutcome::Fails { why: why.to_string() },
            Outcome::NotChecked { why } => AttestationOutcome::NotChecked { why: why.to_string() },
        },
    }
}

fn too_many() -> Attestation {
    Attestation {
        path: String::from("signatures"),
        form: AttestationForm::Unknown,
        by: None,
        note: None,
        outcome: AttestationOutcome::NotChecked {
            why: String::from(
                "there are too many signatures around this claim to check all of them at once; \
                 ask for this record by itself",
            ),
        },
    }
}
