//! `member.add`, `member.remove`, `member.list`, `role.set`, `membership.list`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, Datetime, Did};
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::group::member::Person;
use crate::api::group::{LONGEST_PAGE, PAGE, SMALL_CHANGE, after, cursor, datetime};
use crate::api::params::limit;
use crate::group::act::Act;
use crate::group::acting::Acting;
use crate::group::members::{self, role_to_give};
use crate::group::role::{Deed, Role};
use crate::server::Server;
use crate::store::groups::members as stored;
use crate::store::{AccountId, WriteTx};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberWithRole {
    repo: AtIdentifier,
    member_did: Did,
    role: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Added {
    member_did: Did,
    role: Role,
    added_by: Did,
    added_at: Datetime,
}

pub async fn add(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(input): Json<MemberWithRole>,
) -> Result<Json<Added>, XrpcError> {
    let MemberWithRole { repo, member_did, role } = input;
    let acting = person.in_group(&server, &repo).await?;
    let (role, did) = (role_to_give(&role)?, member_did.clone());
    let add = move |tx: &mut WriteTx<'_>, acting: &Acting| members::add(tx, acting, &did, role);
    let added_at = datetime(acting.change(&server, SMALL_CHANGE, add).await?);
    Ok(Json(Added { member_did, role, added_by: acting.actor, added_at }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberOf {
    repo: AtIdentifier,
    member_did: Did,
}

/// An answer that says no more than that it is done.
#[derive(Serialize)]
pub struct Done {}

pub async fn remove(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(MemberOf { repo, member_did }): Json<MemberOf>,
) -> Result<Json<Done>, XrpcError> {
    let acting = person.in_group(&server, &repo).await?;
    let remove =
        move |tx: &mut WriteTx<'_>, acting: &Acting| members::remove(tx, acting, &member_did);
    acting.change(&server, SMALL_CHANGE, remove).await?;
    Ok(Json(Done {}))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleSet {
    member_did: Did,
    role: Role,
    updated_at: Datetime,
}

pub async fn set_role(
    State(server): State<Arc<Server>>,
    person: Person,
    Json(input): Json<MemberWithRole>,
) -> Result<Json<RoleSet>, XrpcError> {
    let MemberWithRole { repo, member_did, role } = input;
    let acting = person.in_group(&server, &repo).await?;
    let (role, did) = (role_to_give(&role)?, member_did.clone());
    let set =
        move |tx: &mut WriteTx<'_>, acting: &Acting| members::set_role(tx, acting, &did, role);
    let updated_at = datetime(acting.change(&server, SMALL_CHANGE, set).await?);
    Ok(Json(RoleSet { member_did, role, updated_at }))
}

#[derive(Deserialize)]
pub struct GroupPage {
    repo: AtIdentifier,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MemberView {
    did: Did,
    role: Role,
    added_by: Did,
    added_at: Datetime,
}

#[derive(Serialize)]
pub struct Members {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    members: Vec<MemberView>,
}

pub async fn list(
    State(server): State<Arc<Server>>,
    person: Person,
    Query(page): Query<GroupPage>,
) -> Result<Json<Members>, XrpcError> {
    let limit = limit(page.limit, PAGE, LONGEST_PAGE)?;
    let after = after(page.cursor.as_deref())?.unwrap_or(0);
    let acting = person.in_group(&server, &page.repo).await?;
    let list = move |connection: &Connection, group: AccountId| {
        Ok(stored::list(connection, group, after, limit)?)
    };
    let found = acting.read(&server, Act::new(Deed::ListMembers), list).await?;
    let cursor = cursor(found.last().map(|member| member.id), found.len(), limit);
    let view = |member: stored::Member| MemberView {
        did: member.did,
        role: member.role,
        added_by: member.added_by,
        added_at: datetime(member.added_at),
    };
    Ok(Json(Members { cursor, members: found.into_iter().map(view).collect() }))
}

#[derive(Deserialize)]
pub struct Page {
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MembershipView {
    group_did: Did,
    role: Role,
    joined_at: Datetime,
}

#[derive(Serialize)]
pub struct Memberships {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    groups: Vec<MembershipView>,
}

/// The groups of this server that the caller is a member of.
pub async fn list_memberships(
    State(server): State<Arc<Server>>,
    Person { did, .. }: Person,
    Query(page): Query<Page>,
) -> Result<Json<Memberships>, XrpcError> {
    let limit = limit(page.limit, PAGE, LONGEST_PAGE)?;
    let after = after(page.cursor.as_deref())?.unwrap_or(0);
    let list = move |connection: &Connection| Ok(stored::of(connection, &did, after, limit)?);
    let found = server.store.readers.read(list).await?;
    let cursor = cursor(found.last().map(|membership| membership.id), found.len(), limit);
    let view = |membership: stored::Membership| MembershipView {
        group_did: membership.group,
        role: membership.role,
        joined_at: datetime(membership.joined_at),
    };
    Ok(Json(Memberships { cursor, groups: found.into_iter().map(view).collect() }))
}
