//! E-mail addresses, lost passwords, and the account's end: the methods that work with mailed codes.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::Did;
use hypercerts_xrpc::{Json, NoInput, XrpcError};
use serde::{Deserialize, Serialize};

use crate::account::login::Credentials;
use crate::account::mailed_token::{self, Purpose};
use crate::account::password::Password;
use crate::account::recovery::Passkeys;
use crate::account::{delete, email, recovery};
use crate::api::auth::{Caller, Peer};
use crate::error::Refusal;
use crate::permission::{Access, AccountPart, Need};
use crate::server::Server;

const MANAGE_EMAIL: Need<'_> = Need::Account { part: AccountPart::Email, access: Access::Manage };

pub async fn request_confirmation(
    State(server): State<Arc<Server>>,
    caller: Caller,
    _: NoInput,
) -> Result<(), XrpcError> {
    caller.require(&MANAGE_EMAIL)?;
    Ok(mailed_token::mail(&server, &caller.account, Purpose::ConfirmEmail).await?)
}

#[derive(Deserialize)]
pub struct ConfirmEmail {
    email: String,
    token: String,
}

pub async fn confirm(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<ConfirmEmail>,
) -> Result<(), XrpcError> {
    caller.require(&MANAGE_EMAIL)?;
    Ok(email::confirm(&server, &caller.account, &input.email, input.token).await?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailUpdateRequested {
    token_required: bool,
}

pub async fn request_update(
    State(server): State<Arc<Server>>,
    caller: Caller,
    _: NoInput,
) -> Result<Json<EmailUpdateRequested>, XrpcError> {
    caller.require(&MANAGE_EMAIL)?;
    let token_required = email::request_update(&server, &caller.account).await?;
    Ok(Json(EmailUpdateRequested { token_required }))
}

#[derive(Deserialize)]
pub struct UpdateEmail {
    email: String,
    token: Option<String>,
}

pub async fn update(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<UpdateEmail>,
) -> Result<(), XrpcError> {
    caller.require(&MANAGE_EMAIL)?;
    Ok(email::update(&server, &caller.account, &input.email, input.token).await?)
}

#[derive(Deserialize)]
pub struct RequestPasswordReset {
    email: String,
}

/// Answers the same whether there is such an account or not.
pub async fn request_password_reset(
    State(server): State<Arc<Server>>,
    Json(input): Json<RequestPasswordReset>,
) -> Result<(), XrpcError> {
    require_passwords(&server)?;
    Ok(recovery::request(&server, &input.email).await?)
}

/// Where passwords open no page, a mailbox opens none by way of one.
fn require_passwords(server: &Server) -> Result<(), Refusal> {
    match server.config.ways_in.password {
        true => Ok(()),
        false => Err(Refusal::invalid(
            "Passwords are not set by mail on this server; ask whoever runs it for another one.",
        )),
    }
}

#[derive(Deserialize)]
pub struct ResetPassword {
    token: String,
    password: Password,
}

/// Nobody can be asked about their passkeys here, so that they go.
pub async fn reset_password(
    State(server): State<Arc<Server>>,
    Json(input): Json<ResetPassword>,
) -> Result<(), XrpcError> {
    require_passwords(&server)?;
    Ok(recovery::reset(&server, input.token, &input.password, Passkeys::Remove).await?)
}

pub async fn request_account_delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    _: NoInput,
) -> Result<(), XrpcError> {
    caller.require(&Need::Owner)?;
    Ok(mailed_token::mail(&server, &caller.account, Purpose::DeleteAccount).await?)
}

#[derive(Deserialize)]
pub struct DeleteAccount {
    did: Did,
    password: Password,
    token: String,
}

/// A DID that is not here and a wrong password look the same.
pub async fn delete_account(
    State(server): State<Arc<Server>>,
    Peer(address): Peer,
    Json(input): Json<DeleteAccount>,
) -> Result<(), XrpcError> {
    let DeleteAccount { did, password, token } = input;
    let credentials = Credentials { identifier: did.to_string(), password, address };
    Ok(delete::delete_own(&server, credentials, token).await?)
}
