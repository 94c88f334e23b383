//! Single steps of the check of a bundle, each about one piece of evidence.

use std::collections::BTreeMap;

use hypercerts_lexicon::{Blob, Cid, Did};
use hypercerts_repo::{VerifiedRecord, VerifyError};

use super::container::{Contents, Fault};
use super::identity::{Account, Evidence, IdentityError};
use super::manifest::{Manifest, RecordEntry};
use super::references::{self, Reference, Target};
use crate::{Check, Step, words};

/// The file as a whole; `purposes` says what damaged blocks were needed for.
pub(super) fn file(contents: &Contents, purposes: &BTreeMap<Cid, String>) -> Vec<Step> {
    if let (Some(root), true) = (contents.root, contents.faults.is_empty()) {
        let found = format!(
            "{} bytes of evidence, each block hashing to its name; the root is {root}",
            contents.bytes
        );
        return vec![Step::passed(Check::File, found)];
    }
    let mut steps: Vec<Step> = contents.faults.iter().map(|it| fault(it, purposes)).collect();
    if contents.more_faults > 0 {
        let found = format!("and {} more faults of the file", contents.more_faults);
        steps.push(Step::failed(Check::File, found, "They are not told one by one."));
    }
    steps
}

fn fault(fault: &Fault, purposes: &BTreeMap<Cid, String>) -> Step {
    if fault.is_unread() {
        let means = "The file was not read to its end, so nothing can be said about it.";
        return Step::unchecked(Check::File, fault, means);
    }
    let purpose = fault.damaged().and_then(|cid| purposes.get(&cid));
    let part = purpose.map(|purpose| format!("; it is part of {purpose}")).unwrap_or_default();
    Step::failed(
        Check::File,
        format!("{fault}{part}"),
        "This is not the file that was made. Ask for it again.",
    )
}

/// Whether the subject is among the records, each of which stands there once.
pub(super) fn manifest(manifest: &Manifest, contents: &Contents, subject: Option<Cid>) -> Step {
    let about = format!("{} in the version {}", manifest.subject.uri, manifest.subject.cid);
    if subject != Some(manifest.subject.cid) {
        return Step::failed(
            Check::Manifest,
            format!("it is about {about}, which it does not hold"),
            "Whatever this bundle proves, it proves nothing about that record.",
        );
    }
    let (records, accounts) = (manifest.records().count(), manifest.accounts.len());
    let (blobs, missing) = (contents.blobs.len(), manifest.missing.len());
    let found = format!(
        "about {about}; {records} records of {accounts} accounts, {blobs} blobs; {missing} things could not be had"
    );
    Step::passed(Check::Manifest, found)
}

pub(super) fn records_twice() -> Step {
    Step::failed(
        Check::Manifest,
        "a record's address stands there twice",
        "It cannot be said which version of that record the bundle means.",
    )
}

pub(super) fn unknown_account(did: &Did, error: &IdentityError) -> Step {
    Step::failed(
        Check::Identity,
        format!("who {did} is cannot be told: {error}"),
        "There is no key to hold the account's signatures against.",
    )
}

pub(super) fn account(evidence: &Evidence, account: &Account, did: &Did) -> Step {
    let key = account.key.as_ref().map_or_else(
        || "no key that signs a repository".to_owned(),
        |key| format!("the key {}", key.to_did_key()),
    );
    match evidence {
        Evidence::Log(log) => {
            Step::passed(Check::Identity, format!("{}; it names {key}", words::log(log)))
        }
        Evidence::Served { .. } => Step::unchecked(
            Check::Identity,
            format!("the document of {did}, as its host is said to have served it, names {key}"),
            "Nothing but the word of whoever made the bundle says that its host did: \
             a did:web has no history to check.",
        ),
    }
}

pub(super) fn name(account: &Account) -> Step {
    match account.document.claimed_handle() {
        Some(claimed) => Step::noted(
            Check::Handle,
            format!("it claims the name {claimed}"),
            "Whether the name led back to it, only the network could tell. The DID is what signed.",
        ),
        None => Step::noted(
            Check::Handle,
            "it claims no name",
            "The account is known by its DID alone.",
        ),
    }
}

pub(super) fn unsigned(why: impl std::fmt::Display) -> Step {
    Step::failed(Check::Signature, why, "None of the records it should prove is proven by it.")
}

pub(super) fn unproven() -> Step {
    Step::failed(
        Check::Path,
        "there is no signed state of the repository to look it up in",
        "Nothing here proves that the account ever wrote it.",
    )
}

/// The record as the signed tree has it, and the steps that say so.
pub(super) fn proof(
    entry: &RecordEntry,
    found: Result<Option<VerifiedRecord>, VerifyError>,
) -> (Option<VerifiedRecord>, Vec<Step>) {
    let path = &entry.path;
    let why = match found {
        Ok(Some(record)) if record.cid() == entry.cid => {
            let place = Step::passed(Check::Path, format!("{path} is in the signed tree"));
            let found = format!("{} bytes hash to {}", record.bytes().len(), record.cid());
            return (Some(record), vec![place, Step::passed(Check::Content, found)]);
        }
        Ok(Some(other)) => {
            format!("the signed tree has {} at {path}, not {}", other.cid(), entry.cid)
        }
        Ok(None) => format!("the signed tree has no record at {path}"),
        Err(error) => error.to_string(),
    };
    let means = "The signed commit does not bear out that this record is in it.";
    (None, vec![Step::failed(Check::Path, why, means)])
}

pub(super) fn unread() -> Step {
    Step::unchecked(
        Check::Schema,
        "there is more to read than is read of a bundle",
        "Its signature and its bytes are as they should be; what it says was not looked at.",
    )
}

pub(super) fn references(references: &[Reference]) -> Option<Step> {
    let found = references::in_words(references)?;
    Some(match references.iter().all(|reference| reference.target == Target::Here) {
        true => Step::passed(Check::References, found),
        false => Step::noted(
            Check::References,
            found,
            "What it says of those is about versions or records that you do not have before you.",
        ),
    })
}

/// The files that a record shows; nothing if it shows none.
pub(super) fn blobs(shown: &[Blob], here: &BTreeMap<Cid, u64>) -> Option<Step> {
    let found = shown.iter().filter(|blob| here.contains_key(&blob.cid)).count();
    match shown.len() {
        0 => None,
        all if all == found => {
            Some(Step::passed(Check::Blobs, format!("all files it shows are here ({all})")))
        }
        all => Some(Step::noted(
            Check::Blobs,
            format!("of the {all} files it shows {found} are here"),
            "What is in the others, the bundle does not prove.",
        )),
    }
}
