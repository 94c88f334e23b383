//! `createInviteCode`, `createInviteCodes`, `getInviteCodes`, `disableInviteCodes`,
//! `disableAccountInvites`, `enableAccountInvites`, and for accounts `getAccountInviteCodes`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{Datetime, Did};
use hypercerts_xrpc::{Json, Query, XrpcError};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::api::admin::{account_of, datetime};
use crate::api::auth::Caller;
use crate::api::operator::Operator;
use crate::api::params::limit;
use crate::error::{Error, Refusal};
use crate::invites as work;
use crate::permission::Need;
use crate::server::Server;
use crate::store::invites::{self, FOR_NOBODY, Invite};
use crate::store::{WriteTx, accounts};

/// Bytes written, roughly.
const WEIGHT: usize = 256;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteView {
    code: String,
    available: u32,
    disabled: bool,
    for_account: String,
    created_by: &'static str,
    created_at: Datetime,
    uses: Vec<UseView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UseView {
    used_by: Did,
    used_at: Datetime,
}

impl InviteView {
    pub fn new(connection: &Connection, invite: Invite) -> Result<Self, Error> {
        let uses = invites::uses(connection, &invite)?.into_iter();
        let uses = uses.map(|one| UseView { used_by: one.by, used_at: datetime(one.at) });
        Ok(Self {
            uses: uses.collect(),
            code: invite.code,
            available: invite.available,
            disabled: invite.disabled,
            for_account: invite.for_account,
            created_by: FOR_NOBODY,
            created_at: datetime(invite.created_at),
        })
    }

    pub fn all(connection: &Connection, invites: Vec<Invite>) -> Result<Vec<Self>, Error> {
        invites.into_iter().map(|invite| Self::new(connection, invite)).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateInviteCode {
    use_count: u32,
    for_account: Option<Did>,
}

#[derive(Serialize)]
pub struct Code {
    code: String,
}

pub async fn create(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<CreateInviteCode>,
) -> Result<Json<Code>, XrpcError> {
    let whom = input.for_account.map(|did| vec![did]);
    let made = work::create(&server, whom, 1, input.use_count).await?;
    let code = made.into_iter().flat_map(|made| made.codes).next();
    let code = code.ok_or_else(|| Error::Internal("no code was made".to_owned()))?;
    Ok(Json(Code { code }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateInviteCodes {
    #[serde(default = "one")]
    code_count: usize,
    use_count: u32,
    for_accounts: Option<Vec<Did>>,
}

fn one() -> usize {
    1
}

#[derive(Serialize)]
pub struct Codes {
    codes: Vec<AccountCodes>,
}

#[derive(Serialize)]
struct AccountCodes {
    account: String,
    codes: Vec<String>,
}

pub async fn create_many(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<CreateInviteCodes>,
) -> Result<Json<Codes>, XrpcError> {
    let CreateInviteCodes { code_count, use_count, for_accounts } = input;
    let made = work::create(&server, for_accounts, code_count, use_count).await?.into_iter();
    let codes = made.map(|made| AccountCodes { account: made.for_account, codes: made.codes });
    Ok(Json(Codes { codes: codes.collect() }))
}

#[derive(Deserialize)]
pub struct GetInviteCodes {
    #[serde(default)]
    sort: Sort,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    #[default]
    Recent,
    Usage,
}

#[derive(Serialize)]
pub struct InvitePage {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    codes: Vec<InviteView>,
}

pub async fn list(
    State(server): State<Arc<Server>>,
    _: Operator,
    Query(params): Query<GetInviteCodes>,
) -> Result<Json<InvitePage>, XrpcError> {
    let limit = limit(params.limit, 100, 500)?;
    let after = params.cursor.as_deref().map(place).transpose()?;
    let read = move |connection: &Connection| {
        let found = match params.sort {
            Sort::Recent => invites::recent(connection, after.map(|(_, id)| id), limit)?,
            Sort::Usage => invites::most_used(connection, after, limit)?,
        };
        let last = found.last().filter(|_| found.len() >= limit as usize);
        let cursor = last.map(|invite| format!("{}.{}", invite.uses, invite.id));
        Ok(InvitePage { cursor, codes: InviteView::all(connection, found)? })
    };
    Ok(Json(server.store.readers.read(read).await?))
}

/// A cursor is the uses and the number of the invitation that came last.
fn place(cursor: &str) -> Result<(u32, i64), Refusal> {
    let parts = cursor.split_once('.');
    let place = parts.and_then(|(uses, id)| Some((uses.parse().ok()?, id.parse().ok()?)));
    place.ok_or_else(|| Refusal::invalid("The cursor is not one of ours."))
}

#[derive(Deserialize)]
pub struct DisableInviteCodes {
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    accounts: Vec<String>,
}

pub async fn disable(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<DisableInviteCodes>,
) -> Result<(), XrpcError> {
    Ok(work::disable(&server, input.codes, input.accounts).await?)
}

#[derive(Deserialize)]
pub struct AccountInvites {
    account: Did,
}

/// No further invitations are made for the account; those it has stay good.
pub async fn disable_for_account(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<AccountInvites>,
) -> Result<(), XrpcError> {
    Ok(set_disabled(&server, input.account, true).await?)
}

pub async fn enable_for_account(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<AccountInvites>,
) -> Result<(), XrpcError> {
    Ok(set_disabled(&server, input.account, false).await?)
}

async fn set_disabled(server: &Server, did: Did, disabled: bool) -> Result<(), Error> {
    let id = account_of(server, did).await?.id;
    let set = move |tx: &mut WriteTx<'_>| {
        Ok(accounts::set_invites_disabled(tx.connection, id, disabled)?)
    };
    server.store.writer.write(WEIGHT, set).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetAccountInviteCodes {
    include_used: Option<bool>,
}

#[derive(Serialize)]
pub struct OwnInvites {
    codes: Vec<InviteView>,
}

/// The codes that the operator made for the caller and that are still good, with `includeUsed` (the
/// default) also those that are used up.
pub async fn of_caller(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Query(params): Query<GetAccountInviteCodes>,
) -> Result<Json<OwnInvites>, XrpcError> {
    caller.require(&Need::Owner)?;
    let did = caller.account.did.clone();
    let used_up_too = params.include_used.unwrap_or(true);
    let read = move |connection: &Connection| {
        let mut made = invites::made_for(connection, &did)?;
        made.retain(|one| !one.disabled && (used_up_too || one.uses < one.available));
        InviteView::all(connection, made)
    };
    Ok(Json(OwnInvites { codes: server.store.readers.read(read).await? }))
}
