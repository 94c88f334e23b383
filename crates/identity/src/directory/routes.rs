//! The directory's HTTP interface. Axum decodes the path, so `did%3Aplc%3A…` and `did:plc:…` are the same.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hypercerts_lexicon::Did;
use serde::Serialize;
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

use super::export::{ExportQuery, lines};
use super::{Directory, DirectoryError};
use crate::plc::{LogEntry, PlcData, SignedOperation};

/// The largest body that is read, in bytes: JSON may spell a byte with six.
const MAX_BODY: usize = 32 * 1024;

type Answer<T> = Result<T, DirectoryError>;

pub(super) fn router(directory: Directory) -> Router {
    Router::new()
        .route("/", get(|| async { "A did:plc directory.\n" }))
        .route("/_health", get(health))
        .route("/export", get(export))
        .route("/{did}", get(document).post(submit))
        .route("/{did}/data", get(data))
        .route("/{did}/log", get(log))
        .route("/{did}/log/audit", get(audit))
        .route("/{did}/log/last", get(last))
        .fallback(|| async { DirectoryError::NoSuchPath })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CorsLayer::permissive())
        .with_state(directory)
}

async fn health(State(directory): State<Directory>) -> Answer<Json<Value>> {
    directory.with_store(|store| store.check()).await?;
    Ok(Json(json!({ "version": env!("CARGO_PKG_VERSION") })))
}

async fn document(State(directory): State<Directory>, Path(did): Path<String>) -> Answer<Response> {
    let (did, data) = directory.data(did).await?;
    let json = Json(data.document(&did));
    Ok(([(CONTENT_TYPE, "application/did+ld+json; charset=utf-8")], json).into_response())
}

/// The state with the DID it belongs to.
#[derive(Serialize)]
struct DataOf {
    did: Did,
    #[serde(flatten)]
    data: PlcData,
}

async fn data(State(directory): State<Directory>, Path(did): Path<String>) -> Answer<Json<DataOf>> {
    let (did, data) = directory.data(did).await?;
    Ok(Json(DataOf { did, data }))
}

async fn log(
    State(directory): State<Directory>,
    Path(did): Path<String>,
) -> Answer<Json<Vec<SignedOperation>>> {
    let entries = directory.with_store(move |store| store.audit(&did)).await?;
    Ok(Json(
        entries.into_iter().filter(|entry| !entry.nullified).map(|entry| entry.operation).collect(),
    ))
}

async fn audit(
    State(directory): State<Directory>,
    Path(did): Path<String>,
) -> Answer<Json<Vec<LogEntry>>> {
    Ok(Json(directory.with_store(move |store| store.audit(&did)).await?))
}

async fn last(
    State(directory): State<Directory>,
    Path(did): Path<String>,
) -> Answer<Json<SignedOperation>> {
    Ok(Json(directory.with_store(move |store| store.last(&did)).await?.operation))
}

async fn submit(
    State(directory): State<Directory>,
    Path(did): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<&'static str> {
    let did = Did::parse(&did).map_err(|error| DirectoryError::BadRequest(error.to_string()))?;
    let body = body.map_err(|_| DirectoryError::TooLarge)?;
    directory.submit(did, SignedOperation::from_json(&body)?).await?;
    Ok("OK")
}

async fn export(
    State(directory): State<Directory>,
    Query(query): Query<ExportQuery>,
) -> Answer<Response> {
    let (after, count) = (query.after()?, query.count()?);
    let found = directory.with_store(move |store| store.export(after, count)).await?;
    Ok(([(CONTENT_TYPE, "application/jsonlines")], lines(after, &found)?).into_response())
}

impl Directory {
    /// The state of a DID that has one.
    async fn data(&self, did: String) -> Answer<(Did, PlcData)> {
        let entry = self.with_store(move |store| store.last(&did)).await?;
        match entry.operation.operation().data() {
            Some(data) => Ok((entry.did.clone(), data.into_owned())),
            None => Err(DirectoryError::GivenUp(entry.did.to_string())),
        }
    }
}
