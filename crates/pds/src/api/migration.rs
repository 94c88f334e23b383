//! Coming from another server and going to one: `importRepo`, `listMissingBlobs`,
//! `checkAccountStatus`, `getRecommendedDidCredentials`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use hypercerts_identity::plc::PlcData;
use hypercerts_lexicon::{AtUri, Cid, Tid};
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::account::credentials;
use crate::api::auth::Caller;
use crate::api::params::{limit, uri};
use crate::api::preferences;
use crate::api::repos::head_of;
use crate::error::Error;
use crate::permission::{Access, AccountPart, Need};
use crate::server::Server;
use crate::store::blobs;
use crate::store::{AccountId, records, repos};
use crate::writes::import::import;

/// How long a repository that has arrived waits to be taken in, when too many are.
const TURN: Duration = Duration::from_secs(5 * 60);

/// The repository is brought to what the CAR holds; answers when that is on disk.
pub async fn import_repo(
    State(server): State<Arc<Server>>,
    caller: Caller,
    body: Body,
) -> Result<(), XrpcError> {
    caller.require(&Need::Account { part: AccountPart::Repo, access: Access::Manage })?;
    let _arrival = server.arrivals.begin(Some(&caller.account.did))?;
    let received = server.blobs.receive(body, server.config.max_import_bytes).await?;
    // After the body, so that nobody holds the others up by sending slowly.
    let turn = tokio::time::timeout(TURN, server.imports.acquire()).await;
    let _turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    Ok(import(&server, &caller.account, received.path()).await?)
}

#[derive(Deserialize)]
pub struct ListMissingBlobs {
    limit: Option<u32>,
    cursor: Option<Cid>,
}

#[derive(Serialize)]
pub struct MissingPage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Cid>,
    blobs: Vec<MissingBlob>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MissingBlob {
    cid: Cid,
    record_uri: AtUri,
}

pub async fn list_missing_blobs(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Query(params): Query<ListMissingBlobs>,
) -> Result<Json<MissingPage>, XrpcError> {
    caller.require(&Need::Account { part: AccountPart::Repo, access: Access::Read })?;
    let limit = limit(params.limit, 500, 1000)?;
    let id = caller.account.id;
    let read = move |connection: &Connection| {
        Ok(blobs::missing(connection, id, params.cursor.as_ref(), limit)?)
    };
    let found = server.store.readers.read(read).await?;
    let cursor = found.last().map(|(cid, _)| *cid).filter(|_| found.len() >= limit as usize);
    let did = &caller.account.did;
    let view = |(cid, path)| MissingBlob { cid, record_uri: uri(did, &path) };
    Ok(Json(MissingPage { cursor, blobs: found.into_iter().map(view).collect() }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountStatus {
    activated: bool,
    /// Whether the DID document names this server and its key.
    valid_did: bool,
    repo_commit: Cid,
    repo_rev: Tid,
    repo_blocks: u64,
    indexed_records: u64,
    private_state_values: u64,
    expected_blobs: u64,
    imported_blobs: u64,
}

pub async fn check_account_status(
    State(server): State<Arc<Server>>,
    caller: Caller,
) -> Result<Json<AccountStatus>, XrpcError> {
    caller.require(&Need::Account { part: AccountPart::Status, access: Access::Read })?;
    let account = &caller.account;
    let valid_did = credentials::require_fitting(&server, account).await.is_ok();
    let (id, activated) = (account.id, account.status.is_active());
    let read = move |connection: &Connection| status(connection, id, activated, valid_did);
    Ok(Json(server.store.readers.read(read).await?))
}

fn status(
    connection: &Connection,
    id: AccountId,
    activated: bool,
    valid_did: bool,
) -> Result<AccountStatus, Error> {
    let head = head_of(connection, id)?.head;
    let (nodes, records) = (repos::count_nodes(connection, id)?, records::count(connection, id)?);
    let (expected_blobs, imported_blobs) = blobs::counts(connection, id)?;
    Ok(AccountStatus {
        activated,
        valid_did,
        repo_commit: head.commit,
        repo_rev: head.rev,
        repo_blocks: 1 + nodes + records,
        indexed_records: records,
        private_state_values: preferences::list(connection, id)?.len() as u64,
        expected_blobs,
        imported_blobs,
    })
}

/// What the account's DID document should say while it lives here.
pub async fn recommended_credentials(
    State(server): State<Arc<Server>>,
    caller: Caller,
) -> Result<Json<PlcData>, XrpcError> {
    caller.require(&Need::Leave)?;
    Ok(Json(credentials::recommended(&server, &caller.account).await?))
}
