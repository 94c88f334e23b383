//! `subscribeRepos`: the stream of events over a WebSocket.
//!
//! A reader says with `cursor` what it has seen last and gets everything after it: first from the
//! database, then from memory, then as it happens. Without a cursor it gets what happens from now
//! on. Each reader is served at its own pace and holds no memory; one that takes too long for a
//! single message is cut off.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use axum::extract::{RawQuery, State, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hypercerts_xrpc::XrpcError;
use hypercerts_xrpc::frames::{Info, StreamError};
use tokio::time::Instant;

use crate::error::Error;
use crate::limits;
use crate::outbox::Next;
use crate::server::Server;
use crate::store::events;

/// How often a reader is asked whether it is still there, however much it is told meanwhile.
const PING: Duration = Duration::from_secs(30);
/// Silence of a reader after which it is taken for gone.
const SILENCE: Duration = Duration::from_secs(90);
/// Readers have nothing to say but pongs.
const MAX_INCOMING: usize = 4096;

pub async fn subscribe(
    State(server): State<Arc<Server>>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, XrpcError> {
    let upgrade = upgrade.map_err(|_| {
        XrpcError::invalid_request("subscribeRepos is a stream: open it as a WebSocket.")
    })?;
    let place = server.subscribers.begin(limits::asker().as_ref())?;
    let upgrade = upgrade.max_message_size(MAX_INCOMING).max_frame_size(MAX_INCOMING);
    Ok(upgrade.on_upgrade(move |socket| async move {
        serve(&server, socket, query.as_deref()).await;
        drop(place);
    }))
}

async fn serve(server: &Server, socket: WebSocket, query: Option<&str>) {
    let (sink, incoming) = socket.split();
    let mut reader = Reader { sink, patience: server.config.slow_reader };
    let outcome = tokio::select! {
        outcome = feed(server, &mut reader, query) => outcome,
        () = until_gone(incoming) => return,
        () = until_stopped(server) => return,
    };
    if let Err(End::Told(why)) = outcome {
        reader.part(&why).await;
    }
}

/// Why a stream ends.
enum End {
    /// The reader is told.
    Told(StreamError),
    /// Nobody listens any more, or something failed inside.
    Silent,
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "a stream of events broke off");
        Self::Silent
    }
}

/// The sending half.
struct Reader {
    sink: SplitSink<WebSocket, Message>,
    patience: Duration,
}

impl Reader {
    /// Sends messages that belong together, waiting for each no longer than patience allows.
    async fn send(&mut self, frames: impl IntoIterator<Item = Bytes>) -> Result<(), End> {
        for frame in frames {
            let feeding = self.sink.feed(Message::Binary(frame));
            in_time(self.patience, feeding).await?;
        }
        in_time(self.patience, self.sink.flush()).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        in_time(self.patience, self.sink.send(Message::Ping(Bytes::new()))).await
    }

    /// Says why the stream ends and closes it.
    async fn part(&mut self, why: &StreamError) {
        let close = CloseFrame { code: close_code::POLICY, reason: why.name.as_str().into() };
        let farewell = async {
            self.sink.send(Message::Binary(why.encode())).await?;
            self.sink.send(Message::Close(Some(close))).await
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), farewell).await;
    }
}

async fn in_time(
    patience: Duration,
    sending: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), End> {
    match tokio::time::timeout(patience, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_gone)) => Err(End::Silent),
        Err(_) => Err(End::Told(StreamError::consumer_too_slow())),
    }
}

/// Reads pongs and ends when the other side closes or is silent.
async fn until_gone(mut incoming: SplitStream<WebSocket>) {
    while let Ok(Some(Ok(message))) = tokio::time::timeout(SILENCE, incoming.next()).await {
        if matches!(message, Message::Close(_)) {
            return;
        }
    }
}

async fn until_stopped(server: &Server) {
    // An error means that the server is gone already.
    let _ = server.stopping.subscribe().wait_for(|stopping| *stopping).await;
}

async fn feed(server: &Server, reader: &mut Reader, query: Option<&str>) -> Result<(), End> {
    let mut news = server.outbox.watch();
    let mut cursor = start(server, reader, query).await?;
    let mut next_ping = Instant::now() + PING;
    loop {
        if Instant::now() >= next_ping {
            reader.ping().await?;
            next_ping = Instant::now() + PING;
        }
        let frames = next(server, cursor).await?;
        if let Some((newest, _)) = frames.last() {
            cursor = *newest;
            reader.send(frames.into_iter().map(|(_, frame)| frame)).await?;
            continue;
        }
        tokio::select! {
            changed = news.changed() => changed.map_err(|_| End::Silent)?,
            () = tokio::time::sleep_until(next_ping) => {}
        }
    }
}

/// The events after `cursor` that can be sent at once; none if there are none yet.
async fn next(server: &Server, cursor: i64) -> Result<Vec<(i64, Bytes)>, Error> {
    match server.outbox.after(cursor) {
        Next::Frames(frames) => Ok(frames),
        Next::UpToDate => Ok(Vec::new()),
        Next::OlderThanRing => {
            let read =
                move |connection: &rusqlite::Connection| Ok(events::after(connection, cursor)?);
            server.store.readers.read(read).await
        }
    }
}

/// Where to begin: what the reader has seen last.
async fn start(server: &Server, reader: &mut Reader, query: Option<&str>) -> Result<i64, End> {
    let newest = server.outbox.newest();
    let Some(cursor) = cursor(query).map_err(End::Told)? else { return Ok(newest) };
    if cursor > newest {
        return Err(End::Told(StreamError::future_cursor()));
    }
    let oldest = server.store.readers.read(|connection| Ok(events::oldest(connection)?)).await?;
    // A reader that asks for everything from 0 knows that it may get less.
    if cursor > 0 && oldest.is_some_and(|oldest| cursor + 1 < oldest) {
        reader.send([Info::outdated_cursor().encode()]).await?;
    }
    Ok(cursor)
}

fn cursor(query: Option<&str>) -> Result<Option<i64>, StreamError> {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let Some((_, text)) = pairs.find(|(key, _)| key == "cursor") else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(cursor) if cursor >= 0 => Ok(Some(cursor)),
        _ => Err(StreamError::invalid_request("The cursor is not a sequence number.")),
    }
}
