//! From a stranger's file to a report, with nothing but the file.

use std::collections::BTreeMap;
use std::io::Read;

use hypercerts_identity::DidDocument;
use hypercerts_lexicon::{AtUri, Cid, Did, Value, blobs_in};
use hypercerts_repo::{VerifiedRecord, VerifiedTree};

use super::attested::Witnesses;
use super::container::{Contents, Fault};
use super::identity::{Account, Evidence, IdentityError};
use super::manifest::{AccountEntry, CommitEntry, Manifest, RecordEntry};
use super::report::{AccountReport, RecordReport, Report};
use super::shelf::Shelf;
use super::{Limits, attested, references, steps};
use crate::{Step, Verdict, words};

/// Checks a bundle, from the bytes of the file up to the schemas of its records.
///
/// Nothing is asked of anyone. Memory stays within a small multiple of [`Limits::held`] and
/// [`Limits::blob`]; time is in proportion to the bytes that were read.
pub fn check(source: impl Read, limits: &Limits) -> Report {
    let mut contents = Contents::read(source, limits);
    let unread = contents.faults.iter().any(Fault::is_unread);
    let Some(manifest) = contents.manifest.take().filter(|_| !unread) else {
        let steps = steps::file(&contents, &BTreeMap::new());
        return Report::of_file(contents.root, steps);
    };
    let shelf = Shelf::new(std::mem::take(&mut contents.blocks));
    let mut walk = Walk::new(&manifest, &shelf, &contents, limits);
    for entry in &manifest.accounts {
        walk.account(entry);
    }
    walk.attestations();
    let Walk { accounts, records, here, blobs_shown, .. } = walk;
    let mut report = Report {
        root: contents.root,
        subject: Some(manifest.subject.clone()),
        verdict: Verdict::NotVerified,
        steps: Vec::new(),
        accounts,
        records,
        missing: manifest.missing.clone(),
    };
    strays(&report, &manifest, &shelf, &blobs_shown, &mut contents);
    report.steps = steps::file(&contents, &purposes(&contents, &shelf, &blobs_shown));
    let subject = here.get(&manifest.subject.uri).copied();
    report.steps.push(steps::manifest(&manifest, &contents, subject));
    if here.len() < report.records.len() {
        report.steps.push(steps::records_twice());
    }
    report.verdict = Verdict::of(report.all_steps());
    report
}

/// Adds what the file holds beyond its evidence, and what it lacks of its blobs.
fn strays(
    report: &Report,
    manifest: &Manifest,
    shelf: &Shelf,
    shown: &BTreeMap<Cid, AtUri>,
    contents: &mut Contents,
) {
    // Where the evidence breaks off, what comes after it was not asked for and yet is no stray.
    if Verdict::of(report.all_steps()) != Verdict::NotVerified {
        shelf.unused().into_iter().for_each(|cid| contents.fault(Fault::Stray { cid }));
    }
    for blob in &manifest.blobs {
        if !contents.blobs.contains_key(&blob.cid) {
            contents.fault(Fault::NoBlob { cid: blob.cid });
        } else if !shown.contains_key(&blob.cid) {
            contents.fault(Fault::StrayBlob { cid: blob.cid });
        }
    }
}

/// What damaged blocks were needed for. Damage can be in a block's name or in its bytes.
fn purposes(
    contents: &Contents,
    shelf: &Shelf,
    shown: &BTreeMap<Cid, AtUri>,
) -> BTreeMap<Cid, String> {
    let file = |cid: &Cid| shown.get(cid).map(|uri| format!("what {uri} shows"));
    let purpose = |cid: &Cid| shelf.purpose_of(cid).or_else(|| file(cid));
    let damaged = contents.faults.iter().filter_map(|fault| match fault {
        Fault::Damaged { cid, actual, .. } => {
            Some((*cid, purpose(cid).or_else(|| purpose(actual))?))
        }
        _ => None,
    });
    damaged.collect()
}

/// What was found so far, on the way through the accounts of a manifest.
struct Walk<'a> {
    manifest: &'a Manifest,
    shelf: &'a Shelf,
    contents: &'a Contents,
    accounts: Vec<AccountReport>,
    records: Vec<RecordReport>,
    /// Every record in the bundle and its version.
    here: BTreeMap<AtUri, Cid>,
    /// Every blob that is shown, and a record that shows it.
    blobs_shown: BTreeMap<Cid, AtUri>,
    witnesses: Witnesses,
    /// Bytes of records that may still be read: one block can be a record at many addresses.
    room: usize,
}

impl<'a> Walk<'a> {
    fn new(
        manifest: &'a Manifest,
        shelf: &'a Shelf,
        contents: &'a Contents,
        limits: &Limits,
    ) -> Self {
        Self {
            manifest,
            shelf,
            contents,
            accounts: Vec::new(),
            records: Vec::new(),
            here: manifest.records().collect(),
            blobs_shown: BTreeMap::new(),
            witnesses: Witnesses::default(),
            room: limits.held,
        }
    }

    fn account(&mut self, entry: &AccountEntry) {
        let did = &entry.did;
        self.shelf.serve(format!("the identity of {did}"));
        let (account, mut steps) = match identify(entry, self.shelf) {
            Ok((evidence, account)) => {
                let told = vec![steps::account(&evidence, &account, did), steps::name(&account)];
                (Some(account), told)
            }
            Err(error) => (None, vec![steps::unknown_account(did, &error)]),
        };
        for commit in &entry.commits {
            steps.push(self.commit(commit, did, account.as_ref()));
        }
        let document = account.map(|account| account.document);
        let claimed_handle = document.as_ref().and_then(DidDocument::claimed_handle);
        self.witnesses.know(document);
        let verdict = Verdict::of(&steps);
        self.accounts.push(AccountReport { did: did.clone(), claimed_handle, verdict, steps });
    }

    /// Checks a commit and the records that it proves; answers the step about its signature.
    fn commit(&mut self, entry: &CommitEntry, did: &Did, account: Option<&Account>) -> Step {
        self.shelf.serve(format!("the commit of {did}"));
        let (mut tree, step) = match open(entry, did, account, self.shelf) {
            Ok(tree) => {
                let head = *tree.head().head();
                (Some(tree), words::signed(head.commit, head.rev, did))
            }
            Err(why) => (None, steps::unsigned(why)),
        };
        for record in &entry.records {
            self.record(record, &record.uri(did), tree.as_mut());
        }
        step
    }

    fn record(&mut self, entry: &RecordEntry, uri: &AtUri, tree: Option<&mut VerifiedTree>) {
        self.shelf.serve(format!("the proof of {uri}"));
        let (record, mut steps) = match tree {
            Some(tree) => steps::proof(entry, tree.record(self.shelf, &entry.path)),
            None => (None, vec![steps::unproven()]),
        };
        let value = record.and_then(|record| self.content(&record, uri, &mut steps));
        let references = value.as_ref().map(|value| references::references(value, &self.here));
        let references = references.unwrap_or_default();
        steps.extend(steps::references(&references));
        self.witnesses.hear(self.records.len(), uri, value);
        self.records.push(RecordReport {
            uri: uri.clone(),
            cid: entry.cid,
            verdict: Verdict::of(&steps),
            steps,
            references,
            attestations: Vec::new(),
        });
    }

    /// What a proven record says, as far as that can be checked here.
    fn content(
        &mut self,
        record: &VerifiedRecord,
        uri: &AtUri,
        steps: &mut Vec<Step>,
    ) -> Option<Value> {
        let Some(left) = self.room.checked_sub(record.bytes().len()) else {
            steps.push(steps::unread());
            return None;
        };
        self.room = left;
        let (value, step) = words::schema(record);
        steps.push(self.weighed(step, uri));
        let blobs = value.as_ref().map(blobs_in).unwrap_or_default();
        steps.extend(steps::blobs(&blobs, &self.contents.blobs));
        for blob in blobs {
            self.blobs_shown.entry(blob.cid).or_insert_with(|| uri.clone());
        }
        value
    }

    /// Adds what others attest, now that all that bears witness is known.
    fn attestations(&mut self) {
        for (index, attestations) in std::mem::take(&mut self.witnesses).verdicts() {
            let uri = self.records[index].uri.clone();
            let steps = attestations.iter().map(|it| self.weighed(attested::step(it), &uri));
            let steps: Vec<Step> = steps.collect();
            let report = &mut self.records[index];
            report.steps.extend(steps);
            report.verdict = Verdict::of(&report.steps);
            report.attestations = attestations;
        }
    }

    /// Anyone can tie a faulty record to somebody's claim; only on the subject does a fault weigh
    /// that is none of the evidence.
    fn weighed(&self, step: Step, uri: &AtUri) -> Step {
        if *uri == self.manifest.subject.uri { step } else { step.softened() }
    }
}

fn identify(entry: &AccountEntry, shelf: &Shelf) -> Result<(Evidence, Account), IdentityError> {
    let evidence = Evidence::read(shelf, entry.identity, &entry.did)?;
    let account = evidence.account()?;
    Ok((evidence, account))
}

/// The tree of a commit that the account's key signed.
fn open(
    entry: &CommitEntry,
    did: &Did,
    account: Option<&Account>,
    shelf: &Shelf,
) -> Result<VerifiedTree, String> {
    let key = account.and_then(|account| account.key.as_ref());
    let unknown = || format!("no key is known that commit {} could be held against", entry.commit);
    let key = key.ok_or_else(unknown)?;
    VerifiedTree::open(shelf, entry.commit, did, key).map_err(|error| error.to_string())
}
