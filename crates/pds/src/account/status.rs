//! Whether an account is served to the world, and telling followers when that changes.

use std::sync::Arc;

use hypercerts_repo::car::encode_car;
use hypercerts_xrpc::frames::{AccountEvent, AccountStatus, Event, IdentityEvent, SyncEvent};

use crate::account::credentials;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Account, Status};
use crate::store::{StoreError, WriteTx, oauth, repos};

/// Bytes a change of status writes, roughly.
const WEIGHT: usize = 4096;

/// The owner takes the account out of the world. Nothing is lost; only they can see it.
pub async fn deactivate(server: &Server, account: &Arc<Account>) -> Result<(), Error> {
    match account.status {
        Status::Active => set(server, account, Status::Deactivated).await,
        Status::Deactivated => Ok(()),
        Status::TakenDown | Status::Suspended => Err(inactive(account).into()),
    }
}

/// The owner brings it back, or into the world for the first time: its DID document has to name
/// this server and its key.
pub async fn activate(server: &Server, account: &Arc<Account>) -> Result<(), Error> {
    match account.status {
        Status::Active => return Ok(()),
        Status::Deactivated => credentials::require_fitting(server, account).await?,
        Status::TakenDown | Status::Suspended => return Err(inactive(account).into()),
    }
    set(server, account, Status::Active).await
}

/// Why nobody is served from an account that is not active.
pub fn inactive(account: &Account) -> Refusal {
    Refusal::Inactive { who: account.did.clone(), status: account.status }
}

/// Changes the status, whoever decided it, and tells followers. Apps have no business with an
/// account that is not active.
pub async fn set(server: &Server, account: &Account, status: Status) -> Result<(), Error> {
    let account = account.clone();
    let did = account.did.clone();
    let change = move |tx: &mut WriteTx<'_>| {
        accounts::set_status(tx.connection, account.id, status)?;
        if !status.is_active() {
            oauth::end_all(tx.connection, account.id)?;
        }
        announce(tx, &account, status)
    };
    server.store.writer.write(WEIGHT, change).await?;
    server.accounts.forget(&did);
    Ok(())
}

/// `#account`; of an account that is active again also `#identity` and `#sync`, as followers may
/// have missed anything.
fn announce(tx: &mut WriteTx<'_>, account: &Account, status: Status) -> Result<(), Error> {
    let did = || account.did.clone();
    let (active, time) = (status.is_active(), tx.datetime());
    let event = AccountEvent {
        did: did(),
        active,
        status: status.of_inactive().map(AccountStatus::from),
        time,
    };
    tx.emit(&Event::Account(event))?;
    if active {
        let (handle, time) = (Some(account.handle.clone()), tx.datetime());
        tx.emit(&Event::Identity(IdentityEvent { did: did(), handle, time }))?;
        announce_state(tx, account)?;
    }
    Ok(())
}

/// `#sync` with the commit that is the head.
fn announce_state(tx: &mut WriteTx<'_>, account: &Account) -> Result<(), StoreError> {
    let lost = || StoreError::Corrupt(format!("{} has no repository", account.did));
    let stored = repos::head(tx.connection, account.id)?.ok_or_else(lost)?;
    let commit = stored.head.commit;
    let blocks = encode_car(&commit, &[(commit, stored.block)]).into();
    let (rev, time) = (stored.head.rev, tx.datetime());
    tx.emit(&Event::Sync(SyncEvent { did: account.did.clone(), rev, blocks, time }))
}
