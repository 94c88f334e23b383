//! Pictures from repositories, passed on after looking at them.
//!
//! A reader's browser never meets the servers that pictures come from: the app fetches them, checks
//! that the bytes are those the CID names, and passes on only what is a picture by its first bytes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hypercerts_identity::Resolver;
use hypercerts_identity::net::{HttpClient, Request};
use hypercerts_index::view::AccountStatus;
use hypercerts_lexicon::{AtIdentifier, Cid, Did};
use hypercerts_xrpc::nsid;
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::WebState;
use crate::error::WebError;

/// As much as a record's small picture may have.
const MAX_BYTES: u64 = 5_000_000;
const CACHE_BYTES: u64 = 64 << 20;
/// Short enough that what is taken down disappears.
const KEPT: Duration = Duration::from_secs(10 * 60);
/// Pictures fetched at a time.
const FETCHES: usize = 16;

/// Fetches pictures and keeps the latest ones. Cheap to clone.
#[derive(Clone)]
pub struct Pictures {
    resolver: Resolver,
    http: HttpClient,
    kept: Cache<(Did, Cid), Picture>,
    fetches: Arc<Semaphore>,
}

#[derive(Clone)]
struct Picture {
    bytes: Bytes,
    content_type: &'static str,
}

impl Pictures {
    pub(crate) fn new(resolver: Resolver, http: HttpClient) -> Self {
        let kept = Cache::builder()
            .max_capacity(CACHE_BYTES)
            .weigher(|_, picture: &Picture| u32::try_from(picture.bytes.len()).unwrap_or(u32::MAX))
            .time_to_live(KEPT)
            .build();
        Self { resolver, http, kept, fetches: Arc::new(Semaphore::new(FETCHES)) }
    }

    /// The picture, from memory or from its author's server. Requests for one picture at the same
    /// time share one fetch.
    async fn get(&self, did: &Did, cid: Cid) -> Result<Picture, WebError> {
        let fetched = self.kept.try_get_with((did.clone(), cid), self.fetch(did, cid)).await;
        fetched.map_err(|reason: Arc<String>| WebError::Picture(reason.to_string()))
    }

    async fn fetch(&self, did: &Did, cid: Cid) -> Result<Picture, String> {
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
        let content_type = sniff(&bytes).ok_or("it is not a PNG, JPEG, WebP or GIF picture")?;
        Ok(Picture { bytes, content_type })
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

/// The kind of picture that the first bytes announce.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(sniff(b"GIF89a"), Some("image/gif"));
        assert_eq!(sniff(&[0xff, 0xd8, 0xff, 0xe0]), Some("image/jpeg"));
    }

    #[test]
    fn what_a_browser_could_run_is_no_picture() {
        for bytes in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'>"[..],
            b"<!doctype html>",
            b"%PDF-1.7",
            b"",
            b"\x89PNG",
        ] {
            assert_eq!(sniff(bytes), None);
        }
    }
}
