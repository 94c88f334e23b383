//! `repo.createRecord`, `repo.putRecord`, `repo.deleteRecord`, `repo.uploadBlob`: as the methods of
//! `com.atproto.repo` of the same names, in a group.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use hypercerts_lexicon::AtIdentifier;
use hypercerts_xrpc::{Json, Query, RECORD_WRITE_LIMIT, XrpcError};
use serde::Deserialize;

use crate::api::blobs::{Uploaded, declared_type, keep, media_type, receive};
use crate::api::group::SMALL_CHANGE;
use crate::api::group::member::Person;
use crate::api::write::{CreateRecord, DeleteRecord, Deleted, PutRecord, Written};
use crate::error::Error;
use crate::group::act::Act;
use crate::group::acting::Acting;
use crate::group::records;
use crate::group::role::Deed;
use crate::permission::WriteAction;
use crate::server::Server;
use crate::store::WriteTx;
use crate::writes::change::{ChangeSet, Committed};

pub async fn create(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(input): Json<CreateRecord, RECORD_WRITE_LIMIT>,
) -> Result<Json<Written>, XrpcError> {
    let acting = person.in_group(&server, &input.repo).await?;
    let set = input.into_set(&server).await?;
    write_one(&server, &acting, WriteAction::Create, set).await
}

pub async fn put(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(input): Json<PutRecord, RECORD_WRITE_LIMIT>,
) -> Result<Json<Written>, XrpcError> {
    let acting = person.in_group(&server, &input.repo).await?;
    let set = input.into_set(&server).await?;
    write_one(&server, &acting, WriteAction::Update, set).await
}

pub async fn delete(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(input): Json<DeleteRecord>,
) -> Result<Json<Deleted>, XrpcError> {
    let acting = person.in_group(&server, &input.repo).await?;
    let commit = write(&server, &acting, WriteAction::Delete, input.into_set()).await?;
    Ok(Json(Deleted::by(commit)))
}

async fn write_one(
    server: &Server,
    acting: &Acting,
    action: WriteAction,
    set: ChangeSet,
) -> Result<Json<Written>, XrpcError> {
    let planned = Written::planned(&acting.group.did, &set)?;
    let commit = write(server, acting, action, set).await?;
    Ok(Json(planned.by(commit)))
}

async fn write(
    server: &Server,
    acting: &Acting,
    action: WriteAction,
    set: ChangeSet,
) -> Result<Option<Committed>, Error> {
    let cost = (set.weight(), action.points());
    let write = move |tx: &mut WriteTx<'_>, acting: &Acting| records::write(tx, acting, &set);
    acting.change(server, cost, write).await
}

#[derive(Deserialize)]
pub struct GroupParam {
    pub repo: AtIdentifier,
}

/// The group is named in the query, for the body is the file.
pub async fn upload_blob(
    State(server): State<Arc<Server>>,
    person: Person,
    Query(GroupParam { repo }): Query<GroupParam>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Uploaded>, XrpcError> {
    let acting = person.in_group(&server, &repo).await?;
    let declared = declared_type(&headers)?;
    let received = receive(&server, &headers, body).await?;
    let permit = |tx: &mut WriteTx<'_>, acting: &Acting| {
        let act = Act::new(Deed::UploadBlob);
        acting.require(tx.connection, &act)?;
        Ok(act.note(tx, acting.id(), &acting.actor)?)
    };
    // Asked for again after what may have been a long upload.
    acting.change(&server, SMALL_CHANGE, permit).await?;
    let mime_type = media_type(&received, declared);
    Ok(Json(keep(&server, acting.id(), received, mime_type).await?))
}
