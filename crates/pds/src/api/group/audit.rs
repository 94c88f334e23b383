//! `audit.query`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, Datetime, Did};
use hypercerts_xrpc::{Json, Query, XrpcError};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::group::member::Person;
use crate::api::group::{LONGEST_PAGE, PAGE, after, cursor, datetime};
use crate::api::params::limit;
use crate::error::Error;
use crate::group::act::Act;
use crate::group::role::Deed;
use crate::server::Server;
use crate::store::groups::audit::{self, Entry, Filter};
use crate::store::{AccountId, StoreError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditQuery {
    repo: AtIdentifier,
    actor_did: Option<Did>,
    target_did: Option<Did>,
    action: Option<String>,
    collection: Option<String>,
    since: Option<Datetime>,
    until: Option<Datetime>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Permitted,
    Denied,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryView {
    id: String,
    actor_did: Did,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_did: Option<Did>,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    collection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rkey: Option<String>,
    result: Outcome,
    detail: Value,
    created_at: Datetime,
}

#[derive(Serialize)]
pub struct AuditPage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    entries: Vec<EntryView>,
}

/// Newest first.
pub async fn query(
    State(server): State<Arc<Server>>,
    person: Person,
    Query(asked): Query<AuditQuery>,
) -> Result<Json<AuditPage>, XrpcError> {
    let limit = limit(asked.limit, PAGE, LONGEST_PAGE)?;
    let filter = Filter {
        before: after(asked.cursor.as_deref())?,
        actor: asked.actor_did,
        target: asked.target_did,
        action: asked.action,
        collection: asked.collection,
        since: asked.since.as_ref().and_then(timestamp),
        until: asked.until.as_ref().and_then(timestamp),
    };
    let acting = person.in_group(&server, &asked.repo).await?;
    let list = move |connection: &Connection, group: AccountId| {
        Ok(audit::list(connection, group, &filter, limit)?)
    };
    let found = acting.read(&server, Act::new(Deed::QueryAudit), list).await?;
    let cursor = cursor(found.last().map(|entry| entry.id), found.len(), limit);
    let entries = found.into_iter().map(view).collect::<Result<_, Error>>()?;
    Ok(Json(AuditPage { cursor, entries }))
}

fn timestamp(time: &Datetime) -> Option<Timestamp> {
    Timestamp::from_microsecond(time.unix_micros()).ok()
}

fn view(entry: Entry) -> Result<EntryView, Error> {
    let detail = serde_json::from_str(&entry.detail)
        .map_err(|why| StoreError::Corrupt(format!("a line of an audit log: {why}")))?;
    Ok(EntryView {
        id: entry.id.to_string(),
        actor_did: entry.actor,
        target_did: entry.target,
        action: entry.action,
        collection: entry.collection,
        rkey: entry.rkey,
        result: if entry.permitted { Outcome::Permitted } else { Outcome::Denied },
        detail,
        created_at: datetime(entry.time),
    })
}
