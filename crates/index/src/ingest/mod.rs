//! Following repositories: from bytes that strangers send to records that are stored.
//!
//! ```text
//! source ──▶ inbox ──▶ keeper: one turn = one transaction
//! source ──▶   ▲         judge (all cores) → records, heads, refusals, cursors
//!              │         accounts that cannot be followed are due in the database
//!              └── jobs: look up the identity, fetch and verify the repository
//! ```
//!
//! [`source`] and [`listing`] read hosts; [`keeper`] is the only thread that writes, a [`turn`] at a time;
//! [`judge`] decides what to believe; [`jobs`] and [`fetch`] do what waits for the network; [`import`]
//! brings a repository from a file. Verification itself is left to `hypercerts-repo`.

mod fetch;
mod held;
mod import;
mod input;
mod jobs;
mod judge;
mod keeper;
mod listing;
mod live;
mod outcomes;
mod parallel;
mod prepare;
mod rejudge;
mod source;
mod turn;

use std::collections::HashMap;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use axum::Router;
use hypercerts_lexicon::{Did, Tid};
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::config::{IndexConfig, SourceConfig};
use crate::error::IndexError;
use crate::reader::Reader;
use crate::store::sources::Source;
use crate::store::{self, ReadPool, Terms, sources};
use fetch::Fetcher;
use held::Held;
use input::{Inbox, Input, Origin, host_key};
use jobs::Jobs;
use keeper::Keeper;
pub(crate) use live::{Live, SourceLive};
use prepare::Kept;
pub(crate) use prepare::targets;
use rejudge::Rejudge;
use source::Follower;

/// How many inputs wait for the keeper. Their bytes are bounded for each source besides.
const INBOX: usize = 4096;

/// An open index.
///
/// The thread that writes runs from the moment it is opened until [`Index::run`] returns or the index is
/// dropped. Everything takes `&self`; questions go to a [`Reader`].
pub struct Index {
    config: IndexConfig,
    followed: Vec<(SourceConfig, Source, Arc<Origin>)>,
    reader: Reader,
    live: Arc<Live>,
    fetcher: Arc<Fetcher>,
    inbox: Inbox,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

/// What came of taking in one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    pub did: Did,
    /// The revision up to which the repository is known now.
    pub rev: Option<Tid>,
    /// What was brought is not newer than that, by its own word; none of it was read, so none was checked.
    pub not_newer: bool,
    /// New and changed records that were stored.
    pub stored: u64,
    pub unchanged: u64,
    pub deleted: u64,
    /// How many of the stored ones do not fit their schema.
    pub invalid: u64,
    /// Records of collections that this index does not keep.
    pub not_kept: u64,
    /// Records whose bytes are no data.
    pub unreadable: u64,
}

impl ImportReport {
    fn new(did: Did) -> Self {
        Self {
            did,
            rev: None,
            not_newer: false,
            stored: 0,
            unchanged: 0,
            deleted: 0,
            invalid: 0,
            not_kept: 0,
            unreadable: 0,
        }
    }
}

impl Index {
    /// Opens the index in `config.data_dir`, creating it when there is none. Must be called within a
    /// Tokio runtime.
    ///
    /// # Errors
    /// When the database cannot be opened, or was written by a newer version.
    pub fn open(config: IndexConfig) -> Result<Self, IndexError> {
        prepare_directories(&config.data_dir)?;
        let file = config.data_dir.join(store::FILE_NAME);
        let db = store::open_writer(&file, config.limits.database_bytes)
            .map_err(|error| error.in_folder(&config.data_dir))?;
        let followed = config.sources.iter().map(|source| register(&db, source));
        let followed = followed.collect::<Result<Vec<_>, IndexError>>()?;
        let pool = ReadPool::new(file.clone(), config.limits.queries, config.limits.query_time);
        let live = Arc::new(Live::default());
        let (inbox, received) = mpsc::channel(INBOX);
        let (stop, stopping) = watch::channel(false);
        let kept = Kept::new(config.kept_prefixes.clone());
        let fetcher = Arc::new(Fetcher::new(&config, kept.clone(), file, &inbox));
        let keeper = Keeper {
            db,
            terms: Terms::default(),
            kept,
            schemas: config.schemas.clone(),
            rejudge: Rejudge::new(config.schemas.clone()),
            limits: config.limits.clone(),
            live: live.clone(),
            inbox: received,
            stopping,
            held: Held::new(config.limits.held_bytes),
            jobs: Jobs::new(fetcher.clone(), Handle::current()),
            followed: followed.iter().map(|(_, _, origin)| origin.clone()).collect(),
            following: false,
            waiters: HashMap::new(),
        };
        let ended = start(keeper)?;
        let reader = Reader::new(Arc::new(pool), live.clone(), config.resolver.clone());
        Ok(Self { config, followed, reader, live, fetcher, inbox, stop, ended })
    }

    /// Follows the sources until `shutdown` is ready, then stores what arrived and stops writing.
    /// Afterwards only questions are answered.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut followers = JoinSet::new();
        // An error means that the writing thread has ended, which is seen below.
        let _ = self.inbox.send(Input::Following).await;
        for (config, stored, origin) in &self.followed {
            followers.spawn(self.follower(config, stored, origin).follow());
        }
        let mut ended = self.ended.clone();
        tokio::select! {
            () = shutdown => {}
            _ = ended.wait_for(|ended| *ended) => tracing::error!("the index has stopped writing"),
        }
        followers.shutdown().await;
        self.close().await;
    }

    /// Stops the writing thread and waits for it.
    pub async fn close(&self) {
        self.stop.send_replace(true);
        let mut ended = self.ended.clone();
        // An error means that the thread is gone, which is what is waited for.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    fn follower(&self, config: &SourceConfig, stored: &Source, origin: &Arc<Origin>) -> Follower {
        Follower {
            origin: origin.clone(),
            url: config.url.clone(),
            cursor: stored.cursor.unwrap_or(0),
            listed: stored.listed,
            http: self.config.http.clone(),
            inbox: self.inbox.clone(),
            live: self.live.clone(),
            limits: self.config.limits.clone(),
        }
    }

    /// Answers questions.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The same answers as XRPC methods, `/xrpc/rs.hypercerts.index.*`.
    pub fn router(&self) -> Router {
        crate::xrpc::router(self.reader())
    }

    /// Fetches the repository of an account from its PDS and takes it in.
    ///
    /// # Errors
    /// [`IndexError::Repository`] when its identity cannot be resolved, or its repository cannot be
    /// fetched or does not verify. The account is tried again later.
    pub async fn import_did(&self, did: &Did) -> Result<ImportReport, IndexError> {
        let (reply, answer) = oneshot::channel();
        let wanted = Input::Wanted { did: did.clone(), reply };
        self.inbox.send(wanted).await.map_err(|_| IndexError::Stopped)?;
        answer.await.map_err(|_| IndexError::Stopped)?
    }

    /// Takes in a repository from a CAR file. The identity is that of the DID in its commit, looked up
    /// now; the signature must be by its current key.
    ///
    /// # Errors
    /// [`IndexError::NotARepository`] when the file holds none, [`IndexError::Identity`] when its DID
    /// cannot be resolved, [`IndexError::Repository`] when it does not verify.
    pub async fn import_car(&self, path: &Path) -> Result<ImportReport, IndexError> {
        import::import_car(&self.fetcher, &self.inbox, path).await
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Creates the data directory, and empties the place for repositories on their way in.
fn prepare_directories(data_dir: &Path) -> Result<(), IndexError> {
    let spool = data_dir.join("spool");
    fs::create_dir_all(&spool)?;
    Ok(())
}

fn register(
    db: &rusqlite::Connection,
    source: &SourceConfig,
) -> Result<(SourceConfig, Source, Arc<Origin>), IndexError> {
    let host = host_key(&source.url);
    let stored = sources::register(db, &host, source.kind)?;
    let origin = Origin { id: stored.id, url: host.clone(), host, kind: source.kind };
    Ok((source.clone(), stored, Arc::new(origin)))
}

/// Starts the writing thread; the receiver tells when it has ended.
fn start(keeper: Keeper) -> Result<watch::Receiver<bool>, IndexError> {
    let (end, ended) = watch::channel(false);
    thread::Builder::new().name(String::from("index-keeper")).spawn(move || {
        keeper.run();
        end.send_replace(true);
    })?;
    Ok(ended)
}
