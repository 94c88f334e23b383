//! What surrounds every page: the browser it is for, the nonce, the headers that keep it to itself,
//! and the page of an error.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use hypercerts_theme::{ICONS, MARK, Nonce, Policy, Printed, add_headers};

use crate::pages::STYLE;
use crate::pages::browser::{Browser, NewCookie};
use crate::pages::error::{Apology, ErrorPage};
use crate::server::Server;

/// A page that can be put into the layout.
pub trait Page: Template {
    /// Names the page in a browser's tab.
    fn title(&self) -> String;

    /// Whether it is the long page of an account instead of a single question.
    fn is_wide(&self) -> bool {
        false
    }
}

/// What a page needs to know of the request.
#[derive(Clone, Debug)]
pub struct Shell {
    pub nonce: Nonce,
    /// The server's name, as people know it.
    pub host: String,
    /// What forms carry to show that they stood on a page for this browser.
    pub csrf: String,
}

/// What an answer allows beyond the usual.
#[derive(Clone, Debug, Default)]
pub struct Allowance {
    pub script: bool,
    /// Where a form may lead to, besides back here.
    pub leads_to: Option<String>,
}

impl Shell {
    /// The whole document.
    pub fn show(&self, page: &impl Page) -> Response {
        self.show_with(page, Allowance::default())
    }

    pub fn show_with(&self, page: &impl Page, allowance: Allowance) -> Response {
        let html = Printed::of(page).and_then(|content| {
            let (title, wide) = (page.title(), page.is_wide());
            Layout { shell: self, title, wide, content }.render()
        });
        match html {
            Ok(html) => {
                let mut response = Html(html).into_response();
                response.extensions_mut().insert(allowance);
                response
            }
            Err(error) => {
                tracing::error!(%error, "a page could not be printed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    shell: &'a Shell,
    title: String,
    wide: bool,
    content: Printed,
}

/// Wraps every request for a page.
pub async fn guard(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(nonce) = Nonce::fresh() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let browser = Browser::of(&server, request.headers());
    let host = server.config.public_url.host_str().unwrap_or_default().to_owned();
    let shell = Shell { nonce: nonce.clone(), host, csrf: browser.csrf() };
    request.extensions_mut().insert(shell.clone());
    request.extensions_mut().insert(browser.clone());
    let mut response = apologise(&shell, next.run(request).await);
    let NewCookie(cookie) =
        response.extensions_mut().remove().unwrap_or_else(|| NewCookie(browser.fresh_cookie()));
    if let Some(cookie) = cookie.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // Whoever uses the browser next must not find the page by going back.
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let allowance: Allowance = response.extensions_mut().remove().unwrap_or_default();
    add_headers(response.headers_mut(), &policy(nonce, allowance));
    response
}

fn policy(nonce: Nonce, allowance: Allowance) -> Policy {
    let policy = Policy::new(nonce);
    let policy = if allowance.script { policy.with_script() } else { policy };
    match allowance.leads_to {
        Some(source) => policy.leading_to(source),
        None => policy,
    }
}

/// Prints the page of an answer that carries an apology instead of a body.
fn apologise(shell: &Shell, mut response: Response) -> Response {
    let Some(Apology(error)) = response.extensions_mut().remove::<Apology>() else {
        return response;
    };
    let mut page = shell.show(&ErrorPage::of(&error));
    *page.status_mut() = response.status();
    for name in [header::RETRY_AFTER, header::LOCATION] {
        if let Some(value) = response.headers_mut().remove(&name) {
            page.headers_mut().insert(name, value);
        }
    }
    page
}

impl<S: Sync> FromRequestParts<S> for Shell {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
