//! A running server: everything the methods share, and its beginning and end.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use hypercerts_lexicon::{Did, RecordKey, Tid};
use hypercerts_xrpc::Tokens;
use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;

use crate::account::handles::HandleDomains;
use crate::account::hashing::Hasher;
use crate::account::lookup::Accounts;
use crate::account::throttle::LoginThrottle;
use crate::blob_store::BlobStore;
use crate::config::PdsConfig;
use crate::error::OpenError;
use crate::limits::{Limits, Network, Turns};
use crate::oauth::OAuth;
use crate::outbox::Outbox;
use crate::store::Store;
use crate::vault::{self, Vault};
use crate::webauthn::Challenges;
use crate::{api, crawl, mail, upkeep};

/// Whole repositories that are sent at the same time: to one network, and in all.
const EXPORTS: (usize, usize) = (4, 16);
/// Repositories that are taken in at the same time.
const IMPORTS: usize = 2;
/// Calls that go on to other services at the same time: of one account, and in all.
const PROXIED: (usize, usize) = (32, 1024);
/// Readers of the stream at the same time: in one network, and in all.
const SUBSCRIBERS: (usize, usize) = (32, 2048);

/// A Personal Data Server.
pub struct Pds {
    server: Arc<Server>,
    background: [JoinHandle<()>; 3],
    /// Held as long as the server lives, so that no second one uses the directory.
    _lock: File,
}

/// What the methods share.
pub(crate) struct Server {
    pub config: PdsConfig,
    pub did: Did,
    pub domains: HandleDomains,
    pub store: Store,
    pub outbox: Arc<Outbox>,
    pub vault: Arc<Vault>,
    pub tokens: Tokens,
    pub hasher: Hasher,
    pub throttle: LoginThrottle,
    pub limits: Limits,
    pub oauth: OAuth,
    pub challenges: Challenges,
    pub accounts: Accounts,
    pub blobs: BlobStore,
    pub exports: Turns<Network>,
    pub imports: Semaphore,
    /// Who is sending a repository to take in: each their own, one at a time.
    pub arrivals: Turns<Did>,
    pub proxied: Turns<Did>,
    /// Tells the mailer that there is something to send.
    pub mail_posted: Notify,
    pub subscribers: Turns<Network>,
    /// Becomes true when the server shuts down.
    pub stopping: watch::Sender<bool>,
    newest_key: AtomicU64,
}

impl Pds {
    /// Opens the data directory, creating it if needed, and begins background work. Call within a
    /// Tokio runtime.
    ///
    /// # Errors
    /// When the directory, the master key or the database cannot be used, another server uses
    /// them, or the configuration makes no sense.
    pub fn open(config: PdsConfig) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::DataDirectory { path: config.data_dir.clone(), source };
        fs::create_dir_all(&config.data_dir).map_err(unusable)?;
        let lock = lock(&config.data_dir)?;
        let server = Arc::new(Server::open(config)?);
        let smtp = mail::sending::transport(&server)?;
        let background = [
            tokio::spawn(mail::sending::run(Arc::clone(&server), smtp)),
            tokio::spawn(upkeep::run(Arc::clone(&server))),
            tokio::spawn(crawl::run(Arc::clone(&server))),
        ];
        Ok(Self { server, background, _lock: lock })
    }

    /// Everything the server answers to: XRPC methods, well-known files, a greeting.
    pub fn router(&self) -> Router {
        api::router(Arc::clone(&self.server))
    }

    /// Ends streams and background work, finishes the writes that were asked for, and closes the
    /// database. Requests that come later are answered with an error.
    pub async fn shutdown(self) {
        self.server.stopping.send_replace(true);
        self.background.iter().for_each(JoinHandle::abort);
        self.server.store.writer.stop().await;
    }
}

/// Fails if another process holds the lock; a lock of a process that was killed is free.
fn lock(data_dir: &Path) -> Result<File, OpenError> {
    let path = data_dir.join("lock");
    let unusable = |source| OpenError::DataDirectory { path: path.clone(), source };
    let file = File::create(&path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: data_dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

impl Server {
    fn open(config: PdsConfig) -> Result<Self, OpenError> {
        let did = config.server_did()?;
        let domains = HandleDomains::new(config.handle_domains.clone()).map_err(|domain| {
            OpenError::Config(format!("{domain} is no domain to give out handles under"))
        })?;
        let database = config.data_dir.join("pds.sqlite");
        let vault = Arc::new(Vault::open(&config.data_dir, !database.exists())?);
        let outbox = Arc::new(Outbox::new());
        let store = Store::open(&database, config.max_database_bytes, &vault, &outbox);
        let store = store.map_err(|error| match error {
            OpenError::Seal(why) => {
                OpenError::OtherMasterKey { path: config.data_dir.join(vault::FILE_NAME), why }
            }
            other => other,
        })?;
        let blobs = BlobStore::open(&config.data_dir, &config.blobs)?;
        Ok(Self {
            tokens: Tokens::new(&store.token_secret, did.clone()),
            accounts: Accounts::new(store.readers.clone()),
            hasher: Hasher::new().map_err(OpenError::Config)?,
            throttle: LoginThrottle::new(),
            limits: Limits::new(config.rate_limits),
            challenges: Challenges::new(),
            oauth: OAuth::new(&config.public_url, config.resolver.http().clone()),
            exports: Turns::new(EXPORTS.0, EXPORTS.1),
            imports: Semaphore::new(IMPORTS),
            arrivals: Turns::new(1, usize::MAX),
            proxied: Turns::new(PROXIED.0, PROXIED.1),
            mail_posted: Notify::new(),
            subscribers: Turns::new(SUBSCRIBERS.0, SUBSCRIBERS.1),
            stopping: watch::Sender::new(false),
            newest_key: AtomicU64::new(0),
            config,
            did,
            domains,
            store,
            outbox,
            vault,
            blobs,
        })
    }

    /// A record key for now, different from every one before.
    pub fn new_record_key(&self) -> RecordKey {
        let now = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(0);
        let before = self
            .newest_key
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |key| Some(now.max(key + 1)))
            .unwrap_or(0);
        let tid = Tid::new(now.max(before + 1), 0);
        RecordKey::parse(&tid.to_string()).expect("invariant: a TID is a record key")
    }
}
