//! `register`, `import`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{Did, Handle};
use hypercerts_xrpc::{Json, XrpcError};
use serde::{Deserialize, Serialize};

use crate::api::group::member::Person;
use crate::error::Refusal;
use crate::group::found::{self, Registration};
use crate::group::refused::GroupRefusal;
use crate::server::Server;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Register {
    handle: String,
    owner_did: Did,
    invite_code: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Founded {
    group_did: Did,
    handle: Handle,
}

/// The address that the service mails to is not taken: nobody gets in by mail.
pub async fn register(
    State(server): State<Arc<Server>>,
    Person { did, .. }: Person,
    Json(input): Json<Register>,
) -> Result<Json<Founded>, XrpcError> {
    if input.owner_did != did {
        return Err(Refusal::from(GroupRefusal::NotTheOwner(did)).into());
    }
    let Register { handle, owner_did, invite_code } = input;
    let registration = Registration { handle, owner: owner_did, invite_code };
    let group = found::register(&server, registration).await?;
    Ok(Json(Founded { group_did: group.did, handle: group.handle }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    group_did: Did,
    owner_did: Did,
}

/// The account itself asks. The app password that the service wants to act with is not needed: the
/// account is this server's own.
pub async fn import(
    State(server): State<Arc<Server>>,
    Person { did, account }: Person,
    Json(input): Json<Import>,
) -> Result<Json<Founded>, XrpcError> {
    let Import { group_did, owner_did } = input;
    if group_did != did {
        return Err(Refusal::from(GroupRefusal::NotTheAccount(group_did)).into());
    }
    let account = account.ok_or_else(|| Refusal::RepoNotFound(did.to_string()))?;
    found::import(&server, &account, owner_did).await?;
    Ok(Json(Founded { group_did, handle: account.handle.clone() }))
}
