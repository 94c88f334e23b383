//! The steps from an AT-URI to a verdict, each building on the one before.

use std::sync::Arc;

use hypercerts_identity::plc;
use hypercerts_identity::{Identity, ResolveError};
use hypercerts_lexicon::{AtIdentifier, AtUri, Did, Value};
use hypercerts_repo::{Proof, RepoPath, VerifiedRecord, VerifyError, verify_record};
use hypercerts_xrpc::client::ClientError;

use crate::{Check, Checked, Report, Step, Verdict, Verifier, proof, words};

/// The record, and whatever of it can be read.
type Found = (VerifiedRecord, Option<Value>);

pub(crate) async fn walk(
    verifier: &Verifier,
    uri: &AtUri,
    told: impl FnMut(&Step) + Send,
) -> Checked {
    let mut walk = Walk { verifier, told, steps: Vec::new() };
    let found = match walk.follow(uri).await {
        Ok(found) => Some(found),
        Err(last) => {
            walk.tell(last);
            None
        }
    };
    let (record, value) = found.map_or((None, None), |(record, value)| (Some(record), value));
    let verdict = Verdict::of(&walk.steps);
    let cid = record.as_ref().map(VerifiedRecord::cid);
    let report = Report { uri: uri.clone(), verdict, steps: walk.steps, cid, record: value };
    Checked { report, record }
}

struct Walk<'a, F> {
    verifier: &'a Verifier,
    told: F,
    steps: Vec<Step>,
}

impl<F: FnMut(&Step) + Send> Walk<'_, F> {
    fn tell(&mut self, step: Step) {
        (self.told)(&step);
        self.steps.push(step);
    }

    /// A step that fails is the error: nothing after it can be checked.
    async fn follow(&mut self, uri: &AtUri) -> Result<Found, Step> {
        let path = path_of(uri)?;
        let did = self.account(&uri.authority()).await?;
        let identity = self.identity(&did).await?;
        self.handle(&identity);
        let proof = self.proof(&identity, &path).await?;
        let record = self.evidence(&proof, &identity, &path)?;
        let (value, step) = words::schema(&record);
        self.tell(step);
        Ok((record, value))
    }

    async fn account(&self, authority: &AtIdentifier) -> Result<Did, Step> {
        match authority {
            AtIdentifier::Did(did) => Ok(did.clone()),
            AtIdentifier::Handle(_) => {
                let found = self.verifier.resolver.resolve(authority).await;
                found
                    .map(|identity| identity.did.clone())
                    .map_err(|error| unresolved(Check::Handle, &error))
            }
        }
    }

    async fn identity(&mut self, did: &Did) -> Result<Arc<Identity>, Step> {
        let resolver = &self.verifier.resolver;
        let (identity, found) = if plc::is_plc_did(did) {
            let outcome = resolver.resolve_verified(did).await;
            let (identity, log) = outcome.map_err(|error| unresolved(Check::Identity, &error))?;
            (Arc::new(identity), words::log(&log))
        } else {
            let outcome = resolver.refresh(did).await;
            let identity = outcome.map_err(|error| unresolved(Check::Identity, &error))?;
            (identity, format!("the document of {did}, as its own web host serves it now"))
        };
        let key = identity.key.to_did_key();
        let found = format!("{found}; it names the key {key} and the host {}", identity.pds);
        self.tell(Step::passed(Check::Identity, found));
        Ok(identity)
    }

    fn handle(&mut self, identity: &Identity) {
        let did = &identity.did;
        self.tell(match (&identity.handle, identity.document.claimed_handle()) {
            (Some(handle), _) => Step::passed(Check::Handle, format!("{handle} ⇄ {did}")),
            (None, Some(claimed)) => Step::noted(
                Check::Handle,
                format!("{did} claims the name {claimed}, but the name does not lead back to it"),
                "Do not rely on the name; the DID is what signed.",
            ),
            (None, None) => Step::noted(
                Check::Handle,
                format!("{did} claims no name"),
                "The account is known by its DID alone.",
            ),
        });
    }

    async fn proof(&mut self, identity: &Identity, path: &RepoPath) -> Result<Vec<u8>, Step> {
        let http = &self.verifier.http;
        let fetched = proof::fetch(http, &identity.pds, &identity.did, path).await;
        let bytes = fetched.map_err(|error| no_proof(&error))?;
        let found = format!("{} bytes from {}", bytes.len(), identity.pds);
        self.tell(Step::passed(Check::Proof, found));
        Ok(bytes.into())
    }

    fn evidence(
        &mut self,
        proof: &[u8],
        identity: &Identity,
        path: &RepoPath,
    ) -> Result<VerifiedRecord, Step> {
        match verify_record(proof, &identity.did, path, &identity.key) {
            Ok(Proof::Present(record)) => {
                self.tell(words::signed(record.commit(), record.rev(), &identity.did));
                self.tell(Step::passed(Check::Path, format!("{path} is in the signed tree")));
                let found = format!("{} bytes hash to {}", record.bytes().len(), record.cid());
                self.tell(Step::passed(Check::Content, found));
                Ok(record)
            }
            Ok(Proof::Absent(head)) => {
                self.tell(words::signed(head.head().commit, head.head().rev, &identity.did));
                Err(Step::failed(
                    Check::Path,
                    format!("the signed tree has no record at {path}"),
                    "It was deleted, or was never there. The repository itself proves this.",
                ))
            }
            Err(error) => Err(self.refuted(&error, identity)),
        }
    }

    /// The step an error belongs to. What comes to light only after the signature held is told so.
    fn refuted(&mut self, error: &VerifyError, identity: &Identity) -> Step {
        match error {
            VerifyError::Car(_) | VerifyError::Commit(_) => Step::failed(
                Check::Proof,
                error,
                "What the host sent is no proof, or was altered. It may be broken or lie.",
            ),
            VerifyError::Signature(_) | VerifyError::WrongAccount { .. } => Step::failed(
                Check::Signature,
                error,
                "The host shows a repository that this account did not sign with its present key.",
            ),
            _ => {
                let found = format!("the commit is signed by {}", identity.did);
                self.tell(Step::passed(Check::Signature, found));
                Step::failed(
                    Check::Path,
                    error,
                    "The signed commit does not bear out that this record is in it.",
                )
            }
        }
    }
}

fn path_of(uri: &AtUri) -> Result<RepoPath, Step> {
    match (uri.collection(), uri.rkey()) {
        (Some(collection), Some(rkey)) => Ok(RepoPath::new(&collection, &rkey)),
        _ => Err(Step::unchecked(
            Check::Path,
            format!("{uri} names no record"),
            "A record's address is at://ACCOUNT/COLLECTION/KEY.",
        )),
    }
}

/// An identity that contradicts itself failed; one that could not be asked for is unchecked.
fn unresolved(check: Check, error: &ResolveError) -> Step {
    match error {
        ResolveError::GivenUp(_)
        | ResolveError::Document(_)
        | ResolveError::HandleMismatch { .. } => {
            Step::failed(check, error, "There is no account to hold a signature against.")
        }
        ResolveError::Directory(plc::ClientError::Log { .. } | plc::ClientError::Document(_)) => {
            let means = "The directory tells a history that its own signatures contradict.";
            Step::failed(check, error, means)
        }
        _ => Step::unchecked(
            check,
            error,
            "Without the account's key nothing can be checked. \
             Is it another network's account? --plc-url names its directory.",
        ),
    }
}

fn no_proof(error: &ClientError) -> Step {
    let means = match error.name() {
        Some("RepoDeactivated" | "RepoTakendown" | "RepoSuspended") => {
            "The account's host does not serve it at the moment."
        }
        Some("RepoNotFound") => "The host the identity names does not have the account.",
        _ => "The account's host did not hand over the proof; try again later.",
    };
    Step::unchecked(Check::Proof, error, means)
}
