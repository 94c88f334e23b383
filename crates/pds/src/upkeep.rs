//! What a server does on its own: notices that it goes by another address, and forgets old events,
//! expired tokens, creations nobody came back for, and blobs no record refers to.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::pages::STAY;
use crate::server::Server;
use crate::store::{
    WriteTx, accounts, address, blobs, devices, events, mailed_tokens, oauth, reserved_keys,
    sessions, sign_in_codes,
};

const INTERVAL: Duration = Duration::from_secs(10 * 60);
/// Rows dealt with in one transaction, so that clients' writes need not wait long.
const STEP: u32 = 500;
/// How long a creation that broke off may be gone on with.
const PENDING: SignedDuration = SignedDuration::from_hours(1);
/// Deleting says little; a small weight lets it share transactions.
const WEIGHT: usize = 4096;

/// Runs until the server shuts down.
pub async fn run(server: Arc<Server>) {
    if let Err(error) = note_address(&server).await {
        tracing::warn!(%error, "the server's address could not be written down");
    }
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&server).await {
            tracing::warn!(%error, "upkeep did not finish; it is tried again later");
        }
    }
}

/// Warns at the first start under another address than before.
async fn note_address(server: &Server) -> Result<(), Error> {
    let now = server.config.public_url.clone();
    let replace = move |tx: &mut WriteTx<'_>| Ok(address::replace(tx.connection, now.as_str())?);
    if let Some(before) = server.store.writer.write(WEIGHT, replace).await? {
        tracing::warn!(
            %before, now = %server.config.public_url,
            "the server goes by another address: the accounts made so far are looked for at the one \
             before, which stands in their identities; start it under that one again"
        );
    }
    Ok(())
}

/// One round of everything.
pub async fn round(server: &Server) -> Result<(), Error> {
    purge_events(server).await?;
    purge_accounts(server).await?;
    collect_blobs(server).await
}

async fn purge_events(server: &Server) -> Result<(), Error> {
    let before = ago(server.config.event_retention);
    loop {
        let purge = move |tx: &mut WriteTx<'_>| Ok(events::purge(tx.connection, before, STEP)?);
        if server.store.writer.write(WEIGHT, purge).await? < STEP as usize {
            return Ok(());
        }
    }
}

async fn purge_accounts(server: &Server) -> Result<(), Error> {
    let purge = |tx: &mut WriteTx<'_>| {
        sessions::purge(tx.connection, tx.now)?;
        mailed_tokens::purge(tx.connection, tx.now)?;
        oauth::purge(tx.connection, tx.now)?;
        devices::purge(tx.connection, tx.now - STAY)?;
        sign_in_codes::purge(tx.connection, tx.now)?;
        reserved_keys::purge(tx.connection, tx.now)?;
        accounts::purge_pending(tx.connection, tx.now - PENDING)?;
        Ok(())
    };
    server.store.writer.write(WEIGHT, purge).await
}

/// Files go after the books are on disk: a crash between leaves a file too many, never one too few.
async fn collect_blobs(server: &Server) -> Result<(), Error> {
    let before = ago(server.config.blob_grace);
    loop {
        let _alone = server.blobs.hold_collection().await;
        let take =
            move |tx: &mut WriteTx<'_>| Ok(blobs::take_unreferenced(tx.connection, before, STEP)?);
        let taken = server.store.writer.write(WEIGHT, take).await?;
        for (account, cid) in &taken {
            server.blobs.delete(*account, cid).await?;
        }
        if taken.len() < STEP as usize {
            return Ok(());
        }
    }
}

fn ago(time: Duration) -> Timestamp {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    Timestamp::now().checked_sub(time).unwrap_or(Timestamp::MIN)
}
