//! `getLatestCommit`, `getRepoStatus`, `listRepos`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, Cid, Did, Tid};
use hypercerts_repo::Head;
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::params::{DidParam, limit};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::{AccountId, StoreError, repos};

#[derive(Serialize)]
pub struct LatestCommit {
    cid: Cid,
    rev: Tid,
}

pub async fn get_latest_commit(
    State(server): State<Arc<Server>>,
    Query(DidParam { did }): Query<DidParam>,
) -> Result<Json<LatestCommit>, XrpcError> {
    let head = head(&server, did).await?;
    Ok(Json(LatestCommit { cid: head.commit, rev: head.rev }))
}

#[derive(Serialize)]
pub struct RepoStatus {
    did: Did,
    active: bool,
    rev: Tid,
}

pub async fn get_repo_status(
    State(server): State<Arc<Server>>,
    Query(DidParam { did }): Query<DidParam>,
) -> Result<Json<RepoStatus>, XrpcError> {
    let head = head(&server, did.clone()).await?;
    Ok(Json(RepoStatus { did, active: true, rev: head.rev }))
}

async fn head(server: &Server, did: Did) -> Result<Head, Error> {
    let account = server.accounts.repo(&AtIdentifier::Did(did)).await?;
    let read = move |connection: &Connection| head_of(connection, account.id);
    Ok(server.store.readers.read(read).await?.head)
}

/// The head of an account that exists.
pub fn head_of(connection: &Connection, id: AccountId) -> Result<repos::StoredHead, Error> {
    let head = repos::head(connection, id)?;
    let lost = || StoreError::Corrupt(format!("account {} has no repository", id.0));
    Ok(head.ok_or_else(lost)?)
}

#[derive(Deserialize)]
pub struct ListRepos {
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
pub struct RepoPage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    repos: Vec<ListedRepo>,
}

#[derive(Serialize)]
struct ListedRepo {
    did: Did,
    head: Cid,
    rev: Tid,
    active: bool,
}

pub async fn list_repos(
    State(server): State<Arc<Server>>,
    Query(params): Query<ListRepos>,
) -> Result<Json<RepoPage>, XrpcError> {
    let limit = limit(params.limit, 500, 1000)?;
    let after = match params.cursor.as_deref().map(str::parse) {
        None => 0,
        Some(Ok(id)) => id,
        Some(Err(_)) => return Err(Refusal::invalid("The cursor is not one of ours.").into()),
    };
    let read = move |connection: &Connection| Ok(repos::list(connection, AccountId(after), limit)?);
    let found = server.store.readers.read(read).await?;
    let full = found.len() >= limit as usize;
    Ok(Json(RepoPage {
        cursor: found.last().filter(|_| full).map(|repo| repo.id.0.to_string()),
        repos: found.into_iter().map(ListedRepo::from).collect(),
    }))
}

impl From<repos::Listed> for ListedRepo {
    fn from(repo: repos::Listed) -> Self {
        Self { did: repo.did, head: repo.head, rev: repo.rev, active: true }
    }
}
