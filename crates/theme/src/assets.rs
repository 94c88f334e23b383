//! Files that pages need, compiled in. Their addresses name their content, so that browsers keep
//! them for good and a new version has a new address.

use std::borrow::Cow;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::Cid;

/// Letters of the content's hash in an address: enough that no two versions meet.
const HASH_END: usize = 16;
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// One file.
pub struct Asset {
    url: String,
    content_type: &'static str,
    text: Cow<'static, str>,
}

impl Asset {
    pub fn new(
        name: &str,
        extension: &str,
        content_type: &'static str,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        let text = text.into();
        let hash = Cid::of_raw(text.as_bytes()).to_string();
        let end = &hash[hash.len() - HASH_END..];
        Self { url: format!("/assets/{name}.{end}.{extension}"), content_type, text }
    }

    /// A style sheet of several parts.
    pub fn style(name: &str, parts: &[&str]) -> Self {
        Self::new(name, "css", "text/css; charset=utf-8", parts.concat())
    }

    /// The address it is served at.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The file under `/assets/<name>` if it is one of `assets`, and nothing else.
pub fn serve(assets: &[&'static Asset], name: &str) -> Option<Response> {
    let url = format!("/assets/{name}");
    let asset = assets.iter().find(|asset| asset.url == url)?;
    let headers = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, FOR_GOOD)];
    Some((headers, asset.text.as_ref()).into_response())
}
