//! Forms that change something: only from a page of ours, for the browser it was printed for.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use url::Url;

use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::server::Server;

/// Bytes of a form.
const LIMIT: usize = 64 * 1024;

/// The fields of a form.
pub struct Form<T>(pub T);

#[derive(serde::Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Arc<Server>> for Form<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut parts, server).await;
        let browser = browser.map_err(|_| PageError::ForeignForm)?;
        if !is_own_page(&parts.headers, &server.config.public_url) {
            return Err(PageError::ForeignForm);
        }
        let bytes = hypercerts_xrpc::read_body(&parts.headers, body, LIMIT)
            .await
            .map_err(|why| PageError::BadForm(why.message().to_owned()))?;
        let unreadable = |why: serde_html_form::de::Error| {
            PageError::BadForm(format!("The form does not fit: {why}."))
        };
        let Token { csrf } = serde_html_form::from_bytes(&bytes).map_err(unreadable)?;
        verify_slices_are_equal(csrf.as_bytes(), browser.csrf().as_bytes())
            .map_err(|_| PageError::ForeignForm)?;
        serde_html_form::from_bytes(&bytes).map(Self).map_err(unreadable)
    }
}

/// Browsers say where a form stood; one that says nothing at all is not believed.
fn is_own_page(headers: &HeaderMap, public_url: &Url) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = text(header::ORIGIN.as_str());
    origin.is_some_and(|origin| origin == public_url.origin().ascii_serialization())
}
