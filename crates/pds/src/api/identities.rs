//! Who is who on the network, as this server sees it: `resolveDid`, `resolveIdentity`, `refreshIdentity`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_identity::{DidDocument, ResolveError, Resolver};
use hypercerts_lexicon::{AtIdentifier, Did, Handle};
use hypercerts_xrpc::{Json, Query, XrpcError};
use serde::{Deserialize, Serialize};

use crate::server::Server;

#[derive(Deserialize)]
pub struct ByDid {
    did: Did,
}

#[derive(Deserialize)]
pub struct ByName {
    identifier: AtIdentifier,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolved {
    did_doc: DidDocument,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityInfo {
    did: Did,
    /// [`Handle::INVALID`] unless it leads to the DID and back.
    handle: String,
    did_doc: DidDocument,
}

pub async fn resolve_did(
    State(server): State<Arc<Server>>,
    Query(ByDid { did }): Query<ByDid>,
) -> Result<Json<Resolved>, XrpcError> {
    let document = server.config.resolver.document(&did).await.map_err(refuse)?;
    Ok(Json(Resolved { did_doc: document.as_ref().clone() }))
}

pub async fn resolve_identity(
    State(server): State<Arc<Server>>,
    Query(ByName { identifier }): Query<ByName>,
) -> Result<Json<IdentityInfo>, XrpcError> {
    let resolver = &server.config.resolver;
    let did = match identifier {
        AtIdentifier::Did(did) => did,
        AtIdentifier::Handle(handle) => resolver.resolve_handle(&handle).await.map_err(refuse)?,
    };
    let document = resolver.document(&did).await.map_err(refuse)?;
    let handle = leads_back(resolver, &document).await;
    Ok(Json(IdentityInfo { did, handle, did_doc: document.as_ref().clone() }))
}

/// Looks the identity up anew, for whoever asks this server from then on, too.
pub async fn refresh_identity(
    State(server): State<Arc<Server>>,
    Json(ByName { identifier }): Json<ByName>,
) -> Result<Json<IdentityInfo>, XrpcError> {
    let resolver = &server.config.resolver;
    let did = match identifier {
        AtIdentifier::Did(did) => did,
        AtIdentifier::Handle(handle) => resolver.refresh_handle(&handle).await.map_err(refuse)?,
    };
    let found = resolver.refresh(&did).await.map_err(refuse)?;
    let handle = found.handle_text().to_owned();
    Ok(Json(IdentityInfo { did, handle, did_doc: found.document.clone() }))
}

async fn leads_back(resolver: &Resolver, document: &DidDocument) -> String {
    let Some(claimed) = document.claimed_handle() else { return Handle::INVALID.to_owned() };
    match resolver.resolve_handle(&claimed).await {
        Ok(did) if did == *document.id() => claimed.to_string(),
        _ => Handle::INVALID.to_owned(),
    }
}

/// By the names that the methods' lexicons have. Who cannot be asked at present may be there all the same.
fn refuse(why: ResolveError) -> XrpcError {
    let message = format!("{why}.");
    match why {
        ResolveError::GivenUp(_) => XrpcError::named("DidDeactivated", message),
        ResolveError::HandleNotFound(_) => XrpcError::named("HandleNotFound", message),
        why if why.is_not_found() => XrpcError::named("DidNotFound", message),
        why if why.is_transient() => XrpcError::upstream_failure(message),
        _ => XrpcError::invalid_request(message),
    }
}
