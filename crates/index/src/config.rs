//! What an index is told before it starts.

use std::path::PathBuf;
use std::time::Duration;

use hypercerts_identity::Resolver;
use hypercerts_identity::net::HttpClient;
use hypercerts_records::nsid::NAMESPACES;
use hypercerts_schemas::Schemas;
use url::Url;

use crate::view::SourceKind;

/// Everything an [`Index`](crate::Index) needs.
#[derive(Clone)]
pub struct IndexConfig {
    /// A directory of the index's own; created when missing.
    pub data_dir: PathBuf,
    pub sources: Vec<SourceConfig>,
    pub resolver: Resolver,
    pub http: HttpClient,
    /// What records are judged by.
    pub schemas: Schemas,
    /// Collections whose names begin with one of these are kept, next to those of the catalogue.
    pub kept_prefixes: Vec<String>,
    pub limits: Limits,
}

impl IndexConfig {
    /// An index with the usual collections and limits.
    #[must_use]
    pub fn new(
        data_dir: impl Into<PathBuf>,
        sources: Vec<SourceConfig>,
        resolver: Resolver,
        http: HttpClient,
    ) -> Self {
        Self {
            data_dir: data_dir.into(),
            sources,
            resolver,
            http,
            schemas: Schemas::built_in(),
            kept_prefixes: NAMESPACES.map(String::from).to_vec(),
            limits: Limits::default(),
        }
    }
}

/// A host whose event stream is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceConfig {
    /// The host's origin: `https://host` or `wss://host` (`http`, `ws` on a private network).
    pub url: Url,
    pub kind: SourceKind,
}

impl SourceConfig {
    /// A PDS: believed only about the accounts whose DID documents name it.
    #[must_use]
    pub fn pds(url: Url) -> Self {
        Self { url, kind: SourceKind::Pds }
    }

    /// A relay: passes on what many hosts say. Its signatures are checked all the same.
    #[must_use]
    pub fn relay(url: Url) -> Self {
        Self { url, kind: SourceKind::Relay }
    }
}

/// Bounds on what anybody outside can make the index do or hold.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of events of one source that wait to be stored.
    pub queued_bytes_per_source: usize,
    /// Bytes of events of all accounts that wait for a repair to end.
    pub held_bytes: usize,
    /// Repositories fetched at a time, in all and from one host.
    pub repairs: usize,
    pub repairs_per_host: usize,
    /// The largest repository that is fetched or imported, in bytes of CAR.
    pub repo_bytes: u64,
    /// Bytes of one repository held in memory while it is verified; two are verified at a time.
    pub repo_buffer: usize,
    /// How long one repository may take to arrive.
    pub repo_time: Duration,
    /// Accounts without a verified identity that are kept waiting.
    pub pending_accounts: u64,
    /// Refusals remembered, in all and of one account.
    pub refusals: u64,
    pub refusals_per_account: u64,
    /// An identity is not looked up again so soon on the word of a host that is not the account's own.
    pub identity_rest: Duration,
    /// The first and the longest pause before another attempt, at a repair or a connection.
    pub retry_first: Duration,
    pub retry_longest: Duration,
    /// Bytes the database may grow to; `None`: as large as the disk allows. Reaching it is like a full disk:
    /// nothing more is taken in until there is room, and questions are answered all the same.
    pub database_bytes: Option<u64>,
    /// Earlier versions kept of one record, the bytes of their contents, and the bytes of all contents of
    /// earlier versions. Beyond, what is oldest is dropped.
    pub versions_per_record: u32,
    pub version_bytes_per_record: u64,
    pub version_bytes: u64,
    /// How long one query may take.
    pub query_time: Duration,
    /// Queries answered at a time.
    pub queries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queued_bytes_per_source: 16 << 20,
            held_bytes: 32 << 20,
            repairs: 8,
            repairs_per_host: 4,
            repo_bytes: 1 << 30,
            repo_buffer: 32 << 20,
            repo_time: Duration::from_secs(10 * 60),
            pending_accounts: 100_000,
            refusals: 10_000,
            refusals_per_account: 100,
            identity_rest: Duration::from_secs(60),
            retry_first: Duration::from_secs(1),
            retry_longest: Duration::from_secs(60 * 60),
            database_bytes: None,
            versions_per_record: 50,
            version_bytes_per_record: 1 << 20,
            version_bytes: 1 << 30,
            query_time: Duration::from_secs(5),
            queries: 8,
        }
    }
}
