//! Accounts by DID or handle.

use std::sync::Arc;
use std::time::Duration;

use hypercerts_lexicon::{AtIdentifier, Did, Handle};

use crate::account::status::inactive;
use crate::error::{Error, Refusal};
use crate::recent::Recent;
use crate::store::Readers;
use crate::store::accounts::{self, Account};

/// Accounts kept in memory.
const KEPT: usize = 10_000;
/// A row read just before a change may enter the cache just after it; not for longer than this.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Finds accounts of this server.
pub struct Accounts {
    readers: Readers,
    by_did: Recent<Did, Arc<Account>>,
}

impl Accounts {
    pub fn new(readers: Readers) -> Self {
        Self { readers, by_did: Recent::new(KEPT, KEPT_FOR) }
    }

    pub async fn by_did(&self, did: &Did) -> Result<Option<Arc<Account>>, Error> {
        if let Some(account) = self.by_did.get(did) {
            return Ok(Some(account));
        }
        let wanted = did.clone();
        let found =
            self.readers.read(move |connection| Ok(accounts::by_did(connection, &wanted)?)).await?;
        Ok(found.map(|account| self.keep(account)))
    }

    pub async fn by_handle(&self, handle: &Handle) -> Result<Option<Arc<Account>>, Error> {
        let wanted = handle.clone();
        let found = self
            .readers
            .read(move |connection| Ok(accounts::by_handle(connection, &wanted)?))
            .await?;
        Ok(found.map(|account| self.keep(account)))
    }

    pub async fn find(&self, who: &AtIdentifier) -> Result<Option<Arc<Account>>, Error> {
        match who {
            AtIdentifier::Did(did) => self.by_did(did).await,
            AtIdentifier::Handle(handle) => self.by_handle(handle).await,
        }
    }

    /// The account whose repository a request is about, be it served or not.
    pub async fn known(&self, who: &AtIdentifier) -> Result<Arc<Account>, Error> {
        let found = self.find(who).await?;
        Ok(found.ok_or_else(|| Refusal::RepoNotFound(who.to_string()))?)
    }

    /// The same, if the account is served to the world.
    pub async fn repo(&self, who: &AtIdentifier) -> Result<Arc<Account>, Error> {
        let account = self.known(who).await?;
        match account.status.is_active() {
            true => Ok(account),
            false => Err(inactive(&account).into()),
        }
    }

    /// Call after an account changed.
    pub fn forget(&self, did: &Did) {
        self.by_did.remove(did);
    }

    fn keep(&self, account: Account) -> Arc<Account> {
        let account = Arc::new(account);
        self.by_did.insert(account.did.clone(), Arc::clone(&account));
        account
    }
}
