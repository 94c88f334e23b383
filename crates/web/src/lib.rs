//! The pages people read, printed on the server.
//!
//! A request goes through three hands. A *handler* asks the index one question. A *page* (module
//! `page`) is a pure function from the index's view to what is said, and in which words. A
//! *template* of the same name sets it as HTML; every text from a record is escaped there. Nothing
//! needs JavaScript, and no script is ever allowed to run.
//!
//! Words: *claimant*, whoever's repository holds the claim; *standing*, how the holder of another
//! record stands to the claim; *seal*, the four questions (signed, intact, acknowledged,
//! evaluated) that are answered one by one.
//!
//! What this crate leaves to others: verifying and counting (`hypercerts-index`), reading records
//! (`hypercerts-records`), and reaching the network (`hypercerts-identity`; only pictures are
//! fetched, by module `picture`). It writes nothing.

mod assets;
mod chart;
mod error;
mod format;
mod guard;
mod handler;
mod page;
mod picture;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod stories;

use axum::Router;
use axum::routing::get;
use hypercerts_identity::Resolver;
use hypercerts_identity::net::HttpClient;
use hypercerts_index::Reader;

use picture::Pictures;

/// What the pages are printed from. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    reader: Reader,
    pictures: Pictures,
    network: &'static str,
}

impl WebState {
    /// Pages over an index. `resolver` and `http` fetch pictures from their authors' servers.
    #[must_use]
    pub fn new(reader: Reader, resolver: Resolver, http: HttpClient) -> Self {
        let network = if http.allows_private() { "private network" } else { "public network" };
        Self { reader, pictures: Pictures::new(resolver, http), network }
    }
}

/// The pages, to be served at the root of an origin.
pub fn router(state: WebState) -> Router {
    Router::new()
        .route("/", get(handler::home))
        .route("/hypercerts", get(handler::list))
        .route("/hypercert/{authority}/{collection}/{rkey}", get(handler::hypercert))
        .route("/hypercert/{authority}/{collection}/{rkey}/overlaps", get(handler::overlaps))
        .route("/record/{authority}/{collection}/{rkey}", get(handler::record))
        .route("/actor/{actor}", get(handler::actor))
        .route("/status", get(handler::status))
        .route("/at", get(handler::at))
        .route("/blob/{did}/{cid}", get(picture::serve))
        .route("/assets/{name}", get(assets::serve))
        .fallback(handler::nowhere)
        .layer(axum::middleware::from_fn_with_state(state.clone(), guard::guard))
        .with_state(state)
}
