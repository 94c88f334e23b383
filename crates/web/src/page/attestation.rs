//! Signatures that a record carries in itself, besides that of the repository which holds it.

use hypercerts_index::view::{Attestation, AttestationForm, AttestationOutcome, RecordView};

use super::people::Person;
use super::seal::State;

/// One signature with its verdict.
#[derive(Clone, Debug)]
pub struct AttestationNote {
    pub by: Option<Person>,
    pub state: State,
    /// Follows the name of who attested.
    pub verdict: &'static str,
    /// Why it does not hold or could not be checked.
    pub why: Option<String>,
    pub note: Option<String>,
}

/// The attestations of a record, in its order.
pub fn attestations(record: &RecordView) -> Vec<AttestationNote> {
    record.attestations.iter().map(note).collect()
}

fn note(attestation: &Attestation) -> AttestationNote {
    let (state, verdict, why) = match &attestation.outcome {
        AttestationOutcome::Holds => (State::Yes, holds(attestation.form), None),
        AttestationOutcome::Fails { why } => {
            (State::No, "is named, but the signature does not hold.", Some(why.clone()))
        }
        AttestationOutcome::NotChecked { why } => {
            (State::Open, "is named; the signature could not be checked.", Some(why.clone()))
        }
    };
    AttestationNote {
        by: attestation.by.as_ref().map(Person::from),
        state,
        verdict,
        why,
        note: attestation.note.clone(),
    }
}

fn holds(form: AttestationForm) -> &'static str {
    match form {
        AttestationForm::Remote => "attests to exactly this content, in their own repository.",
        AttestationForm::Inline | AttestationForm::Unknown => {
            "signed exactly this content, in this repository."
        }
    }
}
