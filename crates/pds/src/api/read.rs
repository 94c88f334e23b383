//! `getRecord`, `listRecords`, `describeRepo`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_identity::DidDocument;
use hypercerts_lexicon::drisl::Encoded;
use hypercerts_lexicon::{AtIdentifier, Cid, Did, Handle, Nsid, RecordKey, drisl};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::{Json, JsonText, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::params::limit;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::StoreError;
use crate::store::records::{self, Page, StoredRecord};

/// A record as it is answered. Its value goes from the stored bytes to JSON without being decoded.
#[derive(Serialize)]
struct RecordView<'a> {
    uri: String,
    cid: &'a Cid,
    value: Encoded<'a>,
}

impl<'a> RecordView<'a> {
    fn new(did: &Did, record: &'a StoredRecord) -> Self {
        let uri = format!("at://{did}/{}", record.path);
        Self { uri, cid: &record.cid, value: Encoded(&record.bytes) }
    }
}

/// Bytes of JSON beside the value: the address, the CID and the names.
const AROUND_A_VALUE: usize = 256;

/// Writes what holds `records`. JSON is a little longer than DRISL.
fn write_json(answer: &impl Serialize, records: &[StoredRecord]) -> Result<JsonText, Error> {
    let expected = records.iter().map(|record| AROUND_A_VALUE + record.bytes.len() * 5 / 4).sum();
    Ok(JsonText::write(answer, expected).map_err(|why| corrupt(records, &why.to_string()))?)
}

fn corrupt(records: &[StoredRecord], why: &str) -> StoreError {
    let unreadable = |record: &&StoredRecord| drisl::decode(&record.bytes).is_err();
    let path = records.iter().find(unreadable).map_or("", |record| record.path.as_str());
    StoreError::Corrupt(format!("the record {path}: {why}"))
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
) -> Result<JsonText, XrpcError> {
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
    Ok(write_json(&RecordView::new(&account.did, &record), std::slice::from_ref(&record))?)
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
struct RecordPage<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    records: Vec<RecordView<'a>>,
}

/// By descending record key; with `reverse`, ascending. The cursor is the last record key.
pub async fn list_records(
    State(server): State<Arc<Server>>,
    Query(params): Query<ListRecords>,
) -> Result<JsonText, XrpcError> {
    let limit = limit(params.limit, 50, 100)?;
    let account = server.accounts.repo(&params.repo).await?;
    let owner = Arc::clone(&account);
    let read = move |connection: &Connection| {
        let ListRecords { collection, cursor, reverse, .. } = &params;
        let page = Page { collection, cursor: cursor.as_deref(), ascending: *reverse, limit };
        let found = records::list_served(connection, owner.id, &page)?;
        let full = found.len() >= limit as usize;
        let cursor = found.last().filter(|_| full).map(|record| record.path.rkey().to_string());
        let records = found.iter().map(|record| RecordView::new(&owner.did, record)).collect();
        write_json(&RecordPage { cursor, records }, &found)
    };
    Ok(server.store.readers.read(read).await?)
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
