//! From an address to all the evidence around it.
//!
//! Records are asked for in *rounds*: first the subject and what the index names, then what those
//! point at, and so on. While that goes on people keep writing, so in the end records of one
//! repository can be proven by different commits; the older ones are asked for again, so that
//! nearly always one commit proves them all.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use futures_util::stream::{self, StreamExt};
use hypercerts_lexicon::{AtUri, Did, Nsid, Value, blobs_in};
use hypercerts_records::attestation::wanted;
use hypercerts_records::{links, nsid};
use hypercerts_repo::Block;

use super::account::Known;
use super::fetch::{self, Proven, Unproven, address};
use super::spool::Spool;
use super::{Bundle, Dids, Evidence, Found, MakeError, Options, Progress};
use crate::Verifier;
use crate::bundle::manifest::{Reason, Subject};

/// How far from the subject, or from a record the index named, references are followed.
const MAX_STEPS: u8 = 4;
/// How many records are asked for at once.
const AT_ONCE: usize = 8;
/// How often records are asked for again because their repository moved on.
const MAX_REPEATS: u8 = 3;

/// Gathers the evidence for the record at `subject` (its authority is a DID) and for what is around
/// it. `told` hears how far it is.
///
/// # Errors
/// When the subject itself cannot be had, or there is more than a bundle holds. Anything else that
/// cannot be had is named in the manifest.
pub async fn gather(
    verifier: &Verifier,
    subject: &AtUri,
    found: &Found,
    options: &Options,
    told: impl FnMut(Progress) + Send,
) -> Result<Bundle, MakeError> {
    address(subject).ok_or_else(|| MakeError::NotARecord(subject.clone()))?;
    let mut gathering = Gathering::new(verifier, subject, options, told)?;
    gathering.records(found).await?;
    if options.blobs {
        gathering.blobs().await?;
    }
    if found.more {
        gathering.evidence.missing.insert(subject.to_string(), Reason::NotNamed);
    }
    gathering.finish()
}

struct Gathering<'a, F> {
    verifier: &'a Verifier,
    subject: &'a AtUri,
    options: &'a Options,
    told: F,
    evidence: Evidence,
    /// Why accounts are not known.
    unknown: BTreeMap<Did, Reason>,
    /// Accounts that were looked up again because their key had changed.
    renewed: Dids,
    /// Accounts whose keys attest something, whether or not they hold a record here.
    attesters: Dids,
    /// How many steps each record is from the subject or from a record the index named.
    distance: BTreeMap<AtUri, u8>,
    held: usize,
    progress: Progress,
}

impl<'a, F: FnMut(Progress) + Send> Gathering<'a, F> {
    fn new(
        verifier: &'a Verifier,
        subject: &'a AtUri,
        options: &'a Options,
        told: F,
    ) -> io::Result<Self> {
        let evidence = Evidence {
            accounts: BTreeMap::new(),
            records: BTreeMap::new(),
            stock: BTreeMap::new(),
            blobs: Spool::new()?,
            missing: BTreeMap::new(),
        };
        Ok(Self {
            verifier,
            subject,
            options,
            told,
            evidence,
            unknown: BTreeMap::new(),
            renewed: Dids::new(),
            attesters: Dids::new(),
            distance: BTreeMap::new(),
            held: 0,
            progress: Progress { done: 0, known: 0 },
        })
    }

    async fn records(&mut self, found: &Found) -> Result<(), MakeError> {
        let mut next = BTreeSet::new();
        for uri in std::iter::once(self.subject).chain(&found.uris) {
            self.want(uri, 0, &mut next)?;
        }
        let mut repeats = 0;
        while !next.is_empty() {
            next = self.round(next).await?;
            if next.is_empty() && repeats < MAX_REPEATS {
                next = self.outdated();
                repeats += 1;
            }
        }
        self.drop_outlived();
        self.attesters().await;
        Ok(())
    }

    /// Lets go of records whose commit is signed with a key that is no longer the account's.
    fn drop_outlived(&mut self) {
        let outlived = self.evidence.records.iter().filter(|(_, proven)| !self.has_key_of(proven));
        let outlived: Vec<AtUri> = outlived.map(|(uri, _)| uri.clone()).collect();
        for uri in outlived {
            self.miss(&uri, Unproven::OtherKey);
        }
    }

    async fn attesters(&mut self) {
        self.look_up(self.attesters.clone()).await;
        let unknown = self.attesters.iter().filter_map(|did| self.unknown.get_key_value(did));
        let missing = unknown.map(|(did, reason)| (did.to_string(), *reason));
        self.evidence.missing.extend(missing);
    }

    /// Puts a record on the list, unless it was there before.
    fn want(
        &mut self,
        uri: &AtUri,
        distance: u8,
        next: &mut BTreeSet<AtUri>,
    ) -> Result<(), MakeError> {
        if address(uri).is_none() || self.distance.contains_key(uri) {
            return Ok(());
        }
        if self.distance.len() >= self.options.limits.records {
            return Err(MakeError::TooMany(self.options.limits.records));
        }
        self.distance.insert(uri.clone(), distance);
        next.insert(uri.clone());
        Ok(())
    }

    /// Asks for these records; answers which to ask for next.
    async fn round(&mut self, uris: BTreeSet<AtUri>) -> Result<BTreeSet<AtUri>, MakeError> {
        self.progress.known += uris.len();
        let authors: Dids = uris.iter().filter_map(AtUri::did).collect();
        self.look_up(authors).await;
        let mut next = BTreeSet::new();
        for (uri, outcome) in self.ask(uris).await {
            match outcome {
                Ok((proven, blocks)) => self.take(uri, proven, blocks, &mut next)?,
                Err(Unproven::OtherKey) if self.renew(&uri) => drop(next.insert(uri)),
                Err(why) => self.miss(&uri, why),
            }
        }
        Ok(next)
    }

    /// Looks accounts up that are neither known nor known to be unknown.
    async fn look_up(&mut self, dids: Dids) {
        let verifier = self.verifier;
        let new = dids.into_iter().filter(|did| {
            !self.evidence.accounts.contains_key(did) && !self.unknown.contains_key(did)
        });
        let new: Vec<Did> = new.collect();
        let ask = |did: Did| async move {
            let known = Known::look_up(verifier, &did).await;
            (did, known)
        };
        let mut answers = stream::iter(new.into_iter().map(ask)).buffer_unordered(AT_ONCE);
        while let Some((did, known)) = answers.next().await {
            match known {
                Ok(known) => drop(self.evidence.accounts.insert(did, known)),
                Err(reason) => drop(self.unknown.insert(did, reason)),
            }
        }
    }

    /// What came of asking, in the order of the addresses.
    async fn ask(&mut self, uris: BTreeSet<AtUri>) -> BTreeMap<AtUri, Answer> {
        let verifier = self.verifier;
        let (accounts, unknown) = (&self.evidence.accounts, &self.unknown);
        let ask = |uri: AtUri| async move {
            let answer = ask_one(verifier, accounts, unknown, &uri).await;
            (uri, answer)
        };
        let mut asked = stream::iter(uris.into_iter().map(ask)).buffer_unordered(AT_ONCE);
        let mut answers = BTreeMap::new();
        while let Some((uri, answer)) = asked.next().await {
            self.progress.done += 1;
            (self.told)(self.progress);
            answers.insert(uri, answer);
        }
        answers
    }

    fn take(
        &mut self,
        uri: AtUri,
        proven: Proven,
        blocks: Vec<Block>,
        next: &mut BTreeSet<AtUri>,
    ) -> Result<(), MakeError> {
        for (cid, bytes) in blocks {
            let len = bytes.len();
            if self.evidence.stock.insert(cid, bytes).is_none() {
                self.held += len;
            }
        }
        if self.held > self.options.limits.held {
            return Err(MakeError::TooLarge(self.options.limits.held));
        }
        let distance = self.distance.get(&uri).copied().unwrap_or_default();
        let keys = proven.value.as_ref().map(|value| wanted(value).keys).unwrap_or_default();
        self.attesters.extend(keys.iter().map(|key| key.did().clone()));
        if let Some(value) = proven.value.as_ref().filter(|_| distance < MAX_STEPS) {
            for link in links(value) {
                if belongs(&uri, value, &link.uri, self.subject) {
                    self.want(&link.uri, distance + 1, next)?;
                }
            }
        }
        self.evidence.missing.remove(uri.as_str());
        self.evidence.records.insert(uri, proven);
        Ok(())
    }

    /// A record that was there and is not any more is missing like any other.
    fn miss(&mut self, uri: &AtUri, why: Unproven) {
        let reason = match why {
            Unproven::Because(reason) => reason,
            Unproven::OtherKey => Reason::NotProven,
        };
        self.evidence.records.remove(uri);
        self.evidence.missing.insert(uri.to_string(), reason);
    }

    /// Forgets an account whose key has changed, once; it will be looked up again.
    fn renew(&mut self, uri: &AtUri) -> bool {
        let Some(did) = uri.did() else { return false };
        let first = self.renewed.insert(did.clone());
        if first {
            self.evidence.accounts.remove(&did);
        }
        first || !self.evidence.accounts.contains_key(&did)
    }

    /// The records that another commit proves than the newest of their repository, or another key
    /// than the account has now.
    fn outdated(&self) -> BTreeSet<AtUri> {
        let mut newest = BTreeMap::new();
        for proven in self.evidence.records.values() {
            let head = newest.entry(&proven.did).or_insert((proven.rev, proven.commit));
            *head = (*head).max((proven.rev, proven.commit));
        }
        let is_outdated = |proven: &Proven| {
            let newer = newest.get(&proven.did).is_some_and(|head| head.1 != proven.commit);
            newer || !self.has_key_of(proven)
        };
        let records = self.evidence.records.iter();
        records.filter(|(_, proven)| is_outdated(proven)).map(|(uri, _)| uri.clone()).collect()
    }

    fn has_key_of(&self, proven: &Proven) -> bool {
        let known = self.evidence.accounts.get(&proven.did);
        known.and_then(|known| known.repository().ok()).is_some_and(|(key, _)| *key == proven.key)
    }

    async fn blobs(&mut self) -> Result<(), MakeError> {
        let shown: Vec<_> = (self.evidence.records.values())
            .flat_map(|proven| {
                let blobs = proven.value.as_ref().map(blobs_in).unwrap_or_default();
                blobs.into_iter().map(|blob| (proven.did.clone(), blob))
            })
            .collect();
        self.progress.known += shown.len();
        let limits = self.options.limits;
        for (did, blob) in shown {
            self.progress.done += 1;
            (self.told)(self.progress);
            let Some(known) = self.evidence.accounts.get(&did) else { continue };
            if self.evidence.blobs.holds(&blob.cid) {
                continue;
            }
            let room = limits.blobs.saturating_sub(self.evidence.blobs.bytes());
            let limit = room.min(limits.blob as u64);
            match fetch::blob(self.verifier, known, &did, &blob, limit).await {
                Ok(bytes) => {
                    self.evidence.missing.remove(&blob.cid.to_string());
                    self.evidence.blobs.keep(blob.cid, &bytes)?;
                }
                Err(reason) => drop(self.evidence.missing.insert(blob.cid.to_string(), reason)),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Bundle, MakeError> {
        let Some(proven) = self.evidence.records.get(self.subject) else {
            let reason = self.evidence.missing.get(self.subject.as_str());
            let reason = reason.copied().unwrap_or(Reason::NotProven);
            return Err(MakeError::Subject { uri: self.subject.clone(), reason });
        };
        let subject = Subject { uri: self.subject.clone(), cid: proven.cid };
        let mut needed = self.attesters;
        needed.extend(self.evidence.records.values().map(|proven| proven.did.clone()));
        self.evidence.accounts.retain(|did, _| needed.contains(did));
        let bundle = Bundle::assemble(subject, self.evidence);
        let limit = self.options.limits.held;
        if bundle.held() > limit { Err(MakeError::TooLarge(limit)) } else { Ok(bundle) }
    }
}

type Answer = Result<(Proven, Vec<Block>), Unproven>;

async fn ask_one(
    verifier: &Verifier,
    accounts: &BTreeMap<Did, Known>,
    unknown: &BTreeMap<Did, Reason>,
    uri: &AtUri,
) -> Answer {
    let (did, path) = address(uri).ok_or(Unproven::Because(Reason::NotThere))?;
    let Some(known) = accounts.get(&did) else {
        let reason = unknown.get(&did).copied().unwrap_or(Reason::IdentityUnreachable);
        return Err(Unproven::Because(reason));
    };
    fetch::record(verifier, known, &did, &path).await
}

/// Whether what a record points at belongs to the subject's evidence. Other claims do not, nor what
/// a collection or board lists: those are hypercerts of their own.
fn belongs(from: &AtUri, record: &Value, to: &AtUri, subject: &AtUri) -> bool {
    let listed = from != subject && from.collection().is_some_and(|nsid| is_list(&nsid, record));
    let claim = to.collection().is_some_and(|nsid| is_claim(&nsid));
    !listed && !claim
}

fn is_claim(collection: &Nsid) -> bool {
    nsid::current(collection, &Value::Null) == Some(nsid::ACTIVITY)
}

fn is_list(collection: &Nsid, record: &Value) -> bool {
    let today = nsid::current(collection, record);
    matches!(today, Some(nsid::COLLECTION | nsid::BOARD))
}
