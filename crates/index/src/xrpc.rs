//! The same answers as XRPC methods, `rs.hypercerts.index.*`.
//!
//! All of them are open to anybody, pages of any origin included, and change nothing.

use std::str::FromStr;

use axum::Router;
use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, AtUri, Datetime};
use hypercerts_records::nsid;
use hypercerts_xrpc::{Json, Query, XrpcError, XrpcRouter, edge};
use serde::Deserialize;

use crate::error::IndexError;
use crate::query::{Cursor, ListQuery};
use crate::reader::Reader;
use crate::view::{Hypercert, Overlaps, Page, RecordPicture, Status, Summary};

/// The routes under `/xrpc/`.
pub(crate) fn router(reader: Reader) -> Router {
    let methods = XrpcRouter::new(env!("CARGO_PKG_VERSION"))
        .query(nsid::GET_HYPERCERT, get_hypercert)
        .query(nsid::LIST_HYPERCERTS, list_hypercerts)
        .query(nsid::GET_OVERLAPS, get_overlaps)
        .query(nsid::GET_RECORD, get_record)
        .query(nsid::GET_STATUS, get_status)
        .into_router()
        .with_state(reader);
    edge(methods)
}

#[derive(Deserialize)]
struct ByUri {
    uri: String,
}

impl ByUri {
    fn parse(&self) -> Result<AtUri, XrpcError> {
        let uri = AtUri::parse(&self.uri).map_err(|error| {
            XrpcError::invalid_request(format!("`uri` is not an AT-URI: {error}"))
        })?;
        if uri.rkey().is_none() {
            return Err(XrpcError::invalid_request(
                "`uri` names no record: at://DID/COLLECTION/RKEY",
            ));
        }
        Ok(uri)
    }
}

async fn get_hypercert(
    State(reader): State<Reader>,
    Query(params): Query<ByUri>,
) -> Result<Json<Hypercert>, XrpcError> {
    let found = reader.hypercert(&params.parse()?).await.map_err(refuse)?;
    found.map(Json).ok_or_else(no_claim)
}

async fn get_overlaps(
    State(reader): State<Reader>,
    Query(params): Query<ByUri>,
) -> Result<Json<Overlaps>, XrpcError> {
    let found = reader.overlaps(&params.parse()?).await.map_err(refuse)?;
    found.map(Json).ok_or_else(no_claim)
}

fn no_claim() -> XrpcError {
    not_found(
        "The index holds no claim with this URI: it was deleted, is hidden, or was never seen.",
    )
}

async fn get_record(
    State(reader): State<Reader>,
    Query(params): Query<ByUri>,
) -> Result<Json<RecordPicture>, XrpcError> {
    let found = reader.record(&params.parse()?).await.map_err(refuse)?;
    found.map(Json).ok_or_else(|| {
        not_found("The index holds no record with this URI: it was deleted, is hidden, or was never seen.")
    })
}

#[derive(Deserialize)]
struct ListParams {
    limit: Option<usize>,
    cursor: Option<String>,
    author: Option<String>,
    q: Option<String>,
    evaluated: Option<bool>,
    funded: Option<bool>,
    from: Option<String>,
    until: Option<String>,
    scope: Option<String>,
    place: Option<String>,
}

impl ListParams {
    fn parse(self) -> Result<ListQuery, XrpcError> {
        let limit = self.limit.unwrap_or(ListQuery::default().limit);
        if !(1..=100).contains(&limit) {
            return Err(XrpcError::invalid_request("`limit` is not between 1 and 100"));
        }
        let cursor = self.cursor.as_deref().map(Cursor::from_str).transpose();
        let author = self.author.as_deref().map(AtIdentifier::parse).transpose();
        Ok(ListQuery {
            limit,
            cursor: cursor.map_err(|error| XrpcError::invalid_request(error.to_string()))?,
            author: author
                .map_err(|error| XrpcError::invalid_request(format!("`author`: {error}")))?,
            q: self.q,
            evaluated: self.evaluated,
            funded: self.funded,
            from: datetime("from", self.from.as_deref())?,
            until: datetime("until", self.until.as_deref())?,
            scope: self.scope,
            place: self.place,
        })
    }
}

fn datetime(name: &str, text: Option<&str>) -> Result<Option<Datetime>, XrpcError> {
    let parsed = text.map(Datetime::parse).transpose();
    parsed.map_err(|error| XrpcError::invalid_request(format!("`{name}`: {error}")))
}

async fn list_hypercerts(
    State(reader): State<Reader>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<Summary>>, XrpcError> {
    reader.list(params.parse()?).await.map(Json).map_err(refuse)
}

async fn get_status(State(reader): State<Reader>) -> Result<Json<Status>, XrpcError> {
    reader.status().await.map(Json).map_err(refuse)
}

fn not_found(message: &str) -> XrpcError {
    XrpcError::named("RecordNotFound", message)
}

/// Tells the caller what may help; everything else stays in the log.
fn refuse(error: IndexError) -> XrpcError {
    if error.is_transient() {
        return XrpcError::not_enough_resources(error.to_string());
    }
    XrpcError::internal(error)
}
