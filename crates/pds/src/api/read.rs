//! `getRecord`, `listRecords`, `describeRepo`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_identity::DidDocument;
use hypercerts_lexicon::{AtIdentifier, AtUri, Cid, Did, Handle, Nsid, RecordKey, Value, drisl};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::params::{limit, uri};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::StoreError;
use crate::store::records::{self, Page, StoredRecord};

#[derive(Serialize)]
pub struct RecordView {
    uri: AtUri,
    cid: Cid,
    value: Value,
}

impl RecordView {
    fn new(did: &Did, record: &StoredRecord) -> Result<Self, StoreError> {
        let value = drisl::decode(&record.bytes)
            .map_err(|why| StoreError::Corrupt(format!("the record {}: {why}", record.path)))?;
        Ok(Self { uri: uri(did, &record.path), cid: record.cid, value })
    }
}

#[derive(Deserialize)]
pub struct GetRecord {
    repo: AtIdentifier,
    collection: Nsid,
    rkey: RecordKey,
    cid: Option<Cid>,
}

pub async fn get_record(
    State(server): State<Arc<Server>>,
    Query(params): Query<GetRecord>,
) -> Result<Json<RecordView>, XrpcError> {
    let account = server.accounts.repo(&params.repo).await?;
    let path = RepoPath::new(&params.collection, &params.rkey);
    let (id, wanted) = (account.id, path.clone());
    let read = move |connection: &Connection| Ok(records::get_served(connection, id, &wanted)?);
    let found = server.store.readers.read(read).await?;
    let found = found.filter(|record| params.cid.is_none_or(|cid| cid == record.cid));
    let record = found.ok_or_else(|| match params.cid {
        None => Refusal::RecordNotFound(path.to_string()),
        Some(cid) => Refusal::RecordNotFound(format!("{path} in the version {cid}")),
    })?;
    Ok(Json(RecordView::new(&account.did, &record)?))
}

#[derive(Deserialize)]
pub struct ListRecords {
    repo: AtIdentifier,
    collection: Nsid,
    limit: Option<u32>,
    cursor: Option<String>,
    #[serde(default)]
    reverse: bool,
}

#[derive(Serialize)]
pub struct RecordPage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    records: Vec<RecordView>,
}

/// By descending record key; with `reverse`, ascending. The cursor is the last record key.
pub async fn list_records(
    State(server): State<Arc<Server>>,
    Query(params): Query<ListRecords>,
) -> Result<Json<RecordPage>, XrpcError> {
    let limit = limit(params.limit, 50, 100)?;
    let account = server.accounts.repo(&params.repo).await?;
    let owner = Arc::clone(&account);
    let read = move |connection: &Connection| {
        let ListRecords { collection, cursor, reverse, .. } = &params;
        let page = Page { collection, cursor: cursor.as_deref(), ascending: *reverse, limit };
        let found = records::list_served(connection, owner.id, &page)?;
        view_page(&owner.did, &found, limit)
    };
    Ok(Json(server.store.readers.read(read).await?))
}

fn view_page(did: &Did, found: &[StoredRecord], limit: u32) -> Result<RecordPage, Error> {
    let full = found.len() >= limit as usize;
    let cursor = found.last().filter(|_| full).map(|record| record.path.rkey().to_string());
    let records = found.iter().map(|record| RecordView::new(did, record));
    Ok(RecordPage { cursor, records: records.collect::<Result<_, _>>()? })
}

#[derive(Deserialize)]
pub struct DescribeRepo {
    repo: AtIdentifier,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RepoView {
    handle: Handle,
    did: Did,
    did_doc: DidDocument,
    collections: Vec<Nsid>,
    handle_is_correct: bool,
}

pub async fn describe_repo(
    State(server): State<Arc<Server>>,
    Query(params): Query<DescribeRepo>,
) -> Result<Json<RepoView>, XrpcError> {
    let account = server.accounts.repo(&params.repo).await?;
    let id = account.id;
    let read = move |connection: &Connection| Ok(records::collections(connection, id)?);
    let collections = server.store.readers.read(read).await?;
    let identity = server.config.resolver.resolve_did(&account.did).await.map_err(|why| {
        XrpcError::upstream_failure(format!("The DID document could not be read: {why}."))
    })?;
    Ok(Json(RepoView {
        handle_is_correct: identity.handle.as_ref() == Some(&account.handle),
        handle: account.handle.clone(),
        did: account.did.clone(),
        did_doc: identity.document.clone(),
        collections,
    }))
}
