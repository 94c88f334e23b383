//! Everything an account holds, to take along: the repository as a CAR, the files as a tar.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use hypercerts_lexicon::Cid;
use hypercerts_xrpc::Query;
use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::api::export::{self, send_repo};
use crate::error::Error;
use crate::pages::account::{Visit, owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::blobs;

/// Files read from the books at once.
const PAGE: u32 = 500;
/// Pieces that may wait for a browser that reads slowly.
const WAITING: usize = 8;
/// How long a browser may take for one piece.
const PATIENCE: Duration = Duration::from_secs(60);
/// A tar is made of blocks of this size.
const BLOCK: usize = 512;

pub async fn repository(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Query(visit): Query<Visit>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, visit.account.as_deref()).await?;
    let name = format!("{}.car", owner.account.handle);
    let sent = send_repo(&server, Arc::clone(&owner.account), None).await?;
    Ok(named(sent, &name))
}

pub async fn blobs(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Query(visit): Query<Visit>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, visit.account.as_deref()).await?;
    let turn = export::turn(&server).await?;
    let name = format!("{}-files.tar", owner.account.handle);
    let (pieces, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let mut out = Out(pieces);
        if let Err(error) = archive(&server, &owner.account, &mut out).await {
            tracing::info!(did = %owner.account.did, %error, "the export of files broke off");
            out.break_off().await;
        }
        drop(turn);
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-tar")];
    Ok(named((kind, Body::from_stream(stream)).into_response(), &name))
}

/// A handle and an ending need no quoting.
fn named(mut response: Response, name: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Where the bytes go.
struct Out(mpsc::Sender<std::io::Result<Bytes>>);

impl Out {
    async fn send(&self, bytes: Bytes) -> Result<(), Error> {
        self.0.send_timeout(Ok(bytes), PATIENCE).await.map_err(|_| {
            Error::File(std::io::Error::new(
                std::io::ErrorKind::BrokenPipe,
                "the browser stopped reading",
            ))
        })
    }

    /// Half an archive must not look like a whole one.
    async fn break_off(&mut self) {
        let broken = std::io::Error::other("the files could not be read");
        let _ = self.0.send_timeout(Err(broken), PATIENCE).await;
    }
}

async fn archive(server: &Server, account: &Account, out: &mut Out) -> Result<(), Error> {
    let id = account.id;
    let mut after: Option<Cid> = None;
    loop {
        let read = move |connection: &Connection| {
            let cids = blobs::list(connection, id, None, after.as_ref(), PAGE)?;
            let mut found = Vec::with_capacity(cids.len());
            for cid in cids {
                found.push((cid, blobs::get_served(connection, id, &cid)?));
            }
            Ok(found)
        };
        let page = server.store.readers.read(read).await?;
        for (cid, stored) in &page {
            if let Some(stored) = stored {
                entry(server, account, cid, stored, out).await?;
            }
        }
        match page.last() {
            Some((last, _)) => after = Some(*last),
            None => return out.send(Bytes::from_static(&[0; 2 * BLOCK])).await,
        }
    }
}

async fn entry(
    server: &Server,
    account: &Account,
    cid: &Cid,
    stored: &blobs::StoredBlob,
    out: &Out,
) -> Result<(), Error> {
    let Some(bytes) = server.blobs.read(account.id, cid).await? else { return Ok(()) };
    let mut bytes = std::pin::pin!(bytes);
    let mut header = tar::Header::new_ustar();
    header.set_path(format!("files/{cid}{}", ending(&stored.mime_type)))?;
    header.set_size(stored.size);
    header.set_mode(0o644);
    header.set_cksum();
    out.send(Bytes::copy_from_slice(header.as_bytes())).await?;
    while let Some(piece) = bytes.next().await {
        out.send(piece?).await?;
    }
    let rest = usize::try_from(stored.size).unwrap_or(0) % BLOCK;
    match rest {
        0 => Ok(()),
        rest => out.send(Bytes::from(vec![0; BLOCK - rest])).await,
    }
}

/// So that a file opens when it is clicked on.
fn ending(mime_type: &str) -> &'static str {
    match mime_type {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/webp" => ".webp",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        "text/csv" => ".csv",
        "text/plain" => ".txt",
        "application/json" => ".json",
        "video/mp4" => ".mp4",
        _ => "",
    }
}
