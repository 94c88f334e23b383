//! A request's body on its way out, and when it is through.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use tokio::sync::oneshot;

/// A stream that lets go of `unsent` at its end.
pub(super) struct Watched<S> {
    bytes: Pin<Box<S>>,
    unsent: Option<oneshot::Sender<()>>,
}

/// The same stream, and what resolves when it has ended, failed, or been dropped.
pub(super) fn watched<S>(bytes: S) -> (Watched<S>, oneshot::Receiver<()>) {
    let (unsent, sent) = oneshot::channel();
    (Watched { bytes: Box::pin(bytes), unsent: Some(unsent) }, sent)
}

impl<T, E, S: Stream<Item = Result<T, E>>> Stream for Watched<S> {
    type Item = Result<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.bytes.as_mut().poll_next(context));
        if !matches!(next, Some(Ok(_))) {
            self.unsent = None;
        }
        Poll::Ready(next)
    }
}
