//! From a stranger's file to a report, with nothing but the file.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use bytes::Bytes;

use hypercerts_identity::DidDocument;
use hypercerts_lexicon::{AtUri, Blob, Cid, Did, Value, blobs_in};
use hypercerts_repo::{BlockStore, MemoryBlocks, StoreError, VerifiedRecord, VerifiedTree};

use super::attested::Witnesses;
use super::container::{Contents, Fault};
use super::identity::{Account, Evidence};
use super::manifest::{AccountEntry, CommitEntry, Manifest, RecordEntry};
use super::report::{AccountReport, RecordReport, Report};
use super::{Limits, attested, references};
use crate::{Check, Step, Verdict, words};

/// Checks a bundle, from the bytes of the file up to the schemas of its records.
///
/// Nothing is asked of anyone. Memory stays within a small multiple of [`Limits::held`] and
/// [`Limits::blob`]; time is in proportion to the bytes that were read.
pub fn check(source: impl Read, limits: &Limits) -> Report {
    let mut contents = Contents::read(source, limits);
    let unread = contents.faults.iter().any(Fault::is_unread);
    let Some(manifest) = contents.manifest.take().filter(|_| !unread) else {
        return Walk::default().finish(&mut contents, None);
    };
    let blocks = std::mem::take(&mut contents.blocks);
    let shelf = Shelf::new(&blocks);
    let mut walk =
        Walk { room: limits.held, here: manifest.records().collect(), ..Walk::default() };
    walk.manifest(&manifest, &contents);
    for entry in &manifest.accounts {
        walk.account(entry, &manifest, &shelf);
    }
    walk.attestations(&manifest);
    walk.strays(&manifest, &shelf, &blocks, &mut contents);
    walk.name_damage(&shelf, &contents);
    walk.finish(&mut contents, Some(&manifest))
}

/// The blocks at hand, and a record of which were asked for, and on whose behalf in vain.
struct Shelf<'a> {
    blocks: &'a MemoryBlocks,
    used: RefCell<BTreeSet<Cid>>,
    lacking: RefCell<BTreeMap<Cid, String>>,
    purpose: RefCell<String>,
}

impl<'a> Shelf<'a> {
    fn new(blocks: &'a MemoryBlocks) -> Self {
        Self {
            blocks,
            used: RefCell::default(),
            lacking: RefCell::default(),
            purpose: RefCell::default(),
        }
    }

    /// What the blocks asked for from now on are needed for.
    fn serve(&self, purpose: String) {
        *self.purpose.borrow_mut() = purpose;
    }

    fn purpose_of(&self, cid: &Cid) -> Option<String> {
        self.lacking.borrow().get(cid).cloned()
    }
}

impl BlockStore for Shelf<'_> {
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        let found = self.blocks.block(cid).cloned();
        match found {
            Some(_) => drop(self.used.borrow_mut().insert(*cid)),
            None => {
                let purpose = || self.purpose.borrow().clone();
                self.lacking.borrow_mut().entry(*cid).or_insert_with(purpose);
            }
        }
        Ok(found)
    }
}

/// What was found so far.
#[derive(Default)]
struct Walk {
    steps: Vec<Step>,
    /// What is known of the damage beyond what the file's bytes tell.
    named: BTreeMap<Cid, String>,
    accounts: Vec<AccountReport>,
    records: Vec<RecordReport>,
    /// Every record in the bundle and its version.
    here: BTreeMap<AtUri, Cid>,
    blobs_shown: BTreeSet<Cid>,
    witnesses: Witnesses,
    /// Bytes of records that may still be read: one block can be a record at many addresses.
    room: usize,
}

impl Walk {
    fn manifest(&mut self, manifest: &Manifest, contents: &Contents) {
        let subject = &manifest.subject;
        self.steps.push(match self.here.get(&subject.uri) {
            Some(cid) if *cid == subject.cid => {
                let (records, accounts) = (self.here.len(), manifest.accounts.len());
                let (blobs, missing) = (contents.blobs.len(), manifest.missing.len());
                let found = format!(
                    "about {} in the version {}; {records} records of {accounts} accounts, {blobs} blobs, \
                     {missing} things that could not be had",
                    subject.uri, subject.cid
                );
                Step::passed(Check::Manifest, found)
            }
            _ => Step::failed(
                Check::Manifest,
                format!("it is about {} in the version {}, which it does not hold", subject.uri, subject.cid),
                "Whatever this bundle proves, it proves nothing about that record.",
            ),
        });
    }

    fn account(&mut self, entry: &AccountEntry, manifest: &Manifest, shelf: &Shelf<'_>) {
        let did = &entry.did;
        shelf.serve(format!("the identity of {did}"));
        let (account, mut steps) = identity(entry, shelf);
        for commit in &entry.commits {
            self.commit(commit, did, account.as_ref(), manifest, shelf, &mut steps);
        }
        let document = account.map(|account| account.document);
        let claimed_handle = document.as_ref().and_then(DidDocument::claimed_handle);
        self.witnesses.know(document);
        let verdict = Verdict::of(&steps);
        self.accounts.push(AccountReport { did: did.clone(), claimed_handle, verdict, steps });
    }

    fn commit(
        &mut self,
        entry: &CommitEntry,
        did: &Did,
        account: Option<&Account>,
        manifest: &Manifest,
        shelf: &Shelf<'_>,
        steps: &mut Vec<Step>,
    ) {
        shelf.serve(format!("the commit of {did}"));
        let mut tree = match open(entry, did, account, shelf) {
            Ok(tree) => {
                let head = tree.head().head();
                steps.push(words::signed(head.commit, head.rev, did));
                Some(tree)
            }
            Err(why) => {
                let means = "None of the records it should prove is proven by it.";
                steps.push(Step::failed(Check::Signature, why, means));
                None
            }
        };
        for record in &entry.records {
            let uri = record.uri(did);
            shelf.serve(format!("the proof of {uri}"));
            let is_subject = uri == manifest.subject.uri;
            let told = self.record(record, &uri, is_subject, tree.as_mut(), shelf);
            self.records.push(told);
        }
    }

    fn record(
        &mut self,
        entry: &RecordEntry,
        uri: &AtUri,
        is_subject: bool,
        tree: Option<&mut VerifiedTree>,
        shelf: &Shelf<'_>,
    ) -> RecordReport {
        let mut steps = Vec::new();
        let value = match prove(entry, tree, shelf, &mut steps) {
            Some(record) => self.content(&record, is_subject, &mut steps),
            None => None,
        };
        let references = value.as_ref().map(|value| references::references(value, &self.here));
        let references = references.unwrap_or_default();
        self.witnesses.hear(self.records.len(), uri, value);
        steps.extend(references_step(&references));
        let verdict = Verdict::of(&steps);
        RecordReport {
            uri: uri.clone(),
            cid: entry.cid,
            verdict,
            steps,
            references,
            attestations: Vec::new(),
        }
    }

    /// What a proven record says, as far as that can be checked here.
    fn content(
        &mut self,
        record: &VerifiedRecord,
        is_subject: bool,
        steps: &mut Vec<Step>,
    ) -> Option<Value> {
        let left = self.room.checked_sub(record.bytes().len());
        let Some(left) = left else {
            let means = "Its signature and its bytes are as they should be; what it says was not looked at.";
            steps.push(Step::unchecked(
                Check::Schema,
                "there is more to read than is read of a bundle",
                means,
            ));
            return None;
        };
        self.room = left;
        let (value, step) = words::schema(record);
        // Anyone can tie a faulty record to somebody's claim; that is no fault of the bundle.
        steps.push(if is_subject { step } else { step.softened() });
        let blobs = value.as_ref().map(blobs_in).unwrap_or_default();
        self.blobs_shown.extend(blobs.iter().map(|blob: &Blob| blob.cid));
        value
    }

    /// Adds what others attest, now that all that bears witness is known.
    fn attestations(&mut self, manifest: &Manifest) {
        for (index, attestations) in std::mem::take(&mut self.witnesses).verdicts() {
            let Some(report) = self.records.get_mut(index) else { continue };
            let steps = attestations.iter().map(attested::step);
            let is_subject = report.uri == manifest.subject.uri;
            let steps = steps.map(|step| if is_subject { step } else { step.softened() });
            report.steps.extend(steps);
            report.verdict = Verdict::of(&report.steps);
            report.attestations = attestations;
        }
    }

    /// Adds what the file holds beyond its evidence, and what it lacks of it.
    fn strays(
        &mut self,
        manifest: &Manifest,
        shelf: &Shelf<'_>,
        blocks: &MemoryBlocks,
        contents: &mut Contents,
    ) {
        if self.is_unbroken() {
            let used = shelf.used.borrow();
            let mut strays: Vec<Cid> = blocks.cids().filter(|cid| !used.contains(cid)).collect();
            strays.sort_unstable();
            strays.into_iter().for_each(|cid| contents.fault(Fault::Stray { cid }));
        }
        for blob in &manifest.blobs {
            if !contents.blobs.contains_key(&blob.cid) {
                contents.fault(Fault::NoBlob { cid: blob.cid });
            } else if !self.blobs_shown.contains(&blob.cid) {
                contents.fault(Fault::StrayBlob { cid: blob.cid });
            }
        }
    }

    /// Whether all evidence was followed to its end, so that what was not used is not needed.
    fn is_unbroken(&self) -> bool {
        let mut accounts = self.accounts.iter().map(|account| account.verdict);
        let mut records = self.records.iter().map(|record| record.verdict);
        let broken = |verdict| verdict == Verdict::NotVerified;
        !accounts.any(broken) && !records.any(broken)
    }

    /// Says of damaged blocks what they were needed for.
    fn name_damage(&mut self, shelf: &Shelf<'_>, contents: &Contents) {
        for fault in &contents.faults {
            if let Fault::Damaged { cid, actual, .. } = fault {
                let purpose = shelf.purpose_of(cid).or_else(|| shelf.purpose_of(actual));
                self.named.extend(purpose.map(|purpose| (*cid, purpose)));
            }
        }
    }

    fn finish(self, contents: &mut Contents, manifest: Option<&Manifest>) -> Report {
        let mut steps = self.file(contents);
        steps.extend(self.steps);
        let mut report = Report {
            root: contents.root,
            subject: manifest.map(|manifest| manifest.subject.clone()),
            verdict: Verdict::NotVerified,
            steps,
            accounts: self.accounts,
            records: self.records,
            missing: manifest.map(|manifest| manifest.missing.clone()).unwrap_or_default(),
        };
        report.verdict = Verdict::of(report.all_steps());
        report
    }

    fn file(&self, contents: &Contents) -> Vec<Step> {
        if let (Some(root), true) = (contents.root, contents.faults.is_empty()) {
            let found = format!(
                "{} bytes of evidence, each block hashing to its name; the root is {root}",
                contents.bytes
            );
            return vec![Step::passed(Check::File, found)];
        }
        let mut steps: Vec<Step> = contents.faults.iter().map(|fault| self.fault(fault)).collect();
        if contents.more_faults > 0 {
            let found = format!("and {} more faults of the file", contents.more_faults);
            steps.push(Step::failed(Check::File, found, "They are not told one by one."));
        }
        steps
    }

    fn fault(&self, fault: &Fault) -> Step {
        if fault.is_unread() {
            let means = "The file was not read to its end, so nothing can be said about it.";
            return Step::unchecked(Check::File, fault, means);
        }
        let named = match fault {
            Fault::Damaged { cid, .. } => self.named.get(cid),
            _ => None,
        };
        let found = named.map_or_else(
            || fault.to_string(),
            |purpose| format!("{fault}; it is part of {purpose}"),
        );
        Step::failed(
            Check::File,
            found,
            "This is not the file that was made. Ask for it again, or for its root.",
        )
    }
}

/// The tree of a commit that the account's key signed.
fn open(
    entry: &CommitEntry,
    did: &Did,
    account: Option<&Account>,
    shelf: &Shelf<'_>,
) -> Result<VerifiedTree, String> {
    let key = account.and_then(|account| account.key.as_ref());
    let key = key.ok_or_else(|| {
        format!("no key is known that commit {} could be held against", entry.commit)
    })?;
    VerifiedTree::open(shelf, entry.commit, did, key).map_err(|error| error.to_string())
}

fn identity(entry: &AccountEntry, shelf: &Shelf<'_>) -> (Option<Account>, Vec<Step>) {
    let evidence = Evidence::read(shelf, entry.identity, &entry.did);
    let found = evidence.and_then(|evidence| evidence.account().map(|account| (evidence, account)));
    match found {
        Ok((evidence, account)) => {
            let steps = vec![who(&evidence, &account, &entry.did), name(&account)];
            (Some(account), steps)
        }
        Err(error) => {
            let found = format!("who {} is cannot be told: {error}", entry.did);
            let means = "There is no key to hold the account's signatures against.";
            (None, vec![Step::failed(Check::Identity, found, means)])
        }
    }
}

fn who(evidence: &Evidence, account: &Account, did: &Did) -> Step {
    let key = account.key.as_ref().map_or_else(
        || "no key that signs a repository".to_owned(),
        |key| format!("the key {}", key.to_did_key()),
    );
    match evidence {
        Evidence::Log(log) => {
            let found = format!("{}; it names {key}", words::log(log));
            Step::passed(Check::Identity, found)
        }
        Evidence::Served { .. } => Step::unchecked(
            Check::Identity,
            format!("the document of {did}, as its host is said to have served it, names {key}"),
            "Nothing but the word of whoever made the bundle says that its host did: a did:web has no history to check.",
        ),
    }
}

fn name(account: &Account) -> Step {
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

/// Finds the record in the signed tree, in the version the manifest says.
fn prove(
    entry: &RecordEntry,
    tree: Option<&mut VerifiedTree>,
    shelf: &Shelf<'_>,
    steps: &mut Vec<Step>,
) -> Option<VerifiedRecord> {
    let Some(tree) = tree else {
        let found = "there is no signed state of the repository to look it up in";
        let means = "Nothing here proves that the account ever wrote it.";
        steps.push(Step::failed(Check::Path, found, means));
        return None;
    };
    let (path, refuted) =
        (&entry.path, "The signed commit does not bear out that this record is in it.");
    match tree.record(shelf, path) {
        Ok(Some(record)) if record.cid() == entry.cid => {
            steps.push(Step::passed(Check::Path, format!("{path} is in the signed tree")));
            let found = format!("{} bytes hash to {}", record.bytes().len(), record.cid());
            steps.push(Step::passed(Check::Content, found));
            return Some(record);
        }
        Ok(Some(record)) => {
            let found =
                format!("the signed tree has {} at {path}, not {}", record.cid(), entry.cid);
            steps.push(Step::failed(Check::Path, found, refuted));
        }
        Ok(None) => {
            let found = format!("the signed tree has no record at {path}");
            steps.push(Step::failed(Check::Path, found, refuted));
        }
        Err(error) => steps.push(Step::failed(Check::Path, error, refuted)),
    }
    None
}

fn references_step(references: &[references::Reference]) -> Option<Step> {
    let found = references::in_words(references)?;
    let all_here = references.iter().all(|reference| reference.target == references::Target::Here);
    Some(match all_here {
        true => Step::passed(Check::References, found),
        false => Step::noted(
            Check::References,
            found,
            "What it says of those is about versions or records that you do not have before you.",
        ),
    })
}
