//! `getRepo`: a whole repository as a CAR, sent while it is read.
//!
//! The order is the streamable one: commit, then the tree depth first with each record where its
//! path comes up, so a reader can verify as it goes. Everything comes from one snapshot of the
//! database. A client that stops reading is let go, since its snapshot keeps the database from
//! tidying up.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use hypercerts_lexicon::{Cid, Did, Tid};
use hypercerts_repo::car::{encode_block, encode_header};
use hypercerts_repo::mst::{Visit, Walk};
use hypercerts_xrpc::{Query, XrpcError};
use rusqlite::{Connection, Rows};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::api::auth::Viewer;
use crate::api::repos::head_of;
use crate::error::Error;
use crate::limits::{self, Network, Turn};
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::nodes::{self, TreeBlocks};
use crate::store::readers::on_snapshot;
use crate::store::{AccountId, StoreError, records};

/// The type of a CAR.
pub const CAR: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/vnd.ipld.car")];

/// Bytes sent at once.
const PIECE: usize = 64 * 1024;
/// Pieces that may wait for a client that reads slowly.
const WAITING: usize = 8;
/// How long a client may take for one piece.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may take for the whole repository.
const DEADLINE: Duration = Duration::from_secs(15 * 60);
/// How long a request waits for its turn when too many repositories are being sent.
const TURN: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
pub struct GetRepo {
    did: Did,
    /// Leave out what did not change after this revision.
    since: Option<Tid>,
}

type Piece = io::Result<Bytes>;

pub async fn get_repo(
    State(server): State<Arc<Server>>,
    viewer: Viewer,
    Query(GetRepo { did, since }): Query<GetRepo>,
) -> Result<Response, XrpcError> {
    let account = viewer.repo(&server, did).await?;
    Ok(send_repo(&server, account, since).await?)
}

/// A turn to read through a whole repository, for whoever asks.
pub async fn turn(server: &Server) -> Result<Turn<Network>, Error> {
    server.exports.begin_within(limits::asker().as_ref(), TURN).await
}

/// The repository of an account as an answer.
pub async fn send_repo(
    server: &Server,
    account: Arc<Account>,
    since: Option<Tid>,
) -> Result<Response, Error> {
    let turn = turn(server).await?;
    let readers = server.store.readers.clone();
    let (pieces, receiver) = mpsc::channel(WAITING);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut out = Out::new(pieces, runtime);
        let outcome = readers.dedicated().and_then(|connection| {
            on_snapshot(&connection, |snapshot| export(snapshot, account.id, since, &mut out))
        });
        if let Err(error) = outcome {
            tracing::info!(did = %account.did, %error, "the export of a repository broke off");
            out.break_off();
        }
        drop(turn);
    });
    Ok((CAR, Body::from_stream(stream_of(receiver))).into_response())
}

fn stream_of(receiver: mpsc::Receiver<Piece>) -> impl futures_util::Stream<Item = Piece> {
    stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    })
}

/// Gathers blocks into pieces and hands them to the client.
struct Out {
    pieces: mpsc::Sender<Piece>,
    runtime: Handle,
    buffer: BytesMut,
    deadline: Instant,
}

impl Out {
    fn new(pieces: mpsc::Sender<Piece>, runtime: Handle) -> Self {
        let buffer = BytesMut::with_capacity(PIECE);
        Self { pieces, runtime, buffer, deadline: Instant::now() + DEADLINE }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let piece = std::mem::replace(&mut self.buffer, BytesMut::with_capacity(PIECE)).freeze();
        let sending = self.pieces.send_timeout(Ok(piece), self.patience());
        self.runtime.block_on(sending).map_err(|_| {
            Error::File(io::Error::new(io::ErrorKind::BrokenPipe, "the client stopped reading"))
        })
    }

    fn patience(&self) -> Duration {
        PATIENCE.min(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// Ends the body with an error, so that half a repository does not look like a whole one.
    fn break_off(&self) {
        let _ = self.pieces.try_send(Err(io::Error::other("the repository could not be read")));
    }
}

fn export(
    connection: &Connection,
    id: AccountId,
    since: Option<Tid>,
    out: &mut Out,
) -> Result<(), Error> {
    let stored = head_of(connection, id)?;
    out.write(&encode_header(Some(&stored.head.commit)))?;
    out.write(&encode_block(&stored.head.commit, &stored.block))?;
    let tree = TreeBlocks { connection, id };
    let mut statement = connection.prepare_cached(records::IN_ORDER)?;
    let mut rows = statement.query([id.0])?;
    let is_new = |rev: Tid| since.is_none_or(|since| rev > since);
    for visit in Walk::new(&tree, stored.head.data) {
        match visit.map_err(|error| StoreError::Corrupt(error.to_string()))? {
            Visit::Node(cid, bytes) => {
                if since.is_none() || is_new(node_rev(connection, id, &cid)?) {
                    out.write(&encode_block(&cid, &bytes))?;
                }
            }
            Visit::Leaf(key, cid) => {
                let (rev, bytes) = next_record(&mut rows, key.as_str(), cid)?;
                if is_new(rev) {
                    out.write(&encode_block(&cid, &bytes))?;
                }
            }
        }
    }
    out.flush()
}

fn node_rev(connection: &Connection, id: AccountId, cid: &Cid) -> Result<Tid, Error> {
    let lost = || StoreError::Corrupt(format!("the tree node {cid} is missing"));
    Ok(nodes::get(connection, id, cid)?.ok_or_else(lost)?.0)
}

/// The tree and the table of records have the same order, so they are walked side by side.
fn next_record(rows: &mut Rows<'_>, path: &str, cid: Cid) -> Result<(Tid, Bytes), Error> {
    let lost = || StoreError::Corrupt(format!("tree and records differ at {path}"));
    let row = rows.next()?.ok_or_else(lost)?;
    let record = records::read(row)?;
    match record.path.as_str() == path && record.cid == cid {
        true => Ok((record.rev, record.bytes)),
        false => Err(lost().into()),
    }
}
