//! The attestations in records, held against the keys and proofs that the bundle itself proves.

use std::collections::BTreeMap;

use hypercerts_identity::DidDocument;
use hypercerts_lexicon::{AtUri, Did, Nsid, Value};
use hypercerts_records::attestation::{self, Attestation, Evidence, KeyId, Missing, Outcome};
use hypercerts_records::nsid;
use hypercerts_repo::PublicKey;

use crate::{Check, Step};

/// What bears witness, and what waits for it, collected while the bundle is walked through.
#[derive(Debug, Default)]
pub(super) struct Witnesses {
    documents: BTreeMap<Did, DidDocument>,
    proofs: BTreeMap<AtUri, Value>,
    /// Records with entries to check, by their place in the report.
    attested: Vec<(usize, Did, Value)>,
}

impl Witnesses {
    /// Takes in the document of an account whose identity holds.
    pub fn know(&mut self, document: Option<DidDocument>) {
        self.documents.extend(document.map(|document| (document.id().clone(), document)));
    }

    /// Takes in a record that its repository proves.
    pub fn hear(&mut self, index: usize, uri: &AtUri, value: Option<Value>) {
        let (Some(did), Some(value)) = (uri.did(), value) else { return };
        if uri.collection().as_ref().map(Nsid::as_str) == Some(nsid::SIGNATURE_PROOF) {
            self.proofs.insert(uri.clone(), value);
        } else if value.get("signatures").is_some() {
            self.attested.push((index, did, value));
        }
    }

    /// The verdicts about each record that has entries, by its place in the report.
    pub fn verdicts(self) -> Vec<(usize, Vec<Attestation>)> {
        let verdict = |(index, did, value): &(usize, Did, Value)| {
            (*index, attestation::check(value, did, &self.evidence(value)))
        };
        self.attested.iter().map(verdict).collect()
    }

    fn evidence(&self, record: &Value) -> Evidence {
        let wanted = attestation::wanted(record);
        let mut evidence = Evidence::default();
        for id in wanted.keys {
            let key = self.key(&id);
            evidence.add_key(id, key);
        }
        for proof in wanted.proofs {
            let found = self.proofs.get(proof.uri()).cloned();
            evidence.add_proof(proof.uri().clone(), found.ok_or_else(not_here));
        }
        evidence
    }

    fn key(&self, id: &KeyId) -> Result<PublicKey, Missing> {
        let document = self.documents.get(id.did()).ok_or_else(not_here)?;
        document.key_named(id.fragment()).map_err(Missing::Absent)
    }
}

fn not_here() -> Missing {
    Missing::Unreachable("it is not in the bundle".to_owned())
}

/// An attestation as a step. One that cannot be checked takes nothing away from what was.
pub(super) fn step(attestation: &Attestation) -> Step {
    let found = attestation.message.as_str();
    match attestation.outcome {
        Outcome::Holds => Step::passed(Check::Attested, found),
        Outcome::Fails { .. } => Step::failed(
            Check::Attested,
            found,
            "The record says that somebody stands behind it, and the entry does not show that they do.",
        ),
        Outcome::NotChecked { .. } => {
            Step::noted(Check::Attested, found, "Do not count on this attestation.")
        }
    }
}
