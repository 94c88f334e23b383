//! Reading a host's event stream.
//!
//! One connection, read until it ends; coming back with the last cursor after a pause is left to
//! the caller, who knows what of it has been stored.

use futures_util::{Stream, stream};
use hypercerts_identity::net::{HttpClient, NetError, WebSocket};
use url::Url;

use super::ClientError;
use crate::frames::{Frame, FrameError, StreamError};
use crate::nsid::sync;

/// An open subscription to `com.atproto.sync.subscribeRepos`.
///
/// Pings are answered, a silent host is given up, and messages are bounded, all by
/// [`HttpClient`]'s policy.
#[derive(Debug)]
pub struct Subscription {
    socket: WebSocket,
}

/// Why nothing more, or nothing useful, came.
#[derive(Debug, thiserror::Error)]
pub enum SubscriptionError {
    /// The connection is over.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The host said why it ends the stream.
    #[error(transparent)]
    Ended(#[from] StreamError),
    /// One message is not a frame. What comes after it can still be read.
    #[error("a message of the event stream cannot be read: {0}")]
    Malformed(#[from] FrameError),
}

impl Subscription {
    /// Connects to the host at `origin` (`https:`, `http:`, `wss:` or `ws:`). With a cursor the
    /// stream begins after that sequence number, without one it begins now.
    pub async fn open(
        http: &HttpClient,
        origin: &Url,
        cursor: Option<i64>,
    ) -> Result<Self, ClientError> {
        let url = endpoint(origin, cursor).ok_or_else(|| ClientError::BadCall {
            method: sync::SUBSCRIBE_REPOS.to_owned(),
            reason: format!("{origin} is not the address of a server"),
        })?;
        let socket = http.websocket(&url).await;
        let socket = socket.map_err(|error| ClientError::of(sync::SUBSCRIBE_REPOS, error))?;
        Ok(Self { socket })
    }

    /// The next message; `None` once the host has closed. Safe to drop and call again.
    pub async fn next(&mut self) -> Result<Option<Frame>, SubscriptionError> {
        let Some(bytes) = self.socket.next().await? else { return Ok(None) };
        match Frame::decode(&bytes)? {
            Frame::Error(error) => Err(error.into()),
            frame => Ok(Some(frame)),
        }
    }

    /// The messages as a stream. It ends after every error but a malformed message.
    pub fn into_stream(self) -> impl Stream<Item = Result<Frame, SubscriptionError>> + Send {
        stream::unfold(Some(self), |subscription| async {
            let mut subscription = subscription?;
            match subscription.next().await {
                Ok(frame) => frame.map(|frame| (Ok(frame), Some(subscription))),
                Err(error @ SubscriptionError::Malformed(_)) => {
                    Some((Err(error), Some(subscription)))
                }
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// Says goodbye.
    pub async fn close(self) {
        self.socket.close().await;
    }
}

fn endpoint(origin: &Url, cursor: Option<i64>) -> Option<Url> {
    let mut url = origin.join(&format!("/xrpc/{}", sync::SUBSCRIBE_REPOS)).ok()?;
    let scheme = match url.scheme() {
        "https" | "wss" => "wss",
        "http" | "ws" => "ws",
        _ => return None,
    };
    url.set_scheme(scheme).ok()?;
    let query = cursor.map(|seq| format!("cursor={seq}"));
    url.set_query(query.as_deref());
    Some(url)
}
