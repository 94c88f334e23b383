//! The end of an account: what it consists of goes in one transaction, then the bytes of its blobs,
//! then its events.

use std::sync::Arc;

use hypercerts_lexicon::{Cid, Did};
use hypercerts_xrpc::frames::{AccountEvent, AccountStatus, Event, Frame};
use rusqlite::Connection;

use crate::account::login::{self, Credentials};
use crate::account::mailed_token::{self, Purpose};
use crate::error::{Error, Refusal};
use crate::group::refused::GroupRefusal;
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::groups::members;
use crate::store::{WriteTx, blobs, events};

/// Bytes written, roughly.
const WEIGHT: usize = 64 * 1024;

/// Deletes an account for its owner, who gives the password and the code that was mailed.
pub async fn delete_own(
    server: &Arc<Server>,
    credentials: Credentials,
    code: String,
) -> Result<(), Error> {
    let account = Arc::new(login::check_owner(server, credentials).await?);
    let id = account.id;
    let did = account.did.clone();
    let allowed = move |tx: &WriteTx<'_>| {
        refuse_owners(tx, &did)?;
        mailed_token::redeem(tx, id, Purpose::DeleteAccount, &code)
    };
    delete(server, account, allowed).await
}

/// A group whose owner is gone would be nobody's.
fn refuse_owners(tx: &WriteTx<'_>, did: &Did) -> Result<(), Error> {
    match members::owned_by(tx.connection, did)? {
        Some(group) => Err(Refusal::from(GroupRefusal::OwnerGoes(group)).into()),
        None => Ok(()),
    }
}

/// Deletes an account if `allowed` says so inside the transaction.
pub async fn delete(
    server: &Arc<Server>,
    account: Arc<Account>,
    allowed: impl Fn(&WriteTx<'_>) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    let owner = Arc::clone(&account);
    let delete = move |tx: &mut WriteTx<'_>| {
        allowed(tx)?;
        let files = blobs::all_of(tx.connection, owner.id)?;
        accounts::delete(tx.connection, owner.id)?;
        tx.repos.remove(&owner.id);
        let status = Some(AccountStatus::Deleted);
        let time = tx.datetime();
        let event = AccountEvent { did: owner.did.clone(), active: false, status, time };
        tx.emit(&Event::Account(event))?;
        Ok(files)
    };
    let files = server.store.writer.write(WEIGHT, delete).await?;
    server.accounts.forget(&account.did);
    tracing::info!(did = %account.did, handle = %account.handle, "an account is deleted");
    // What is left to do can be done at leisure: nobody is served any of it.
    let server = Arc::clone(server);
    tokio::spawn(async move {
        if let Err(error) = clear(&server, &account, files).await {
            tracing::warn!(did = %account.did, %error, "remains of a deleted account were left");
        }
    });
    Ok(())
}

async fn clear(server: &Server, account: &Account, files: Vec<Cid>) -> Result<(), Error> {
    for cid in files {
        server.blobs.delete(account.id, &cid).await?;
    }
    forget_events(server, account).await
}

/// Takes what the account did out of the stream; that it was deleted stays.
async fn forget_events(server: &Server, account: &Account) -> Result<(), Error> {
    let mut cursor = 0;
    loop {
        let read = move |connection: &Connection| Ok(events::after(connection, cursor)?);
        let frames = server.store.readers.read(read).await?;
        let Some((last, _)) = frames.last() else { return Ok(()) };
        cursor = *last;
        let own = frames.iter().filter(|(_, frame)| is_about(frame, account));
        let own: Vec<i64> = own.map(|(seq, _)| *seq).collect();
        server.outbox.forget(&own);
        let forget = move |tx: &mut WriteTx<'_>| {
            Ok(own.iter().try_for_each(|seq| events::delete(tx.connection, *seq))?)
        };
        server.store.writer.write(4096, forget).await?;
    }
}

fn is_about(frame: &[u8], account: &Account) -> bool {
    match Frame::decode(frame) {
        Ok(Frame::Event { event: Event::Account(event), .. }) => {
            event.did == account.did && event.status != Some(AccountStatus::Deleted)
        }
        Ok(Frame::Event { event: Event::Commit(event), .. }) => event.repo == account.did,
        Ok(Frame::Event { event: Event::Sync(event), .. }) => event.did == account.did,
        Ok(Frame::Event { event: Event::Identity(event), .. }) => event.did == account.did,
        _ => false,
    }
}
