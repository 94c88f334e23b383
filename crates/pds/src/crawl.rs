//! Asking relays to follow this server.
//!
//! A relay that follows already takes the request as a sign of life, and one that lost this server
//! finds it again; so each is asked at the start and, when something was written since, at most
//! every twenty minutes.

use std::sync::Arc;
use std::time::Duration;

use hypercerts_xrpc::client::XrpcClient;
use hypercerts_xrpc::nsid::sync;
use serde::Serialize;
use url::Url;

use crate::server::Server;

const PAUSE: Duration = Duration::from_secs(20 * 60);

#[derive(Serialize)]
struct RequestCrawl<'a> {
    hostname: &'a str,
}

/// Runs until the server shuts down.
pub async fn run(server: Arc<Server>) {
    if server.config.relays.is_empty() {
        return;
    }
    let hostname = hostname(&server.config.public_url);
    let mut news = server.outbox.watch();
    loop {
        news.mark_unchanged();
        let asked = server.config.relays.iter().map(|relay| ask(&server, relay, &hostname));
        futures_util::future::join_all(asked).await;
        tokio::time::sleep(PAUSE).await;
        if news.changed().await.is_err() {
            return;
        }
    }
}

async fn ask(server: &Server, relay: &Url, hostname: &str) {
    let client = XrpcClient::new(server.config.resolver.http().clone(), relay.clone());
    let input = RequestCrawl { hostname };
    match client.procedure_without_answer(sync::REQUEST_CRAWL, &input).await {
        Ok(()) => tracing::info!(%relay, "a relay was asked to follow this server"),
        Err(error) => tracing::warn!(%relay, %error, "a relay does not want to be asked to follow"),
    }
}

/// The public host; with its port where there is one, which only relays of a private network take.
fn hostname(public_url: &Url) -> String {
    let host = public_url.host_str().unwrap_or_default();
    public_url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
