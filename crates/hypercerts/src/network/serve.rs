//! Serving one router on one listener, with the limits that keep a stranger from holding the server:
//! a deadline for request headers and a bound on open connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::util::MapRequest;

/// A client that has not sent its request's headers by then is let go.
const HEADER_DEADLINE: Duration = Duration::from_secs(15);

/// Open connections to one listener; further ones wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 4096;

/// How long requests under way may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait when the process has no file descriptor left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` is cancelled, then lets requests under way finish for at most [`GRACE`].
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let (accepted, place) = tokio::select! {
            () = stop.cancelled() => break,
            next = next_connection(&listener, &places) => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, router.clone(), graceful.watcher(), place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::info!("some connections did not end in time and were closed");
    }
}

type Accepted = io::Result<(TcpStream, SocketAddr)>;

async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (Accepted, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    (listener.accept().await, place)
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
    _place: Option<OwnedSemaphorePermit>,
) {
    // Small answers must not wait for the kernel to gather more.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = MapRequest::new(router, move |mut request: axum::http::Request<_>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_DEADLINE);
    let connection = builder
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}
