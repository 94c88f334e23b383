//! Questions to the index. A [`Reader`] is cheap to clone and may be used from any task.

use std::sync::Arc;

use hypercerts_identity::Resolver;
use hypercerts_lexicon::{AtIdentifier, AtUri};

use crate::attest::Attestor;
use crate::error::IndexError;
use crate::ingest::Live;
use crate::query::{self, ListQuery};
use crate::store::ReadPool;
use crate::view::{ActorView, Hypercert, Overlaps, Page, RecordPicture, Status, Summary};

/// Answers questions from a consistent snapshot each. The queries run on blocking threads, are bounded
/// in number and time, and never wait for the writer.
#[derive(Clone)]
pub struct Reader {
    pool: Arc<ReadPool>,
    live: Arc<Live>,
    attestor: Attestor,
}

impl Reader {
    pub(crate) fn new(pool: Arc<ReadPool>, live: Arc<Live>, resolver: Resolver) -> Self {
        let attestor = Attestor { pool: pool.clone(), resolver };
        Self { pool, live, attestor }
    }

    /// The full picture of a claim; `None` when no claim that can be shown has this URI.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn hypercert(&self, uri: &AtUri) -> Result<Option<Hypercert>, IndexError> {
        let uri = uri.clone();
        let mut found = self.pool.read(move |db| query::hypercert(db, &uri)).await?;
        if let Some(hypercert) = &mut found {
            self.attestor.check_hypercert(hypercert).await?;
        }
        Ok(found)
    }

    /// Claims, newest first.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn list(&self, query: ListQuery) -> Result<Page<Summary>, IndexError> {
        self.pool.read(move |db| query::list(db, &query)).await
    }

    /// At most `limit` claims (and never more than 50), those first that were evaluated last.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn recently_evaluated(&self, limit: usize) -> Result<Vec<Summary>, IndexError> {
        self.pool.read(move |db| query::recently_evaluated(db, limit)).await
    }

    /// The claims that may speak of the same work as one; `None` when no claim that can be shown has this URI.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn overlaps(&self, uri: &AtUri) -> Result<Option<Overlaps>, IndexError> {
        let uri = uri.clone();
        self.pool.read(move |db| query::overlaps(db, &uri)).await
    }

    /// Any stored record, with its links both ways.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn record(&self, uri: &AtUri) -> Result<Option<RecordPicture>, IndexError> {
        let uri = uri.clone();
        let mut found = self.pool.read(move |db| query::record(db, &uri)).await?;
        if let Some(picture) = &mut found {
            self.attestor.check_record(picture).await?;
        }
        Ok(found)
    }

    /// An account by its DID or its handle.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn actor(&self, actor: &AtIdentifier) -> Result<Option<ActorView>, IndexError> {
        let actor = actor.clone();
        self.pool.read(move |db| query::actor(db, &actor)).await
    }

    /// What the index follows, holds and refused.
    ///
    /// # Errors
    /// When the database fails or the query takes too long.
    pub async fn status(&self) -> Result<Status, IndexError> {
        let live = self.live.snapshot();
        self.pool.read(move |db| query::status(db, &live)).await
    }
}
