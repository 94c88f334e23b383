//! The embedded did:plc directory, for networks of one's own.
//!
//! It speaks the HTTP interface of the public directory, holds every operation to the same rules, and keeps what it
//! takes in one SQLite database: an answer of success means that the operation is on disk. It has no rate limits and
//! no WebSocket export, which a network on one machine does not need.

mod error;
mod export;
mod routes;
mod store;

use std::path::Path;
use std::sync::Arc;

use hypercerts_lexicon::Did;

use crate::plc::SignedOperation;

pub use error::DirectoryError;
use store::Store;

/// A did:plc directory. Cheap to clone.
#[derive(Clone)]
pub struct Directory {
    store: Arc<Store>,
}

impl Directory {
    /// Opens the directory whose database is at `path`, and makes it if there is none. The folder has to exist.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        Ok(Self { store: Arc::new(Store::open(path)?) })
    }

    /// The HTTP interface.
    pub fn router(&self) -> axum::Router {
        routes::router(self.clone())
    }

    /// Takes an operation, if the rules allow it. Handing in the newest operation again changes nothing and succeeds,
    /// so that a client that missed the answer can repeat itself.
    ///
    /// # Errors
    /// [`DirectoryError::Refused`] with the rule it breaks.
    pub async fn submit(&self, did: Did, operation: SignedOperation) -> Result<(), DirectoryError> {
        self.with_store(move |store| store.submit(&did, operation)).await
    }

    /// Runs a query or a write where blocking is allowed.
    async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, DirectoryError> + Send + 'static,
    ) -> Result<T, DirectoryError> {
        let store = Arc::clone(&self.store);
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(DirectoryError::Interrupted(error.to_string())),
        }
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Directory")
    }
}
