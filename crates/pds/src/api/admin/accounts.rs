//! `getAccountInfo`, `getAccountInfos`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{Datetime, Did, Handle};
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::admin::datetime;
use crate::api::admin::invites::InviteView;
use crate::api::operator::Operator;
use crate::api::params::DidParam;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::{accounts, invites};

/// Accounts told at once.
const MAX_ACCOUNTS: usize = 100;

/// An account as the operator sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    did: Did,
    handle: Handle,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    indexed_at: Datetime,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_confirmed_at: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_by: Option<InviteView>,
    invites: Vec<InviteView>,
    invites_disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated_at: Option<Datetime>,
}

fn view(connection: &Connection, did: &Did) -> Result<Option<AccountView>, Error> {
    let Some(account) = accounts::by_did(connection, did)? else { return Ok(None) };
    let Some(details) = accounts::details(connection, account.id)? else { return Ok(None) };
    let invited_by = invites::used_by(connection, did)?;
    let made = invites::made_for(connection, did)?;
    Ok(Some(AccountView {
        did: account.did,
        handle: account.handle,
        email: account.email,
        indexed_at: datetime(details.created_at),
        email_confirmed_at: details.email_confirmed_at.map(datetime),
        invited_by: invited_by.map(|invite| InviteView::new(connection, invite)).transpose()?,
        invites: InviteView::all(connection, made)?,
        invites_disabled: details.invites_disabled,
        deactivated_at: details.deactivated_at.map(datetime),
    }))
}

pub async fn info(
    State(server): State<Arc<Server>>,
    _: Operator,
    Query(DidParam { did }): Query<DidParam>,
) -> Result<Json<AccountView>, XrpcError> {
    let read = move |connection: &Connection| {
        Ok(view(connection, &did)?.ok_or_else(|| Refusal::SubjectNotFound(did.to_string()))?)
    };
    Ok(Json(server.store.readers.read(read).await?))
}

#[derive(Deserialize)]
pub struct GetAccountInfos {
    #[serde(default)]
    dids: Vec<Did>,
}

#[derive(Serialize)]
pub struct AccountInfos {
    infos: Vec<AccountView>,
}

/// Those that are not here are left out.
pub async fn infos(
    State(server): State<Arc<Server>>,
    _: Operator,
    Query(GetAccountInfos { dids }): Query<GetAccountInfos>,
) -> Result<Json<AccountInfos>, XrpcError> {
    if dids.len() > MAX_ACCOUNTS {
        let rule = format!("{} accounts are too many; {MAX_ACCOUNTS} at once.", dids.len());
        return Err(Refusal::invalid(rule).into());
    }
    let read = move |connection: &Connection| {
        let found = dids.iter().filter_map(|did| view(connection, did).transpose());
        found.collect::<Result<_, _>>()
    };
    Ok(Json(AccountInfos { infos: server.store.readers.read(read).await? }))
}
