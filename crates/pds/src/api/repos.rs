//! `getLatestCommit`, `getRepoStatus`, `listRepos`, `listReposByCollection`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, Cid, Did, Nsid, Tid};
use hypercerts_repo::Head;
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::params::{DidParam, limit};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::Account;
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
    let account = server.accounts.repo(&AtIdentifier::Did(did)).await?;
    let head = head(&server, account).await?;
    Ok(Json(LatestCommit { cid: head.commit, rev: head.rev }))
}

#[derive(Serialize)]
pub struct RepoStatus {
    did: Did,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rev: Option<Tid>,
}

pub async fn get_repo_status(
    State(server): State<Arc<Server>>,
    Query(DidParam { did }): Query<DidParam>,
) -> Result<Json<RepoStatus>, XrpcError> {
    let account = server.accounts.known(&AtIdentifier::Did(did)).await?;
    let (active, status) = (account.status.is_active(), account.status.of_inactive());
    let did = account.did.clone();
    let rev = if active { Some(head(&server, account).await?.rev) } else { None };
    Ok(Json(RepoStatus { did, active, status, rev }))
}

async fn head(server: &Server, account: Arc<Account>) -> Result<Head, Error> {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

pub async fn list_repos(
    State(server): State<Arc<Server>>,
    Query(params): Query<ListRepos>,
) -> Result<Json<RepoPage>, XrpcError> {
    let limit = limit(params.limit, 500, 1000)?;
    let after = account_cursor(params.cursor.as_deref())?;
    let read = move |connection: &Connection| Ok(repos::list(connection, after, limit)?);
    let found = server.store.readers.read(read).await?;
    let full = found.len() >= limit as usize;
    Ok(Json(RepoPage {
        cursor: found.last().filter(|_| full).map(|repo| repo.id.0.to_string()),
        repos: found.into_iter().map(ListedRepo::from).collect(),
    }))
}

#[derive(Deserialize)]
pub struct ListByCollection {
    collection: Nsid,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
pub struct AccountPage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    repos: Vec<ListedAccount>,
}

#[derive(Serialize)]
struct ListedAccount {
    did: Did,
}

/// The accounts that have a record in a collection, for indexers that need not ask all others.
pub async fn list_repos_by_collection(
    State(server): State<Arc<Server>>,
    Query(params): Query<ListByCollection>,
) -> Result<Json<AccountPage>, XrpcError> {
    let limit = limit(params.limit, 500, 2000)?;
    let after = account_cursor(params.cursor.as_deref())?;
    let read = move |connection: &Connection| {
        Ok(repos::with_collection(connection, &params.collection, after, limit)?)
    };
    let found = server.store.readers.read(read).await?;
    let full = found.len() >= limit as usize;
    Ok(Json(AccountPage {
        cursor: found.last().filter(|_| full).map(|(id, _)| id.0.to_string()),
        repos: found.into_iter().map(|(_, did)| ListedAccount { did }).collect(),
    }))
}

/// Accounts are listed by age; a cursor is the place of the one that came last.
fn account_cursor(cursor: Option<&str>) -> Result<AccountId, Refusal> {
    match cursor.map(str::parse) {
        None => Ok(AccountId(0)),
        Some(Ok(id)) => Ok(AccountId(id)),
        Some(Err(_)) => Err(Refusal::invalid("The cursor is not one of ours.")),
    }
}

impl From<repos::Listed> for ListedRepo {
    fn from(repo: repos::Listed) -> Self {
        let repos::Listed { did, head, rev, status, .. } = repo;
        Self { did, head, rev, active: status.is_active(), status: status.of_inactive() }
    }
}
