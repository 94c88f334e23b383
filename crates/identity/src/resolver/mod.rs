//! From a DID or a handle to an identity that can be relied on, remembered for a while.
//!
//! - A *DID* leads to a document: from a did:plc directory, or from the host a did:web names.
//! - A *handle* leads to a DID: by a DNS record, or by a file the handle's host serves.
//! - An account has a handle only if both point at each other ([`Identity::handle`]).
//!
//! Answers are kept for a set time from when they were got, failures for a short one, and many who ask for the same
//! at once cause one lookup. Deciding when to look again ([`Resolver::refresh`]) is left to the callers.

mod cache;
mod did;
mod dns;
mod error;
mod handle;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hypercerts_lexicon::{AtIdentifier, Did, DidMethod, Handle};
use hypercerts_repo::keys::PublicKey;
use url::Url;

use crate::DidDocument;
use crate::net::HttpClient;
use crate::plc::{self, VerifiedLog};
use cache::Cache;
use dns::{Answer, Dns};
pub use error::ResolveError;
use handle::HandleLookup;

/// How identities are found.
#[derive(Debug, Clone)]
pub struct ResolverConfig {
    /// The did:plc directory.
    pub plc_url: Url,
    /// The client for lookups over HTTP. did:web on `localhost` needs one that allows private addresses.
    pub http: HttpClient,
    /// The client for the directory. Whoever runs this has named that, so it may reach further than [`http`](Self::http),
    /// which strangers lead to hosts of their choice.
    pub plc_http: HttpClient,
    /// Handles of a private network, which are asked of its servers instead of the internet.
    pub handle_hosts: Vec<HandleHost>,
    /// The name servers to ask; the machine's own when there are none here.
    pub name_servers: Vec<SocketAddr>,
    /// How long an answer is kept.
    pub ttl: Duration,
    /// How long a failure is kept, and an account whose handle could not be verified.
    pub negative_ttl: Duration,
    /// How many identities, and how many handles, are kept at most.
    pub capacity: u64,
}

/// A server that answers for handles by their `Host`, under whatever address it has.
#[derive(Debug, Clone)]
pub struct HandleHost {
    /// What the handles end in, such as `.test`.
    pub suffix: String,
    /// Where their server is.
    pub base: Url,
}

impl ResolverConfig {
    /// The usual times and sizes.
    pub fn new(plc_url: Url, http: HttpClient) -> Self {
        Self {
            plc_url,
            plc_http: http.clone(),
            http,
            handle_hosts: Vec::new(),
            name_servers: Vec::new(),
            ttl: Duration::from_secs(60 * 60),
            negative_ttl: Duration::from_secs(10),
            capacity: 100_000,
        }
    }

    /// Asks this server for handles that end in `suffix`.
    #[must_use]
    pub fn with_handle_host(mut self, suffix: impl Into<String>, base: Url) -> Self {
        self.handle_hosts.push(HandleHost { suffix: suffix.into(), base });
        self
    }
}

/// An account, as its DID document describes it. Only a [`Resolver`] makes one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Identity {
    /// Who it is.
    pub did: Did,
    /// Its handle, if the document claims it *and* the handle's domain points back at the DID.
    pub handle: Option<Handle>,
    /// The origin of its PDS.
    pub pds: Url,
    /// The key that signs its repository.
    pub key: PublicKey,
    /// The whole document.
    pub document: DidDocument,
}

/// Finds identities and remembers them. Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub struct Resolver {
    inner: Arc<Inner>,
}

struct Inner {
    http: HttpClient,
    plc: plc::Client,
    dns: Dns,
    lookup: HandleLookup,
    identities: Cache<Did, Arc<Identity>>,
    handles: Cache<Handle, Did>,
    documents: Cache<Did, Arc<DidDocument>>,
}

/// Whether what is remembered may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Remembered,
    New,
}

impl Resolver {
    /// A resolver that remembers nothing yet.
    ///
    /// # Errors
    /// [`ResolveError::Setup`] when the machine's name servers cannot be found out.
    pub fn new(config: ResolverConfig) -> Result<Self, ResolveError> {
        let ResolverConfig {
            plc_url,
            http,
            plc_http,
            handle_hosts,
            name_servers,
            ttl,
            negative_ttl,
            capacity,
        } = config;
        let keep = cache::Keep { ttl, negative_ttl, capacity };
        let dns = Dns::new(&name_servers)?;
        let inner = Inner {
            plc: plc::Client::new(plc_http, plc_url),
            lookup: HandleLookup::new(http.clone(), dns.clone(), handle_hosts),
            dns,
            http,
            identities: Cache::new(keep, |identity: &Arc<Identity>| identity.is_settled()),
            handles: Cache::new(keep, |_| true),
            documents: Cache::new(keep, |_| true),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The client of the did:plc directory.
    pub fn plc(&self) -> &plc::Client {
        &self.inner.plc
    }

    /// The client that everything is looked up with.
    pub fn http(&self) -> &HttpClient {
        &self.inner.http
    }

    /// The identity of a DID.
    pub async fn resolve_did(&self, did: &Did) -> Result<Arc<Identity>, ResolveError> {
        self.inner.identities.get(did, || self.look_up(did, Freshness::Remembered)).await
    }

    /// The DID a handle points at. Whether the DID claims the handle back is not asked here; see [`resolve`](Self::resolve).
    pub async fn resolve_handle(&self, handle: &Handle) -> Result<Did, ResolveError> {
        self.inner.handles.get(handle, || self.inner.lookup.find(handle)).await
    }

    /// The DID that the one TXT record `did=…` at a domain names, asked for anew.
    ///
    /// # Errors
    /// [`ResolveError::NotNamed`] when there is no such record or more than one,
    /// [`ResolveError::NameUnreachable`] when no name server answers.
    pub async fn resolve_txt(&self, domain: &str) -> Result<Did, ResolveError> {
        match self.inner.dns.did_at(domain).await {
            Answer::Found(did) => Ok(did),
            Answer::Nothing => Err(ResolveError::NotNamed(domain.to_owned())),
            Answer::Failed(reason) => {
                Err(ResolveError::NameUnreachable { domain: domain.to_owned(), reason })
            }
        }
    }

    /// The document of a DID, be it that of an account or not, remembered like an identity.
    pub async fn document(&self, did: &Did) -> Result<Arc<DidDocument>, ResolveError> {
        let fetch = || async { self.fetch_document(did).await.map(Arc::new) };
        self.inner.documents.get(did, fetch).await
    }

    /// The document of a DID, fetched anew. Whether its handle leads back is not asked.
    pub async fn fetch_document(&self, did: &Did) -> Result<DidDocument, ResolveError> {
        self.inner.document(did).await
    }

    /// The identity behind a DID or a handle. A handle counts only if its DID claims it back.
    pub async fn resolve(&self, name: &AtIdentifier) -> Result<Arc<Identity>, ResolveError> {
        let handle = match name {
            AtIdentifier::Did(did) => return self.resolve_did(did).await,
            AtIdentifier::Handle(handle) => handle,
        };
        let identity = self.resolve_did(&self.resolve_handle(handle).await?).await?;
        match identity.document.claimed_handle().as_ref() == Some(handle) {
            true => Ok(identity),
            false => Err(ResolveError::HandleMismatch {
                handle: handle.clone(),
                did: identity.did.clone(),
            }),
        }
    }

    /// Looks a DID up anew, its handle included, whatever is remembered. Every call asks the network; callers that
    /// act on what strangers send have to limit how often they do.
    pub async fn refresh(&self, did: &Did) -> Result<Arc<Identity>, ResolveError> {
        let found = self.look_up(did, Freshness::New).await;
        self.inner.identities.put(did, found.clone()).await;
        let document = found.clone().map(|identity| Arc::new(identity.document.clone()));
        self.inner.documents.put(did, document).await;
        found
    }

    /// Looks a did:plc up anew without trusting the directory's word for it: the identity follows from the audit log,
    /// which is checked from the first operation on.
    ///
    /// # Errors
    /// [`ResolveError::UnsupportedMethod`] for a DID without a log, [`ResolveError::GivenUp`] for a tombstone,
    /// [`ResolveError::Directory`] for a log that does not hold.
    pub async fn resolve_verified(
        &self,
        did: &Did,
    ) -> Result<(Identity, VerifiedLog), ResolveError> {
        if !plc::is_plc_did(did) {
            return Err(ResolveError::UnsupportedMethod(did.clone()));
        }
        let log = self.inner.plc.verified_log(did).await?;
        let document = log.document().ok_or_else(|| ResolveError::GivenUp(did.clone()))?;
        Ok((self.identify(document, Freshness::New).await?, log))
    }

    /// The document of a did:web as its host serves it now, byte for byte, unchecked.
    ///
    /// # Errors
    /// [`ResolveError::UnsupportedMethod`] for a DID of another method.
    pub async fn served_document(&self, did: &Did) -> Result<Bytes, ResolveError> {
        match did.method() {
            DidMethod::Web => self.inner.served(did).await,
            _ => Err(ResolveError::UnsupportedMethod(did.clone())),
        }
    }

    /// The document of a DID, looked up anew, be it that of an account or not. That of a did:plc follows from its
    /// audit log; that of a did:web is what its host says now.
    ///
    /// # Errors
    /// As [`resolve_verified`](Self::resolve_verified), but for did:web.
    pub async fn verified_document(&self, did: &Did) -> Result<DidDocument, ResolveError> {
        if !plc::is_plc_did(did) {
            return self.inner.document(did).await;
        }
        let log = self.inner.plc.verified_log(did).await?;
        log.document().ok_or_else(|| ResolveError::GivenUp(did.clone()))
    }

    async fn look_up(
        &self,
        did: &Did,
        freshness: Freshness,
    ) -> Result<Arc<Identity>, ResolveError> {
        let document = self.inner.document(did).await?;
        Ok(Arc::new(self.identify(document, freshness).await?))
    }

    async fn identify(
        &self,
        document: DidDocument,
        freshness: Freshness,
    ) -> Result<Identity, ResolveError> {
        let (pds, key) = (document.pds()?, document.signing_key()?);
        let handle = self.verified_handle(&document, freshness).await;
        Ok(Identity { did: document.id().clone(), handle, pds, key, document })
    }

    async fn verified_handle(
        &self,
        document: &DidDocument,
        freshness: Freshness,
    ) -> Option<Handle> {
        let claimed = document.claimed_handle()?;
        let points_at = match freshness {
            Freshness::Remembered => self.resolve_handle(&claimed).await,
            Freshness::New => self.refresh_handle(&claimed).await,
        };
        (points_at.ok()? == *document.id()).then_some(claimed)
    }

    /// The DID a handle points at, asked for anew, whatever is remembered.
    pub async fn refresh_handle(&self, handle: &Handle) -> Result<Did, ResolveError> {
        let found = self.inner.lookup.find(handle).await;
        self.inner.handles.put(handle, found.clone()).await;
        found
    }
}

impl Identity {
    /// Its handle, or [`Handle::INVALID`] where none was verified.
    pub fn handle_text(&self) -> &str {
        self.handle.as_ref().map_or(Handle::INVALID, Handle::as_str)
    }

    /// Nothing about it waits to be verified.
    fn is_settled(&self) -> bool {
        self.handle.is_some() || self.document.claimed_handle().is_none()
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").field("plc", self.inner.plc.base()).finish_non_exhaustive()
    }
}
