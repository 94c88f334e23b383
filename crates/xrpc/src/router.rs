//! Methods under `/xrpc/`: GET for queries and subscriptions, POST for procedures.
//!
//! [`XrpcRouter`] answers for the method names, [`edge`] for everything else a server says.

use std::any::Any;
use std::future::{Ready, ready};

use axum::Router;
use axum::extract::Path;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use hypercerts_lexicon::Nsid;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{XrpcError, cors, linger};

/// The route of the methods that a server does not implement.
pub const UNSERVED: &str = "/xrpc/{*method}";

/// Builds the routes of the methods a server implements; all others answer 501.
#[derive(Debug)]
pub struct XrpcRouter<S = ()> {
    routes: Router<S>,
}

impl<S: Clone + Send + Sync + 'static> XrpcRouter<S> {
    /// With `/xrpc/_health` answering `{"version": version}`.
    pub fn new(version: &'static str) -> Self {
        let health = move || async move { axum::Json(serde_json::json!({ "version": version })) };
        let routes =
            Router::new().route("/xrpc/_health", get(health)).route(UNSERVED, any(not_served));
        Self { routes }
    }

    /// A query or a subscription, by its NSID.
    pub fn query<H, T>(self, nsid: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let wrong_verb = refuse_verb(nsid, "query", "GET");
        Self { routes: self.routes.route(&path(nsid), get(handler).fallback(wrong_verb)) }
    }

    /// A procedure, by its NSID.
    pub fn procedure<H, T>(self, nsid: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let wrong_verb = refuse_verb(nsid, "procedure", "POST");
        Self { routes: self.routes.route(&path(nsid), post(handler).fallback(wrong_verb)) }
    }

    /// The routes, to be merged with the server's other ones and put behind [`edge`].
    pub fn into_router(self) -> Router<S> {
        self.routes
    }
}

fn path(nsid: &str) -> String {
    format!("/xrpc/{nsid}")
}

/// A handler for the verbs a method does not have.
fn refuse_verb(
    nsid: &str,
    kind: &str,
    verb: &str,
) -> impl Fn() -> Ready<XrpcError> + Clone + use<> {
    let error = XrpcError::invalid_request(format!("{nsid} is a {kind}: call it with {verb}."));
    move || ready(error.clone())
}

async fn not_served(Path(method): Path<String>) -> XrpcError {
    match Nsid::parse(&method) {
        Ok(nsid) => XrpcError::method_not_implemented(nsid.as_str()),
        Err(why) => XrpcError::invalid_request(format!("This is no name of a method: {why}")),
    }
}

/// What every server wears on the outside: any origin may call it, a panic in a handler becomes a
/// 500 in the envelope instead of a dropped connection, and a refusal reaches a client that still
/// sends.
pub fn edge<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(axum::middleware::map_request(linger::keep_reading))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn(cors::allow_any_origin))
}

// The signature is what `CatchPanicLayer` calls.
#[expect(clippy::needless_pass_by_value)]
fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    XrpcError::internal(format_args!("a handler panicked: {text}")).into_response()
}
