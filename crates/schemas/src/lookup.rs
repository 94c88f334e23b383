//! One lookup: from an NSID to its published lexicon and all that it refers to.
//!
//! It goes a level of references at a time, many lexicons at once, and is all or nothing: a lexicon with a
//! part missing would find fault with good records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use hypercerts_identity::net::HttpClient;
use hypercerts_identity::{DidDocument, Resolver};
use hypercerts_lexicon::{Did, Nsid, RecordKey};
use hypercerts_repo::{Proof, PublicKey, RepoPath, verify_record};
use hypercerts_xrpc::client::XrpcClient;
use hypercerts_xrpc::nsid::sync;

use crate::document::Document;
use crate::error::LookupError;
use crate::limits::{MAX_PROOF_BYTES, NetworkLimits};
use crate::nsid;

/// Requests of one lookup that are under way together.
const AT_ONCE: usize = 8;

/// A lexicon whose publisher signed it.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub publisher: Did,
    pub document: Arc<Document>,
}

/// An account that an authority names as the publisher of its lexicons.
struct Publisher {
    did: Did,
    key: PublicKey,
    client: XrpcClient,
}

/// What a lookup works with and what it has found.
pub(crate) struct Lookup<'a> {
    pub resolver: &'a Resolver,
    pub http: &'a HttpClient,
    pub limits: &'a NetworkLimits,
    publishers: BTreeMap<String, Publisher>,
    found: BTreeMap<Nsid, Published>,
}

impl<'a> Lookup<'a> {
    pub fn new(resolver: &'a Resolver, http: &'a HttpClient, limits: &'a NetworkLimits) -> Self {
        Self { resolver, http, limits, publishers: BTreeMap::new(), found: BTreeMap::new() }
    }

    /// Finds the lexicon of `root`, and of what it leads to all that is not `known`.
    pub async fn run(
        mut self,
        root: &Nsid,
        known: impl Fn(&Nsid) -> bool,
    ) -> Result<Vec<Published>, LookupError> {
        let mut level = BTreeSet::from([root.clone()]);
        let mut depth = 0;
        while !level.is_empty() {
            if depth > self.limits.depth {
                return Err(LookupError::TooDeep(self.limits.depth));
            }
            if self.found.len() + level.len() > self.limits.documents_per_lookup {
                return Err(LookupError::TooMany(self.limits.documents_per_lookup));
            }
            level = self.level(level, root, &known).await?;
            depth += 1;
        }
        Ok(self.found.into_values().collect())
    }

    /// Finds these, and answers what they refer to.
    async fn level(
        &mut self,
        level: BTreeSet<Nsid>,
        root: &Nsid,
        known: impl Fn(&Nsid) -> bool,
    ) -> Result<BTreeSet<Nsid>, LookupError> {
        self.meet_publishers(&level).await.map_err(|(nsid, error)| of(root, nsid, error))?;
        let fetches = level.iter().map(|nsid| self.fetch(nsid));
        let documents: Vec<Published> = stream::iter(fetches.collect::<Vec<_>>())
            .buffered(AT_ONCE)
            .map_err(|(nsid, error)| of(root, nsid, error))
            .try_collect()
            .await?;
        let mut next = BTreeSet::new();
        for published in documents {
            next.extend(
                published.document.refers_to().iter().filter(|other| !known(other)).cloned(),
            );
            self.found.insert(published.document.id().clone(), published);
        }
        next.retain(|nsid| !self.found.contains_key(nsid));
        Ok(next)
    }

    async fn meet_publishers(&mut self, level: &BTreeSet<Nsid>) -> Result<(), (Nsid, LookupError)> {
        let unmet = level.iter().map(|nsid| (nsid.authority(), nsid));
        let unmet: BTreeMap<String, &Nsid> =
            unmet.filter(|(authority, _)| !self.publishers.contains_key(authority)).collect();
        let questions: Vec<_> = unmet
            .into_iter()
            .map(|(authority, nsid)| async {
                let publisher =
                    self.publisher(&authority).await.map_err(|error| (nsid.clone(), error))?;
                Ok((authority, publisher))
            })
            .collect();
        let met: Vec<_> = stream::iter(questions).buffered(AT_ONCE).try_collect().await?;
        self.publishers.extend(met);
        Ok(())
    }

    /// Who publishes the lexicons of exactly this authority; the domains above it are not asked.
    async fn publisher(&self, authority: &str) -> Result<Publisher, LookupError> {
        let did = self.resolver.resolve_txt(&format!("_lexicon.{authority}")).await;
        let did = did.map_err(LookupError::Authority)?;
        let document = self.resolver.fetch_document(&did).await.map_err(LookupError::Publisher)?;
        let place = |document: &DidDocument| Ok((document.signing_key()?, document.pds()?));
        let (key, pds) = place(&document).map_err(LookupError::Identity)?;
        Ok(Publisher { did, key, client: XrpcClient::new(self.http.clone(), pds) })
    }

    async fn fetch(&self, nsid: &Nsid) -> Result<Published, (Nsid, LookupError)> {
        let publisher = self.publishers.get(&nsid.authority());
        let publisher = publisher.expect("invariant: the publishers of a level are met first");
        publisher.publication(nsid).await.map_err(|error| (nsid.clone(), error))
    }
}

impl Publisher {
    /// The lexicon in the publisher's repository, if proof and signature hold.
    async fn publication(&self, nsid: &Nsid) -> Result<Published, LookupError> {
        let did = self.did.clone();
        let params = [("did", did.as_str()), ("collection", nsid::SCHEMA), ("rkey", nsid.as_str())];
        let proof = self.client.query_bytes(sync::GET_RECORD, &params, MAX_PROOF_BYTES).await;
        let proof = match proof {
            Ok(proof) => proof,
            Err(source) => return Err(LookupError::Fetch { did, source: Box::new(source) }),
        };
        let record = match verify_record(&proof, &did, &path_of(nsid), &self.key) {
            Ok(Proof::Present(record)) => record,
            Ok(Proof::Absent(_)) => return Err(LookupError::Absent { did }),
            Err(error) => return Err(LookupError::Proof { did, source: Arc::new(error) }),
        };
        match Document::of_record(&record, nsid) {
            Ok(document) => Ok(Published { publisher: did, document: Arc::new(document) }),
            Err(source) => Err(LookupError::Document { did, source: Box::new(source) }),
        }
    }
}

fn path_of(nsid: &Nsid) -> RepoPath {
    let collection = Nsid::parse(nsid::SCHEMA).expect("invariant: the constant is an NSID");
    let rkey = RecordKey::parse(nsid.as_str()).expect("invariant: an NSID is a record key");
    RepoPath::new(&collection, &rkey)
}

/// A failure at `nsid` as the failure of the lookup of `root`.
fn of(root: &Nsid, nsid: Nsid, error: LookupError) -> LookupError {
    match nsid == *root {
        true => error,
        false => LookupError::Reference { nsid, source: Box::new(error) },
    }
}
