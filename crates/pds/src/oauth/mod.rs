//! The OAuth authorization server: how apps come to act for an account without its password.
//!
//! An app *pushes* its request ([`par`]), sends the user to the page where they sign in and agree
//! (`pages`), exchanges the code that comes back for tokens and refreshes those ([`token`]), and
//! gives them back ([`revoke`]). Every request of the app proves that it holds the key that its
//! tokens are bound to ([`dpop`]). What a token allows are [`scope`]s; a permission set stands for
//! several ([`permission_set`]).
//!
//! * [`client`]: who apps are, and how they authenticate.
//! * [`request`]: what an app may ask for, checked.
//! * [`tokens`]: access and refresh tokens, and how long they last.
//! * [`access`]: from a token with its proof to what a method may do.
//! * [`metadata`]: the documents by which apps find all this.
//! * [`jwk`], [`jws`]: keys and signatures as apps send them.

pub mod access;
pub mod client;
pub mod dpop;
pub mod error;
mod form;
pub mod jwk;
pub mod jws;
pub mod metadata;
pub mod par;
pub mod permission_set;
pub mod request;
pub mod revoke;
pub mod scope;
pub mod scope_word;
pub mod token;
pub mod tokens;

use axum::Router;
use axum::routing::{get, post};
use hypercerts_identity::HttpClient;
use std::sync::Arc;
use url::Url;

use crate::server::Server;
use client::registry::Registry;
use dpop::Dpop;

/// What the endpoints share.
pub struct OAuth {
    /// The server's origin, without a slash at the end.
    pub issuer: String,
    pub registry: Registry,
    pub dpop: Dpop,
}

impl OAuth {
    pub fn new(public_url: &Url, http: HttpClient) -> Self {
        Self {
            issuer: public_url.origin().ascii_serialization(),
            registry: Registry::new(http),
            dpop: Dpop::new(public_url.clone()),
        }
    }
}

/// The endpoints that apps speak to; the pages that people see are `pages`'.
pub fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/.well-known/oauth-protected-resource", get(metadata::protected_resource))
        .route("/.well-known/oauth-authorization-server", get(metadata::authorization_server))
        .route("/oauth/jwks", get(metadata::jwks))
        .route("/oauth/par", post(par::push))
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(revoke::revoke))
}
