//! Whether an account is served to the world, and telling followers when that changes.

use hypercerts_repo::car::encode_car;
use hypercerts_xrpc::frames::{AccountEvent, AccountStatus, Event, IdentityEvent, SyncEvent};

use crate::account::{credentials, ways_in};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Account, Status};
use crate::store::{AccountId, StoreError, WriteTx, oauth, repos};

/// Bytes a change of status writes, roughly.
const WEIGHT: usize = 4096;

/// The owner takes the account out of the world. Nothing is lost; only they can see it. Of an
/// account that is taken down nobody notices before that is lifted.
pub async fn deactivate(server: &Server, account: &Account) -> Result<(), Error> {
    rest(server, account, |_, _| Ok(())).await
}

/// The same by an app, which leaves nothing to other programs.
pub async fn deactivate_by_app(server: &Server, account: &Account) -> Result<(), Error> {
    rest(server, account, |tx, id| Ok(ways_in::revoke_app_passwords(tx, id)?)).await
}

async fn rest(
    server: &Server,
    account: &Account,
    also: fn(&WriteTx<'_>, AccountId) -> Result<(), Error>,
) -> Result<(), Error> {
    match account.status {
        Status::Active | Status::TakenDown => set(server, account, Status::Deactivated, also).await,
        Status::Deactivated => Ok(()),
        Status::Suspended => Err(inactive(account).into()),
    }
}

/// The owner brings it back, or into the world for the first time: its DID document has to name
/// this server and its key.
pub async fn activate(server: &Server, account: &Account) -> Result<(), Error> {
    match account.status {
        Status::Active => return Ok(()),
        Status::Deactivated => credentials::require_fitting(server, account).await?,
        Status::TakenDown | Status::Suspended => return Err(inactive(account).into()),
    }
    set(server, account, Status::Active, |_, _| Ok(())).await
}

/// Why nobody is served from an account that is not active.
pub fn inactive(account: &Account) -> Refusal {
    Refusal::Inactive { who: account.did.clone(), status: account.status }
}

/// Changes the status that the owner gives it, and tells followers.
async fn set(
    server: &Server,
    account: &Account,
    status: Status,
    also: fn(&WriteTx<'_>, AccountId) -> Result<(), Error>,
) -> Result<(), Error> {
    let id = account.id;
    let change = move |tx: &mut WriteTx<'_>| {
        let before = present(tx, id)?;
        accounts::set_status(tx.connection, id, status, tx.now)?;
        also(tx, id)?;
        settle(tx, &before)
    };
    server.store.writer.write(WEIGHT, change).await?;
    server.accounts.forget(&account.did);
    tracing::info!(did = %account.did, ?status, "an account's owner changed its status");
    Ok(())
}

/// The account as this transaction sees it.
pub fn present(tx: &WriteTx<'_>, id: AccountId) -> Result<Account, Error> {
    Ok(accounts::by_id(tx.connection, id)?.ok_or(Refusal::SessionEnded)?)
}

/// What follows from a change of status: followers are told, and apps have no business with an
/// account that is not active.
pub fn settle(tx: &mut WriteTx<'_>, before: &Account) -> Result<(), Error> {
    let account = present(tx, before.id)?;
    if !account.status.is_active() {
        oauth::end_all(tx.connection, account.id)?;
    }
    match account.status == before.status {
        true => Ok(()),
        false => announce(tx, &account),
    }
}

/// Tells followers the status that the account has had.
pub async fn repeat(server: &Server, account: &Account) -> Result<(), Error> {
    let id = account.id;
    let tell = move |tx: &mut WriteTx<'_>| {
        let account = present(tx, id)?;
        announce(tx, &account)
    };
    server.store.writer.write(WEIGHT, tell).await
}

/// `#account`; of an account that is active again also `#identity` and `#sync`, as followers may
/// have missed anything.
fn announce(tx: &mut WriteTx<'_>, account: &Account) -> Result<(), Error> {
    let did = || account.did.clone();
    let (active, time) = (account.status.is_active(), tx.datetime());
    let status = account.status.of_inactive().map(AccountStatus::from);
    tx.emit(&Event::Account(AccountEvent { did: did(), active, status, time }))?;
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
