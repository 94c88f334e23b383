//! Pictures from repositories, passed on after looking at them.
//!
//! A reader's browser never meets the servers that pictures come from: the app fetches them, checks
//! that the bytes are those the CID names, and shows a [`preview`] that it makes of them.

mod preview;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hypercerts_identity::Resolver;
use hypercerts_identity::net::{HttpClient, Request};
use hypercerts_index::view::AccountStatus;
use hypercerts_lexicon::{AtIdentifier, Cid, Did};
use hypercerts_xrpc::nsid;
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::WebState;
use crate::error::WebError;
use crate::picture::preview::Preview;

/// Bytes of an original; the largest picture that the schemas allow has five million.
const MAX_BYTES: u64 = 10_000_000;
const CACHE_BYTES: u64 = 64 << 20;
/// Short enough that what is taken down disappears.
const KEPT: Duration = Duration::from_secs(10 * 60);
/// Pictures fetched at a time.
const FETCHES: usize = 16;
/// Pictures unpacked at a time, each in up to a quarter of a gigabyte.
const MAKINGS: usize = 2;

/// Fetches pictures and keeps the latest ones. Cheap to clone.
#[derive(Clone)]
pub struct Pictures {
    resolver: Resolver,
    http: HttpClient,
    kept: Cache<(Did, Cid), Preview>,
    fetches: Arc<Semaphore>,
    makings: Arc<Semaphore>,
}

impl Pictures {
    pub(crate) fn new(resolver: Resolver, http: HttpClient) -> Self {
        let kept = Cache::builder()
            .max_capacity(CACHE_BYTES)
            .weigher(|_, picture: &Preview| u32::try_from(picture.bytes.len()).unwrap_or(u32::MAX))
            .time_to_live(KEPT)
            .build();
        let turns = |at_once| Arc::new(Semaphore::new(at_once));
        Self { resolver, http, kept, fetches: turns(FETCHES), makings: turns(MAKINGS) }
    }

    /// The picture, from memory or from its author's server. Requests for one picture at the same
    /// time share one fetch.
    async fn get(&self, did: &Did, cid: Cid) -> Result<Preview, WebError> {
        let fetched = self.kept.try_get_with((did.clone(), cid), self.fetch(did, cid)).await;
        fetched.map_err(|reason: Arc<String>| WebError::Picture(reason.to_string()))
    }

    async fn fetch(&self, did: &Did, cid: Cid) -> Result<Preview, String> {
        let _permit = self.fetches.acquire().await.map_err(|error| error.to_string())?;
        let identity = self.resolver.resolve_did(did).await.map_err(|error| error.to_string())?;
        let mut url = identity.pds.clone();
        url.set_path(&format!("/xrpc/{}", nsid::sync::GET_BLOB));
        url.query_pairs_mut().append_pair("did", did.as_str()).append_pair("cid", &cid.to_string());
        let request = Request::get(url).max_body(MAX_BYTES);
        let response = self.http.send(request).await.and_then(|response| response.ok());
        let bytes = response.map_err(|error| error.to_string())?.body().clone();
        if !cid.matches(&bytes) {
            return Err("its author's server sent other bytes than the address names".to_owned());
        }
        let _turn = self.makings.acquire().await.map_err(|error| error.to_string())?;
        let making = tokio::task::spawn_blocking(move || Preview::of(&bytes));
        making.await.map_err(|error| error.to_string())?
    }
}

/// Serves one picture of an account that the index shows.
pub async fn serve(
    State(state): State<WebState>,
    Path((did, cid)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let unreadable = |error: &dyn std::error::Error| WebError::BadAddress(error.to_string());
    let did = Did::parse(&did).map_err(|error| unreadable(&error))?;
    let cid = Cid::parse(&cid).map_err(|error| unreadable(&error))?;
    let holder = state.reader.actor(&AtIdentifier::Did(did.clone())).await?;
    if holder.is_none_or(|holder| holder.status != AccountStatus::Active) {
        return Err(WebError::no_actor(did.as_str()));
    }
    let picture = state.pictures.get(&did, cid).await?;
    let headers = [
        (CONTENT_TYPE, picture.content_type),
        (CACHE_CONTROL, "public, max-age=3600"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
    ];
    Ok((headers, picture.bytes).into_response())
}
