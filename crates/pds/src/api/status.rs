//! `deactivateAccount`, `activateAccount`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::Datetime;
use hypercerts_xrpc::{Json, NoInput, XrpcError};
use serde::Deserialize;

use crate::account::status;
use crate::api::auth::Caller;
use crate::permission::{Access, AccountPart, Need};
use crate::server::Server;

pub async fn activate(
    State(server): State<Arc<Server>>,
    caller: Caller,
    _: NoInput,
) -> Result<(), XrpcError> {
    caller.require(&Need::Owner)?;
    Ok(status::activate(&server, &caller.account).await?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeactivateAccount {
    /// When the owner would like it to be deleted. Noted by other servers; here an account is
    /// deleted by `deleteAccount` only.
    #[serde(rename = "deleteAfter")]
    _delete_after: Option<Datetime>,
}

pub async fn deactivate(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(_): Json<DeactivateAccount>,
) -> Result<(), XrpcError> {
    caller.require(&Need::Account { part: AccountPart::Status, access: Access::Manage })?;
    match caller.is_app() {
        true => status::deactivate_by_app(&server, &caller.account).await?,
        false => status::deactivate(&server, &caller.account).await?,
    }
    Ok(())
}
