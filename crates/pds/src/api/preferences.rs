//! `getPreferences`, `putPreferences`: a private list that apps keep for an account, and that moves
//! with it. What is in it is the apps' affair.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::Nsid;
use hypercerts_xrpc::nsid::actor;
use hypercerts_xrpc::{Json, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::auth::Caller;
use crate::error::{Error, Refusal};
use crate::permission::Need;
use crate::server::Server;
use crate::store::{AccountId, WriteTx, preferences};

#[derive(Deserialize, Serialize)]
pub struct Preferences {
    preferences: Vec<Map<String, Value>>,
}

pub async fn get(
    State(server): State<Arc<Server>>,
    caller: Caller,
) -> Result<Json<Preferences>, XrpcError> {
    require(&server, &caller, actor::GET_PREFERENCES)?;
    let id = caller.account.id;
    let read = move |connection: &Connection| list(connection, id);
    let preferences = server.store.readers.read(read).await?;
    Ok(Json(Preferences { preferences }))
}

pub async fn put(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<Preferences>,
) -> Result<(), XrpcError> {
    require(&server, &caller, actor::PUT_PREFERENCES)?;
    if !input.preferences.iter().all(|one| one.get("$type").is_some_and(Value::is_string)) {
        return Err(Refusal::invalid("Each preference says its $type.").into());
    }
    let text = serde_json::to_string(&input.preferences).map_err(XrpcError::internal)?;
    let id = caller.account.id;
    let weight = text.len();
    let set = move |tx: &mut WriteTx<'_>| Ok(preferences::set(tx.connection, id, &text)?);
    Ok(server.store.writer.write(weight, set).await?)
}

/// These methods are served here instead of by another service, which would be asked for the same.
fn require(server: &Server, caller: &Caller, method: &str) -> Result<(), XrpcError> {
    let method = Nsid::parse(method).map_err(XrpcError::internal)?;
    Ok(caller.require(&Need::Call { method: &method, audience: server.did.as_str() })?)
}

/// The list of an account; empty if nothing was ever kept.
pub fn list(connection: &Connection, id: AccountId) -> Result<Vec<Map<String, Value>>, Error> {
    let Some(text) = preferences::get(connection, id)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text).map_err(|error| Error::Internal(error.to_string()))
}
