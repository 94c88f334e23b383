//! The pages people see: signing in, agreeing to what an app asks for, and looking after the account.
//!
//! Printed on the server, working without JavaScript but for passkeys, which browsers offer to
//! scripts only. A *browser* is known by a cookie ([`browser`]); whatever a form changes needs that
//! cookie, a token in the form that goes with it, and that the form stood on a page of ours
//! ([`form`]). Pages cannot be framed and lead nowhere but back here and to the app ([`shell`]).
//!
//! * [`sign_in`], [`code`], [`passkey`], [`create`], [`recover`]: the ways in.
//! * [`flow`], [`authorize`], [`words`]: an app's request, and what it means in plain words.
//! * [`account`], [`export`]: what is the owner's to see, end, change and take along.

mod account;
mod authorize;
mod browser;
mod code;
mod create;
mod error;
mod export;
mod flow;
mod form;
mod passkey;
mod recover;
mod shell;
mod sign_in;
mod words;

use std::sync::Arc;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hypercerts_theme::{Asset, BASE, MARK, TOKENS};
use hypercerts_xrpc::nsid::server;

use crate::api::auth::counted;
pub use crate::pages::browser::STAY;
use crate::pages::error::PageError;
use crate::server::Server;

/// Where a code to sign in with is asked for, which is no method.
pub const SIGN_IN_CODE: &str = "/account/sign-in/code";

/// The style sheet.
static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::style("account", &[TOKENS, BASE, include_str!("../../assets/account.css")])
});

/// What asks the browser for passkeys.
static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../assets/passkey.js");
    Asset::new("passkey", "js", "text/javascript; charset=utf-8", text)
});

/// Sends a form on its way to the app.
static SUBMIT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../assets/submit.js");
    Asset::new("submit", "js", "text/javascript; charset=utf-8", text)
});

pub fn router(server: &Arc<Server>) -> Router<Arc<Server>> {
    Router::new()
        .route("/oauth/authorize", get(authorize::ask).post(authorize::decide))
        .route("/account/sign-in", get(sign_in::page).post(sign_in::with_password))
        .route(SIGN_IN_CODE, post(code::send))
        .route("/account/sign-in/code/check", post(code::check))
        .route("/account/sign-in/passkey", post(passkey::sign_in))
        .route("/account/sign-out", post(sign_in::out))
        .route("/account/recover", get(recover::page).post(recover::send))
        .route("/account/recover/set", post(recover::set))
        .route("/account/create", get(create::page).post(create::create))
        .route("/account", get(account::page))
        .route("/account/handle", post(account::handle::change))
        .route("/account/email", post(account::email::change))
        .route("/account/email/confirm", post(account::email::confirm))
        .route("/account/delete", post(account::delete::ask))
        .route("/account/delete/confirm", post(account::delete::delete))
        .route("/account/activate", post(account::status::activate))
        .route("/account/deactivate", post(account::status::deactivate))
        .route("/account/apps/end", post(account::apps::end))
        .route("/account/browsers/end", post(account::browsers::end))
        .route("/account/sessions/end", post(account::sessions::end))
        .route("/account/app-passwords/create", post(account::app_passwords::create))
        .route("/account/app-passwords/revoke", post(account::app_passwords::revoke))
        .route("/account/passkeys/add", get(passkey::add_page).post(passkey::add))
        .route("/account/passkeys/remove", post(passkey::remove))
        .route("/account/export/repository", get(export::repository))
        .route("/account/export/blobs", get(export::blobs))
        .route("/assets/{name}", get(asset))
        .layer(from_fn_with_state(Arc::clone(server), count))
        .layer(from_fn_with_state(Arc::clone(server), shell::guard))
}

/// Counts a request for a page against the bounds of its address.
async fn count(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let refuse = |refusal| PageError::from(refusal).into_response();
    counted(&server, method, refuse, request, next).await
}

/// The method that does the same as a form, so that nobody does by the one what they had enough of
/// by the other; the form's own address if there is none.
fn method(request: &Parts) -> &str {
    match request.uri.path() {
        _ if request.method != Method::POST => "",
        "/account/sign-in" | "/account/sign-in/code/check" => server::CREATE_SESSION,
        "/account/recover" => server::REQUEST_PASSWORD_RESET,
        "/account/recover/set" => server::RESET_PASSWORD,
        "/account/create" => server::CREATE_ACCOUNT,
        "/account/delete/confirm" => server::DELETE_ACCOUNT,
        own => own,
    }
}

async fn asset(Path(name): Path<String>) -> Result<Response, PageError> {
    let file = hypercerts_theme::serve(&[&STYLE, &PASSKEY, &SUBMIT, &MARK], &name);
    file.ok_or(PageError::NotFound)
}
