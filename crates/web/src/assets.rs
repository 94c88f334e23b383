//! Files that the pages need, compiled in. Their addresses name their content, so that browsers
//! keep them for good and a new version has a new address.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::Cid;

use crate::error::WebError;

/// Letters of the content's hash in an address: enough that no two versions meet.
const HASH_END: usize = 16;
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = concat!(
        include_str!("../assets/tokens.css"),
        include_str!("../assets/base.css"),
        include_str!("../assets/parts.css"),
    );
    Asset::new("site", "css", "text/css; charset=utf-8", text)
});

/// The world's coastline.
pub static LAND: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("land", "svg", "image/svg+xml", include_str!("../assets/land.svg"))
});

/// The mark beside the name.
pub static MARK: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg"))
});

/// One file.
pub struct Asset {
    url: String,
    content_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, text: &'static str) -> Self {
        let hash = Cid::of_raw(text.as_bytes()).to_string();
        let end = &hash[hash.len() - HASH_END..];
        Self { url: format!("/assets/{name}.{end}.{extension}"), content_type, text }
    }

    /// The address it is served at.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Serves a file under the address that names its content, and nothing else.
pub async fn serve(Path(name): Path<String>) -> Result<Response, WebError> {
    let url = format!("/assets/{name}");
    let asset = [&*STYLE, &*LAND, &*MARK].into_iter().find(|asset| asset.url == url);
    let asset = asset.ok_or_else(|| WebError::no_page(&url))?;
    let headers = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, FOR_GOOD)];
    Ok((headers, asset.text).into_response())
}
