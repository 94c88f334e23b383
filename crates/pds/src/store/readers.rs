//! Read-only connections, and the threads that use them.
//!
//! Short reads share a small pool. A read that lasts as long as its client likes, such as the
//! export of a repository, opens a connection of its own, so that slow clients cannot starve the
//! others; how many of those there may be is the caller's to bound.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{Semaphore, oneshot};

use crate::error::Error;
use crate::store::{StoreError, schema};

/// Reads that run at the same time.
const CONNECTIONS: usize = 8;

type Work = Box<dyn FnOnce(Result<&Connection, Error>) + Send>;

/// A pool of read-only connections. Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub fn new(path: PathBuf) -> Self {
        let permits = Arc::new(Semaphore::new(CONNECTIONS));
        Self { shared: Arc::new(Shared { path, idle: Mutex::default(), permits }) }
    }

    /// Runs `read` on one consistent snapshot of the database, away from the async threads.
    pub async fn read<T, F>(&self, read: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = move |lease: Result<&Connection, Error>| {
            // Whoever asked may have hung up.
            let _ = reply.send(lease.and_then(|connection| on_snapshot(connection, read)));
        };
        self.run(Box::new(work)).await?;
        answer.await.map_err(|_| StoreError::Panicked)?
    }

    /// One function for all reads: the machinery around a task is compiled once.
    async fn run(&self, work: Work) -> Result<(), Error> {
        let permits = Arc::clone(&self.shared.permits);
        let permit = permits.acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let shared = Arc::clone(&self.shared);
        let job = tokio::task::spawn_blocking(move || {
            match shared.lease() {
                Ok(lease) => work(Ok(lease.connection())),
                Err(error) => work(Err(error)),
            }
            drop(permit);
        });
        job.await.map_err(|_| StoreError::Panicked.into())
    }

    /// A connection outside the pool, for a read that may take long.
    pub fn dedicated(&self) -> Result<Connection, Error> {
        Ok(schema::open_for_reading(&self.shared.path)?)
    }
}

impl Shared {
    fn lease(&self) -> Result<Lease<'_>, Error> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_for_reading(&self.path)?,
        };
        Ok(Lease { shared: self, connection: Some(connection) })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // The list is whole after every push and pop, so a panic elsewhere cannot have broken it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection taken from the pool; it goes back when this is dropped, after a panic too.
struct Lease<'a> {
    shared: &'a Shared,
    connection: Option<Connection>,
}

impl Lease<'_> {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("invariant: taken only by drop")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.shared.idle().extend(self.connection.take());
    }
}

/// Without a transaction each statement would see a newer state than the one before it.
pub fn on_snapshot<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    read(&snapshot)
}
