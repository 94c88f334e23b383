//! Service proxying: a call with the header `atproto-proxy: <did>#<service>` goes on to that
//! service, in the caller's name, with a token for this one method.
//!
//! * [`destination`]: which service is meant, and where it is.
//! * [`forward`]: what goes there.
//! * [`answer`]: what comes back.
//!
//! What this server serves it answers itself, whatever the header says; except for the methods of
//! groups, which may live with another service. Where the header names this server it changes
//! nothing.

mod answer;
mod destination;
mod forward;

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::Nsid;
use hypercerts_xrpc::XrpcError;
use hypercerts_xrpc::nsid::group;
use hypercerts_xrpc::router::UNSERVED;
use jiff::Timestamp;

use crate::api::auth::Caller;
use crate::api::service_auth::{self, USUAL};
use crate::server::Server;
use destination::Destination;

/// Middleware: passes on what another service is to answer.
pub async fn pass_on(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let answer = match for_another(&server, &request) {
        Ok(Some((destination, method))) => call(&server, request, &destination, method).await,
        Ok(None) => return next.run(request).await,
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

/// The other service that is to answer, if one is, and the method it is asked for.
fn for_another(
    server: &Server,
    request: &Request,
) -> Result<Option<(Destination, Nsid)>, XrpcError> {
    let named = request.uri().path().strip_prefix("/xrpc/").and_then(|name| Nsid::parse(name).ok());
    let Some(method) = named.filter(|method| may_be_elsewhere(request, method)) else {
        return Ok(None);
    };
    let destination = Destination::named(request.headers())?;
    Ok(destination.filter(|other| other.did != server.did).map(|other| (other, method)))
}

fn may_be_elsewhere(request: &Request, method: &Nsid) -> bool {
    let matched = request.extensions().get::<MatchedPath>();
    let unserved = matched.is_some_and(|path| path.as_str() == UNSERVED);
    unserved || group::PREFIXES.iter().any(|prefix| method.as_str().starts_with(prefix))
}

/// Whatever could cause traffic comes after the caller is known and allowed to cause it.
async fn call(
    server: &Arc<Server>,
    request: Request,
    destination: &Destination,
    method: Nsid,
) -> Result<Response, XrpcError> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, server).await?;
    caller.require_active()?;
    service_auth::check_method(&caller, &method, &destination.to_string())?;
    let account = &caller.account;
    server.limits.charge_proxied(&account.did)?;
    let turn = server.proxied.begin(Some(&account.did))?;
    let url = destination.url(server, &parts.uri).await?;
    let now = Timestamp::now().as_second();
    // Receivers that know only DIDs as audiences are still many.
    let audience = destination.did.to_string();
    let token =
        service_auth::issue(server, account, audience, Some(method), (now, now + USUAL)).await?;
    let upstream = forward::send(server, &parts, body, url, &token).await?;
    Ok(answer::from(upstream, turn).await)
}
