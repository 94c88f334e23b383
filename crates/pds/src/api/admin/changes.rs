//! `updateAccountEmail`, `updateAccountHandle`, `updateAccountPassword`, `deleteAccount`,
//! `sendEmail`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::{AtIdentifier, Did};
use hypercerts_xrpc::{Json, XrpcError};
use serde::{Deserialize, Serialize};

use crate::account::password::Password;
use crate::account::{delete as deletion, email as address, recovery, rename};
use crate::api::admin::{account, account_of};
use crate::api::operator::Operator;
use crate::error::Refusal;
use crate::mail::Message;
use crate::server::Server;

/// Bytes of a mail, and of its subject.
const MAX_MAIL: usize = 50_000;
const MAX_SUBJECT: usize = 200;

#[derive(Deserialize)]
pub struct UpdateEmail {
    account: AtIdentifier,
    email: String,
}

/// The address is not confirmed then.
pub async fn email(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<UpdateEmail>,
) -> Result<(), XrpcError> {
    let account = account(&server, input.account).await?;
    Ok(address::replace(&server, &account, &input.email).await?)
}

#[derive(Deserialize)]
pub struct UpdateHandle {
    did: Did,
    handle: String,
}

pub async fn handle(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<UpdateHandle>,
) -> Result<(), XrpcError> {
    let account = account_of(&server, input.did).await?;
    Ok(rename::rename(&server, &account, &input.handle).await?)
}

#[derive(Deserialize)]
pub struct UpdatePassword {
    did: Did,
    password: Password,
}

/// Ends whatever was begun with the old one.
pub async fn password(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<UpdatePassword>,
) -> Result<(), XrpcError> {
    let account = account_of(&server, input.did).await?;
    Ok(recovery::replace(&server, &account, &input.password).await?)
}

#[derive(Deserialize)]
pub struct DeleteAccount {
    did: Did,
}

pub async fn delete(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<DeleteAccount>,
) -> Result<(), XrpcError> {
    let account = account_of(&server, input.did).await?;
    Ok(deletion::delete(&server, account, |_| Ok(())).await?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendEmail {
    recipient_did: Did,
    content: String,
    subject: Option<String>,
}

#[derive(Serialize)]
pub struct Sent {
    sent: bool,
}

/// The mail is on disk when this answers, and sent as any other.
pub async fn send_email(
    State(server): State<Arc<Server>>,
    _: Operator,
    Json(input): Json<SendEmail>,
) -> Result<Json<Sent>, XrpcError> {
    let account = account_of(&server, input.recipient_did.clone()).await?;
    let to = account.email.clone().ok_or_else(|| {
        Refusal::invalid(format!("{} has no e-mail address; give it one first.", account.did))
    })?;
    server.send_mail(message(&server, to, input)?).await?;
    Ok(Json(Sent { sent: true }))
}

fn message(server: &Server, to: String, input: SendEmail) -> Result<Message, Refusal> {
    let host = server.config.public_url.host_str().unwrap_or_default();
    let subject = input.subject.unwrap_or_else(|| format!("A message from {host}"));
    if subject.len() > MAX_SUBJECT || subject.chars().any(char::is_control) {
        let rule = format!("A subject is one line of at most {MAX_SUBJECT} bytes.");
        return Err(Refusal::invalid(rule));
    }
    match input.content.len() {
        1..=MAX_MAIL => Ok(Message { to, subject, text: input.content }),
        length => Err(Refusal::invalid(format!(
            "A mail has 1 to {MAX_MAIL} bytes; this one has {length}."
        ))),
    }
}
