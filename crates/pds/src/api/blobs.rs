//! `uploadBlob`, `getBlob`, `listBlobs`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::{Blob, Cid, Did, Tid, Value};
use hypercerts_xrpc::nsid::repo::UPLOAD_BLOB;
use hypercerts_xrpc::service_auth::ServiceToken;
use hypercerts_xrpc::{Bearer, Json, Query, XrpcError, require_unpacked};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::auth::{Caller, Viewer};
use crate::api::params::{DidParam, limit};
use crate::api::service_auth::vouched;
use crate::blob_store::Received;
use crate::error::{Error, Refusal};
use crate::permission::Need;
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::blobs::StoredBlob;
use crate::store::{AccountId, WriteTx, blobs, takedowns};

/// Characters of a media type.
const MAX_MIME_TYPE: usize = 128;
/// What a client sends that does not know the type, and what that means.
pub const ANY_TYPE: &str = "*/*";
const OCTETS: &str = "application/octet-stream";
/// Bytes an upload adds to the database, roughly.
const WEIGHT: usize = 512;

#[derive(Serialize)]
pub struct Uploaded {
    blob: Value,
}

/// Kept for some hours; a record that refers to the blob keeps it for good.
pub async fn upload(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Json<Uploaded>, XrpcError> {
    let (mut parts, body) = request.into_parts();
    let declared = declared_type(&parts.headers)?;
    let uploader = uploader(&server, &mut parts).await?;
    uploader.require(&declared)?;
    let received = receive(&server, &parts.headers, body).await?;
    let mime_type = media_type(&received, declared);
    uploader.require(&mime_type)?;
    Ok(Json(keep(&server, uploader.account().id, received, mime_type).await?))
}

/// Who keeps a file.
enum Uploader {
    /// The account itself.
    Caller(Caller),
    /// The account for which another server shows its word, which is for files of every type.
    Vouched(Arc<Account>),
}

impl Uploader {
    fn account(&self) -> &Account {
        match self {
            Self::Caller(caller) => &caller.account,
            Self::Vouched(account) => account,
        }
    }

    fn require(&self, mime_type: &str) -> Result<(), Refusal> {
        match self {
            Self::Caller(caller) => caller.require(&Need::Upload { mime_type }),
            Self::Vouched(_) => Ok(()),
        }
    }
}

async fn uploader(server: &Arc<Server>, parts: &mut Parts) -> Result<Uploader, XrpcError> {
    let shown = Bearer::from_headers(&parts.headers).ok();
    if shown.is_some_and(|Bearer(text)| ServiceToken::parse(&text).is_ok()) {
        let did = vouched(server, parts, UPLOAD_BLOB).await?;
        server.limits.charge_account(UPLOAD_BLOB, &did)?;
        let account = server.accounts.by_did(&did).await?;
        let account = account.ok_or_else(|| Refusal::RepoNotFound(did.to_string()))?;
        return Ok(Uploader::Vouched(account));
    }
    Ok(Uploader::Caller(Caller::from_request_parts(parts, server).await?))
}

/// Takes the file in, without keeping it.
pub async fn receive(
    server: &Server,
    headers: &HeaderMap,
    body: Body,
) -> Result<Received, XrpcError> {
    require_unpacked(headers)?;
    let limit = server.config.max_blob_bytes;
    check_announced(headers, limit)?;
    Ok(server.blobs.receive(body, limit).await?)
}

/// What a file is: what it begins like says more than whoever sends it.
pub fn media_type(received: &Received, declared: String) -> String {
    let recognised = infer::get(&received.beginning).map(|kind| kind.mime_type().to_owned());
    recognised.unwrap_or(declared)
}

/// Keeps the file for an account.
pub async fn keep(
    server: &Server,
    id: AccountId,
    received: Received,
    mime_type: String,
) -> Result<Uploaded, Error> {
    let blob = Blob { cid: received.cid, mime_type, size: received.size };
    refuse_taken_down(server, id, blob.cid).await?;
    let _naming = server.blobs.hold_names().await;
    server.blobs.name(id, received).await?;
    let enter = move |tx: &mut WriteTx<'_>| {
        blobs::upsert(tx.connection, id, &blob, tx.now)?;
        let stored = blobs::get(tx.connection, id, &blob.cid)?;
        let mime_type = stored.map_or_else(|| blob.mime_type.clone(), |stored| stored.mime_type);
        Ok(Blob { mime_type, ..blob.clone() })
    };
    let blob = server.store.writer.write(WEIGHT, enter).await?;
    Ok(Uploaded { blob: blob.into() })
}

async fn refuse_taken_down(server: &Server, id: AccountId, cid: Cid) -> Result<(), Error> {
    let read = move |connection: &Connection| Ok(takedowns::of_blob(connection, id, &cid)?);
    match server.store.readers.read(read).await? {
        Some(_) => Err(Refusal::BlobTakedown.into()),
        None => Ok(()),
    }
}

/// The type in lower case without parameters.
pub fn declared_type(headers: &HeaderMap) -> Result<String, Refusal> {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let text = text.ok_or_else(|| {
        Refusal::invalid("An upload needs a Content-Type header that says what it is.")
    })?;
    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == ANY_TYPE {
        return Ok(OCTETS.to_owned());
    }
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    match kind.split_once('/') {
        Some((kind, sub)) if plain(kind) && plain(sub) && text.len() <= MAX_MIME_TYPE => {}
        _ => {
            return Err(Refusal::invalid(format!(
                "The Content-Type \"{text}\" names no media type."
            )));
        }
    }
    Ok(kind)
}

/// Spares a client from sending what will not be taken.
fn check_announced(headers: &HeaderMap, limit: u64) -> Result<(), Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    match length.and_then(|text| text.parse::<u64>().ok()) {
        Some(length) if length > limit => Err(Refusal::BlobTooLarge(format!(
            "The upload has {length} bytes; this server takes {limit} at most."
        ))),
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
pub struct GetBlob {
    did: Did,
    cid: Cid,
}

pub async fn get(
    State(server): State<Arc<Server>>,
    viewer: Viewer,
    Query(GetBlob { did, cid }): Query<GetBlob>,
) -> Result<Response, XrpcError> {
    let account = viewer.repo(&server, did.clone()).await?;
    let id = account.id;
    let read = move |connection: &Connection| Ok(blobs::get_served(connection, id, &cid)?);
    let missing = || Refusal::BlobNotFound { did, cid };
    let Some(blob) = server.store.readers.read(read).await? else { return Err(missing().into()) };
    let bytes = server.blobs.read(id, &cid).await?;
    let bytes = bytes.ok_or_else(missing)?;
    Ok((safe_headers(&cid, &blob), Body::from_stream(bytes)).into_response())
}

/// Whatever somebody uploaded must not run as a page of this origin.
fn safe_headers(cid: &Cid, blob: &StoredBlob) -> HeaderMap {
    let octets = HeaderValue::from_static(OCTETS);
    let attachment = HeaderValue::from_static("attachment");
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{cid}\""));
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_str(&blob.mime_type).unwrap_or(octets)),
        (header::CONTENT_LENGTH, HeaderValue::from(blob.size)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::CONTENT_DISPOSITION, named.unwrap_or(attachment)),
    ])
}

#[derive(Deserialize)]
pub struct ListBlobs {
    since: Option<Tid>,
    limit: Option<u32>,
    cursor: Option<Cid>,
}

#[derive(Serialize)]
pub struct BlobPage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Cid>,
    cids: Vec<Cid>,
}

/// Blobs that records refer to; with `since`, records written after that revision.
pub async fn list(
    State(server): State<Arc<Server>>,
    viewer: Viewer,
    Query(DidParam { did }): Query<DidParam>,
    Query(params): Query<ListBlobs>,
) -> Result<Json<BlobPage>, XrpcError> {
    let limit = limit(params.limit, 500, 1000)?;
    let account = viewer.repo(&server, did).await?;
    let read = move |connection: &Connection| {
        let ListBlobs { since, cursor, .. } = &params;
        Ok(blobs::list(connection, account.id, *since, cursor.as_ref(), limit)?)
    };
    let cids = server.store.readers.read(read).await?;
    let cursor = cids.last().copied().filter(|_| cids.len() >= limit as usize);
    Ok(Json(BlobPage { cursor, cids }))
}
