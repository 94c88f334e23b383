//! A server of our own on a free loopback port.

use std::net::SocketAddr;

use axum::Router;
use hypercerts_xrpc::edge;

/// Serves `router` behind [`edge`] until the test's runtime ends; returns where.
pub async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    tokio::spawn(async move { axum::serve(listener, edge(router)).await });
    address
}
