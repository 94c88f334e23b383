//! `getRecord`, `listRecords`, `describeRepo`.

use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use hypercerts_identity::DidDocument;
use hypercerts_lexicon::{AtIdentifier, Cid, Did, Handle, Nsid, RecordKey, drisl};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::{Json, JsonText, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::params::limit;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::records::{self, Page, RecordRow};

/// Appends a record's JSON, its value straight from the stored bytes. Nothing in an address or a
/// CID needs to be escaped.
fn write_record(out: &mut Vec<u8>, did: &Did, record: &RecordRow<'_>) -> Result<(), StoreError> {
    let RecordRow { path, cid, bytes } = record;
    let corrupt = |why: &dyn Display| StoreError::Corrupt(format!("the record {path}: {why}"));
    write!(out, r#"{{"uri":"at://{did}/{path}","cid":"{cid}","value":"#)
        .map_err(|why| corrupt(&why))?;
    drisl::write_json(bytes, out).map_err(|why| corrupt(&why))?;
    out.push(b'}');
    Ok(())
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
    let (owner, wanted) = (Arc::clone(&account), path.clone());
    let read = move |connection: &Connection| {
        let found = records::get_served(connection, owner.id, &wanted)?;
        let found = found.filter(|record| params.cid.is_none_or(|cid| cid == record.cid));
        found.map(|record| written(&owner.did, &record.row())).transpose()
    };
    let found = server.store.readers.read(read).await?;
    let record = found.ok_or_else(|| match params.cid {
        None => Refusal::RecordNotFound(path.to_string()),
        Some(cid) => Refusal::RecordNotFound(format!("{path} in the version {cid}")),
    })?;
    Ok(JsonText(record))
}

fn written(did: &Did, record: &RecordRow<'_>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(record.bytes.len() * 2);
    write_record(&mut out, did, record)?;
    Ok(out)
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

/// Bytes that room is made for at first.
const PAGE_ROOM: usize = 64 << 10;

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
        written_page(connection, &owner, &page)
    };
    Ok(JsonText(server.store.readers.read(read).await?))
}

fn written_page(
    connection: &Connection,
    owner: &Account,
    page: &Page<'_>,
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(PAGE_ROOM);
    let mut last = String::new();
    let mut count = 0;
    out.extend_from_slice(br#"{"records":["#);
    records::visit_served(connection, owner.id, page, |record| {
        if count > 0 {
            out.push(b',');
        }
        count += 1;
        last.clear();
        last.push_str(record.path);
        Ok::<_, Error>(write_record(&mut out, &owner.did, &record)?)
    })?;
    out.push(b']');
    if count >= page.limit
        && let Some((_, rkey)) = last.split_once('/')
    {
        out.extend_from_slice(format!(r#","cursor":"{rkey}""#).as_bytes());
    }
    out.push(b'}');
    Ok(out)
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
