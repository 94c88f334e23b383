//! Another handle for an account: its DID document names it, by a did:plc operation or because the
//! owner of a did:web put it there; then the account's row and an `#identity` event.

use std::sync::Arc;

use hypercerts_identity::plc::Operation;
use hypercerts_lexicon::{DidMethod, Handle};
use hypercerts_xrpc::frames::{Event, IdentityEvent};

use crate::account::{credentials, handles, keys, plc};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::accounts::{self, Account};

/// Bytes written, roughly.
const WEIGHT: usize = 1024;

/// Gives `account` the handle `text`. Repeating it repairs what broke off half-way.
pub async fn rename(server: &Arc<Server>, account: &Account, text: &str) -> Result<(), Error> {
    let handle = handles::usable(server, &account.did, text).await?;
    if let Some(owner) = server.accounts.by_handle(&handle).await?
        && owner.id != account.id
    {
        return Err(Refusal::HandleNotAvailable(handle).into());
    }
    match account.did.method() {
        DidMethod::Plc => register(server, account, &handle).await?,
        _ => credentials::require_handle(server, account, &handle).await?,
    }
    store(server, account, handle).await?;
    server.accounts.forget(&account.did);
    server.config.resolver.refresh(&account.did).await.ok();
    Ok(())
}

async fn register(server: &Server, account: &Account, handle: &Handle) -> Result<(), Error> {
    let (current, prev) = plc::current(server, account).await?;
    let data = current.clone().with_handle(handle);
    if data == current {
        return Ok(());
    }
    let key = keys::rotation_key(server, account).await?;
    let operation = Operation::Set { data, prev: Some(prev) }.sign(&key);
    let submitted = server.config.resolver.plc().submit(&account.did, &operation).await;
    submitted.map_err(|error| Error::Directory(error.to_string()))
}

async fn store(server: &Server, account: &Account, handle: Handle) -> Result<(), Error> {
    let (id, did) = (account.id, account.did.clone());
    let rename = move |tx: &mut WriteTx<'_>| {
        let owner = accounts::by_handle(tx.connection, &handle)?;
        let pending = accounts::pending(tx.connection, &handle)?;
        if owner.is_some_and(|owner| owner.id != id) || pending.is_some() {
            return Err(Refusal::HandleNotAvailable(handle.clone()).into());
        }
        accounts::set_handle(tx.connection, id, &handle)?;
        let (handle, time) = (Some(handle.clone()), tx.datetime());
        Ok(tx.emit(&Event::Identity(IdentityEvent { did: did.clone(), handle, time }))?)
    };
    server.store.writer.write(WEIGHT, rename).await
}
