//! What others attest about a record, with the keys and proofs fetched and verified.
//!
//! The rules are those of [`hypercerts_records::attestation`]; here is who is asked. A key comes
//! from the document of its holder, that of a did:plc from its audit log. A proof counts only if a
//! commit of its repository bears it out, like the record itself.

use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use hypercerts_identity::{ResolveError, Resolver};
use hypercerts_lexicon::{AtUri, Value};
use hypercerts_records::attestation::evm::{LinkVerdict, check_link};
use hypercerts_records::attestation::{self, Attestation, Evidence, KeyId, Missing};
use hypercerts_records::nsid;
use hypercerts_repo::{PublicKey, VerifiedRecord};
use serde::Serialize;
use tokio::time::sleep;

use crate::{Checked, Step, Verdict, Verifier};

/// How long keys and proofs are fetched for; what is missing then is not checked.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many are fetched at once.
const AT_ONCE: usize = 8;

/// Everything attested about a record, checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestations {
    /// One for each entry of `signatures`.
    pub attestations: Vec<Attestation>,
    /// The wallet's consent, if the record links one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkVerdict>,
}

/// Checks what others attest about `record`, whose content is `value`.
pub async fn attestations(
    verifier: &Verifier,
    record: &VerifiedRecord,
    value: &Value,
) -> Attestations {
    let evidence = fetch(verifier, value).await;
    let is_link = record.path().collection().as_str() == nsid::EVM_LINK;
    Attestations {
        attestations: attestation::check(value, record.did(), &evidence),
        link: is_link.then(|| check_link(value, record.did())),
    }
}

/// Looks up what the entries of a record name, until patience ends.
async fn fetch(verifier: &Verifier, record: &Value) -> Evidence {
    let end = pin!(sleep(PATIENCE));
    let wanted = attestation::wanted(record);
    let keys = wanted.keys.into_iter().map(Lookup::Key);
    let proofs = wanted.proofs.iter().map(|proof| Lookup::Proof(proof.uri().clone()));
    let mut lookups = stream::iter(keys.chain(proofs))
        .map(|lookup| lookup.answer(verifier))
        .buffer_unordered(AT_ONCE)
        .take_until(end);
    let mut evidence = Evidence::default();
    while let Some(answer) = lookups.next().await {
        match answer {
            Answer::Key(id, found) => evidence.add_key(id, found),
            Answer::Proof(uri, found) => evidence.add_proof(uri, found),
        }
    }
    evidence
}

enum Lookup {
    Key(KeyId),
    Proof(AtUri),
}

enum Answer {
    Key(KeyId, Result<PublicKey, Missing>),
    Proof(AtUri, Result<Value, Missing>),
}

impl Lookup {
    async fn answer(self, verifier: &Verifier) -> Answer {
        match self {
            Self::Key(id) => {
                let found = key(verifier.resolver(), &id).await;
                Answer::Key(id, found)
            }
            Self::Proof(uri) => {
                let found = proof(verifier, &uri).await;
                Answer::Proof(uri, found)
            }
        }
    }
}

async fn key(resolver: &Resolver, id: &KeyId) -> Result<PublicKey, Missing> {
    let document =
        resolver.verified_document(id.did()).await.map_err(|error| no_document(&error))?;
    let absent = |why| Missing::Absent(format!("in the DID document of {}, {why}", id.did()));
    document.key_named(id.fragment()).map_err(absent)
}

fn no_document(error: &ResolveError) -> Missing {
    let gone = error.is_not_found() || matches!(error, ResolveError::GivenUp(_));
    if gone { Missing::Absent(error.to_string()) } else { Missing::Unreachable(error.to_string()) }
}

async fn proof(verifier: &Verifier, uri: &AtUri) -> Result<Value, Missing> {
    let Checked { report, record } = Box::pin(crate::run(verifier, uri, |_| {})).await;
    match record {
        Some(record) => record.value().map_err(|why| Missing::Absent(why.to_string())),
        None => {
            let found =
                report.steps.last().map_or_else(String::new, |step: &Step| step.found.clone());
            Err(match report.verdict {
                Verdict::NotVerified => Missing::Absent(found),
                _ => Missing::Unreachable(found),
            })
        }
    }
}
