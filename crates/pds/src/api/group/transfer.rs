//! `ownershipTransfer.propose`, `accept`, `cancel`, `status`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, Datetime, Did};
use hypercerts_xrpc::{Json, Query, XrpcError};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::group::member::Person;
use crate::api::group::records::GroupParam;
use crate::api::group::{SMALL_CHANGE, datetime};
use crate::error::{Error, Refusal};
use crate::group::act::Act;
use crate::group::acting::Acting;
use crate::group::role::Deed;
use crate::group::transfer::{self, is_party};
use crate::server::Server;
use crate::store::groups::transfers::{self, Transfer};
use crate::store::{AccountId, WriteTx};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Propose {
    repo: AtIdentifier,
    new_owner: AtIdentifier,
}

/// What is proposed, as its parties see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    proposed_owner: Did,
    proposed_by: Did,
    created_at: Datetime,
    expires_at: Datetime,
}

impl From<Transfer> for Proposal {
    fn from(transfer: Transfer) -> Self {
        Self {
            proposed_owner: transfer.proposed_owner,
            proposed_by: transfer.proposed_by,
            created_at: datetime(transfer.created_at),
            expires_at: datetime(transfer.expires_at),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposed {
    group_did: Did,
    #[serde(flatten)]
    proposal: Proposal,
}

pub async fn propose(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(Propose { repo, new_owner }): Json<Propose>,
) -> Result<Json<Proposed>, XrpcError> {
    let acting = person.in_group(&server, &repo).await?;
    let to = did_of(&server, new_owner).await?;
    let propose = move |tx: &mut WriteTx<'_>, acting: &Acting| transfer::propose(tx, acting, &to);
    let proposal = acting.change(&server, SMALL_CHANGE, propose).await?.into();
    Ok(Json(Proposed { group_did: acting.group.did.clone(), proposal }))
}

/// Members are known by their DID.
async fn did_of(server: &Server, who: AtIdentifier) -> Result<Did, Error> {
    let handle = match who {
        AtIdentifier::Did(did) => return Ok(did),
        AtIdentifier::Handle(handle) => handle,
    };
    if let Some(account) = server.accounts.by_handle(&handle).await? {
        return Ok(account.did.clone());
    }
    let found = server.config.resolver.resolve_handle(&handle).await;
    Ok(found.map_err(|why| Refusal::invalid(format!("newOwner cannot be found: {why}.")))?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    group_did: Did,
    owner: Did,
    previous_owner: Did,
    updated_at: Datetime,
}

pub async fn accept(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(GroupParam { repo }): Json<GroupParam>,
) -> Result<Json<Accepted>, XrpcError> {
    let acting = person.in_group(&server, &repo).await?;
    let accept = |tx: &mut WriteTx<'_>, acting: &Acting| transfer::accept(tx, acting);
    let taken_over = acting.change(&server, SMALL_CHANGE, accept).await?;
    server.accounts.forget(&acting.group.did);
    Ok(Json(Accepted {
        group_did: acting.group.did.clone(),
        owner: acting.actor,
        previous_owner: taken_over.previous_owner,
        updated_at: taken_over.at,
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    group_did: Did,
    cancelled: bool,
}

pub async fn cancel(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(GroupParam { repo }): Json<GroupParam>,
) -> Result<Json<Cancelled>, XrpcError> {
    let acting = person.in_group(&server, &repo).await?;
    let cancel = |tx: &mut WriteTx<'_>, acting: &Acting| transfer::cancel(tx, acting);
    acting.change(&server, SMALL_CHANGE, cancel).await?;
    Ok(Json(Cancelled { group_did: acting.group.did.clone(), cancelled: true }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferStatus {
    group_did: Did,
    pending: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    proposal: Option<Proposal>,
}

/// Members who are no party to a transfer are told that there is none.
pub async fn status(
    State(server): State<Arc<Server>>,
    person: Person,
    Query(GroupParam { repo }): Query<GroupParam>,
) -> Result<Json<TransferStatus>, XrpcError> {
    let acting = person.in_group(&server, &repo).await?;
    let read = move |connection: &Connection, group: AccountId| {
        Ok(transfers::get(connection, group, Timestamp::now())?)
    };
    let found = acting.read(&server, Act::new(Deed::ListMembers), read).await?;
    let proposal = found.filter(|transfer| is_party(transfer, &acting.actor)).map(Proposal::from);
    let group_did = acting.group.did.clone();
    Ok(Json(TransferStatus { group_did, pending: proposal.is_some(), proposal }))
}
