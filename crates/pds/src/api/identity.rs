//! Handles: `resolveHandle`, `updateHandle`, and `/.well-known/atproto-did`; and the server's own DID
//! document.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::{Did, Handle};
use hypercerts_xrpc::nsid::group;
use hypercerts_xrpc::{Json, Query, XrpcError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::rename::rename;
use crate::api::auth::Caller;
use crate::error::Refusal;
use crate::permission::{IdentityPart, Need};
use crate::server::Server;

#[derive(Deserialize)]
pub struct HandleParam {
    handle: Handle,
}

#[derive(Serialize)]
pub struct Resolved {
    did: Did,
}

/// A handle under one of our domains is ours to know; every other is looked up.
pub async fn resolve_handle(
    State(server): State<Arc<Server>>,
    Query(HandleParam { handle }): Query<HandleParam>,
) -> Result<Json<Resolved>, XrpcError> {
    if let Some(account) = server.accounts.by_handle(&handle).await? {
        return Ok(Json(Resolved { did: account.did.clone() }));
    }
    if server.domains.contain(&handle) {
        return Err(Refusal::HandleNotFound(handle).into());
    }
    match server.config.resolver.resolve_handle(&handle).await {
        Ok(did) => Ok(Json(Resolved { did })),
        Err(why) => Err(XrpcError::named("HandleNotFound", format!("{why}."))),
    }
}

#[derive(Deserialize)]
pub struct UpdateHandle {
    handle: String,
}

pub async fn update_handle(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<UpdateHandle>,
) -> Result<(), XrpcError> {
    caller.require(&Need::Identity { part: IdentityPart::Handle })?;
    Ok(rename(&server, &caller.account, &input.handle).await?)
}

/// The DID of the account whose handle is the host that was asked.
pub async fn well_known_did(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
) -> Result<Response, XrpcError> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    let account = match Handle::parse(name) {
        Ok(handle) => server.accounts.by_handle(&handle).await?,
        Err(_) => None,
    };
    Ok(match account {
        Some(account) => account.did.to_string().into_response(),
        None => (StatusCode::NOT_FOUND, "No account here has this handle.").into_response(),
    })
}

/// The document of the server's own DID: which services other servers may ask it for.
pub async fn server_document(State(server): State<Arc<Server>>) -> Json<serde_json::Value> {
    Json(json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": server.did,
        "service": [{
            "id": format!("#{}", group::SERVICE),
            "type": group::SERVICE_TYPE,
            "serviceEndpoint": server.config.public_url.origin().ascii_serialization(),
        }],
    }))
}
