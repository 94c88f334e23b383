//! Files that the pages need, compiled in.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use hypercerts_theme::{Asset, BASE, MARK, TOKENS};

use crate::error::WebError;

/// The style sheet.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("site", &[TOKENS, BASE, include_str!("../assets/parts.css")]));

/// The world's coastline.
pub static LAND: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("land", "svg", "image/svg+xml", include_str!("../assets/land.svg"))
});

/// Serves a file under the address that names its content, and nothing else.
pub async fn serve(Path(name): Path<String>) -> Result<Response, WebError> {
    let file = hypercerts_theme::serve(&[&STYLE, &LAND, &MARK], &name);
    file.ok_or_else(|| WebError::no_page(&format!("/assets/{name}")))
}
