//! Reading on what nobody wants, for a moment, so that its sender comes to read why.
//!
//! A connection that is closed while its client still sends is reset, and the answer that was on
//! its way is lost with it: instead of "your token has expired" an app would see a broken network.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;

/// How long an unwanted body is read on.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of it.
const PATIENCE_BYTES: usize = 64 << 20;

/// Middleware: what a handler leaves of a body is read on behind its back.
pub(crate) async fn keep_reading(request: Request) -> Request {
    // Who asks before sending is told not to.
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return request;
    }
    request.map(|body| Body::from_stream(Lingering(Some(body.into_data_stream()))))
}

/// A body that is read to its end, whether or not its owner does.
struct Lingering(Option<BodyDataStream>);

impl Stream for Lingering {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(rest) = &mut self.0 else { return Poll::Ready(None) };
        let chunk = ready!(rest.poll_next_unpin(context));
        if !matches!(chunk, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(chunk)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if let Some(rest) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(tokio::time::timeout(PATIENCE, discard(rest)));
        }
    }
}

async fn discard(mut rest: BodyDataStream) {
    let mut left = PATIENCE_BYTES;
    while let Some(Ok(chunk)) = rest.next().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}
