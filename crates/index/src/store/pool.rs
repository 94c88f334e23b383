//! Connections for readers: bounded in number, and each query bounded in time.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, InterruptHandle};
use tokio::sync::{Semaphore, oneshot};

use crate::error::IndexError;
use crate::store::open_reader;

/// Reading connections, opened when needed and kept.
pub(crate) struct ReadPool {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
    time: Duration,
}

impl ReadPool {
    /// A pool of at most `size` connections to `file`, whose queries may take `time`.
    pub(crate) fn new(file: PathBuf, size: usize, time: Duration) -> Self {
        Self { file, idle: Mutex::new(Vec::new()), permits: Semaphore::new(size), time }
    }

    /// Runs `query` on a blocking thread, inside one read transaction.
    pub(crate) async fn read<T: Send + 'static>(
        self: &std::sync::Arc<Self>,
        query: impl FnOnce(&Connection) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let permit = tokio::time::timeout(self.time, self.permits.acquire())
            .await
            .map_err(|_| IndexError::TooSlow(self.time))?;
        let _permit = permit.map_err(|_| IndexError::Stopped)?;
        let pool = self.clone();
        let (started, handle) = oneshot::channel();
        let work = tokio::task::spawn_blocking(move || pool.run(started, query));
        let guard = InterruptAfter::new(handle, self.time);
        let answer = work.await.map_err(|_| IndexError::Stopped)?;
        drop(guard);
        answer
    }

    fn run<T>(
        &self,
        started: oneshot::Sender<InterruptHandle>,
        query: impl FnOnce(&Connection) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        let db = self.take()?;
        // The receiver is gone when the asker gave up; the query then simply runs to its end.
        let _ = started.send(db.get_interrupt_handle());
        let snapshot = db.unchecked_transaction()?;
        let answer = query(&snapshot).map_err(|error| self.name_interrupt(error));
        drop(snapshot);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        answer
    }

    fn take(&self) -> Result<Connection, IndexError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| open_reader(&self.file), Ok)
    }

    fn name_interrupt(&self, error: IndexError) -> IndexError {
        match &error {
            IndexError::Database(cause)
                if cause.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
            {
                IndexError::TooSlow(self.time)
            }
            _ => error,
        }
    }
}

/// Interrupts a query once its time is over; dropping it calls the interruption off.
struct InterruptAfter(tokio::task::JoinHandle<()>);

impl InterruptAfter {
    fn new(handle: oneshot::Receiver<InterruptHandle>, time: Duration) -> Self {
        Self(tokio::spawn(async move {
            if let Ok(handle) = handle.await {
                tokio::time::sleep(time).await;
                handle.interrupt();
            }
        }))
    }
}

impl Drop for InterruptAfter {
    fn drop(&mut self) {
        self.0.abort();
    }
}
