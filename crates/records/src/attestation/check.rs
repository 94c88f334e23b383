//! Checking the entries of a record, one by one.

use hypercerts_lexicon::{Cid, Did, Map, Value, drisl};
use hypercerts_repo::{PublicKey, SignatureError};

use super::content::{Content, SIGNATURES, inline_sigs, proof_sigs};
use super::entry::{Entry, MAX_ENTRIES, entries};
use super::verdict::Held;
use super::{Attestation, Evidence, KeyId, Reason, Wanted};
use crate::link::StrongRef;
use crate::nsid::SIGNATURE_PROOF;

/// What has to be fetched before the entries of `record` can be checked.
#[must_use]
pub fn wanted(record: &Value) -> Wanted {
    let mut wanted = Wanted::default();
    let readable = entries(record).iter().take(MAX_ENTRIES).filter_map(|e| Entry::read(e).ok());
    for entry in readable {
        match entry {
            Entry::Inline { key, .. } if key.spelled_out().is_none() => {
                add_new(&mut wanted.keys, key);
            }
            Entry::Inline { .. } => {}
            Entry::Remote { proof, .. } => add_new(&mut wanted.proofs, proof),
        }
    }
    wanted
}

fn add_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// Checks every entry in the `signatures` of `record`, which lies in the repository of the account
/// `repository`. One verdict for each entry, in their order; those past [`MAX_ENTRIES`] share one.
#[must_use]
pub fn check(record: &Value, repository: &Did, evidence: &Evidence) -> Vec<Attestation> {
    let (looked_at, more) = split(entries(record));
    let mut verdicts: Vec<_> = match Content::of(record, repository) {
        Ok(content) => {
            let mut checker = Checker { content, evidence };
            let check = |(index, entry)| checker.check(path(index), entry);
            looked_at.iter().enumerate().map(check).collect()
        }
        Err(why) => {
            let verdict = |index| Attestation::unread(path(index), why.into());
            (0..looked_at.len()).map(verdict).collect()
        }
    };
    if more > 0 {
        let why = Reason::TooMany { max: MAX_ENTRIES, more };
        verdicts.push(Attestation::unread(format!("{SIGNATURES}[{MAX_ENTRIES}…]"), why));
    }
    verdicts.into_iter().map(|verdict| verdict.told(repository)).collect()
}

fn split(entries: &[Value]) -> (&[Value], usize) {
    let looked_at = &entries[..entries.len().min(MAX_ENTRIES)];
    (looked_at, entries.len() - looked_at.len())
}

fn path(index: usize) -> String {
    format!("{SIGNATURES}[{index}]")
}

/// One record, and what is known about what its entries name.
struct Checker<'a> {
    content: Content,
    evidence: &'a Evidence,
}

impl Checker<'_> {
    fn check(&mut self, path: String, entry: &Value) -> Attestation {
        let entry = match Entry::read(entry) {
            Ok(entry) => entry,
            Err(why) => return Attestation::unread(path, why),
        };
        let outcome = match &entry {
            Entry::Inline { key, signature, fields } => self.inline(key, signature, fields),
            Entry::Remote { proof, cid, .. } => self.remote(proof, *cid),
        };
        Attestation::of_entry(path, entry, outcome)
    }

    fn inline(&mut self, id: &KeyId, signature: &[u8], fields: &Map) -> Result<Held, Reason> {
        let key = self.key(id)?;
        let mut outcome = Err(SignatureError::Mismatch);
        let found = self.content.find(inline_sigs(fields), |content| {
            outcome = key.verify(&content.to_bytes(), signature);
            outcome.is_ok()
        });
        outcome.map_err(Reason::signature)?;
        found.map(|(recipe, content)| Held { recipe, content, note: None }).ok_or(Reason::NotSigned)
    }

    fn key(&self, id: &KeyId) -> Result<PublicKey, Reason> {
        match id.spelled_out() {
            Some(key) => Ok(key?),
            None => self.evidence.key(id).map_err(Reason::no_key),
        }
    }

    fn remote(&mut self, reference: &StrongRef, expected: Cid) -> Result<Held, Reason> {
        let proof = self.evidence.proof(reference.uri()).map_err(Reason::no_proof)?;
        let found = Cid::of_drisl(&drisl::encode(proof));
        if found != expected {
            return Err(Reason::ProofChanged { expected, found });
        }
        let fields = proof.as_map().filter(|_| proof.type_name() == Some(SIGNATURE_PROOF));
        let fields = fields.ok_or(Reason::NotAProof)?;
        let text = |name| fields.get(name).and_then(Value::as_str);
        let attested = text("cid").unwrap_or_default();
        let same = |content: Cid| Cid::parse(attested) == Ok(content);
        match self.content.find(proof_sigs(fields), same) {
            Some((recipe, content)) => {
                Ok(Held { recipe, content, note: text("note").map(str::to_owned) })
            }
            None => Err(Reason::other_content(attested, self.content.lexicon_cid())),
        }
    }
}
