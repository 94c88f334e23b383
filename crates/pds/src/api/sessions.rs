//! `createSession`, `refreshSession`, `getSession`, `deleteSession`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use hypercerts_identity::DidDocument;
use hypercerts_lexicon::{Did, Handle};
use hypercerts_xrpc::{Bearer, Json, NoInput, XrpcError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::login::{Credentials, log_in};
use crate::account::password::Password;
use crate::account::session::{self, Tokens};
use crate::api::auth::{Caller, Peer};
use crate::error::Refusal;
use crate::permission::{Access, AccountPart, Need};
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::{WriteTx, sessions};

/// A document is a courtesy in these answers; nobody waits longer for it.
const DOCUMENT_PATIENCE: Duration = Duration::from_secs(3);
/// Bytes a refreshed session writes, roughly.
const WEIGHT: usize = 512;

/// An account as its owner sees it, with tokens where the method gives some.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_jwt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_jwt: Option<String>,
    handle: Handle,
    did: Did,
    #[serde(skip_serializing_if = "Option::is_none")]
    did_doc: Option<DidDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    email_confirmed: bool,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

impl SessionView {
    pub async fn new(server: &Server, account: &Account) -> Self {
        Self {
            access_jwt: None,
            refresh_jwt: None,
            handle: account.handle.clone(),
            did: account.did.clone(),
            did_doc: document(server, &account.did).await,
            email: account.email.clone(),
            email_confirmed: account.email_confirmed,
            active: account.status.is_active(),
            status: account.status.of_inactive(),
        }
    }

    pub fn with_tokens(self, tokens: Tokens) -> Self {
        Self { access_jwt: Some(tokens.access), refresh_jwt: Some(tokens.refresh), ..self }
    }
}

async fn document(server: &Server, did: &Did) -> Option<DidDocument> {
    let lookup = server.config.resolver.resolve_did(did);
    let found = tokio::time::timeout(DOCUMENT_PATIENCE, lookup).await.ok()?;
    Some(found.ok()?.document.clone())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSession {
    identifier: String,
    password: Password,
    #[serde(default)]
    allow_takendown: bool,
}

pub async fn create_session(
    State(server): State<Arc<Server>>,
    Peer(address): Peer,
    Json(input): Json<CreateSession>,
) -> Result<Json<SessionView>, XrpcError> {
    let CreateSession { identifier, password, allow_takendown } = input;
    let credentials = Credentials { identifier, password, address };
    let (account, tokens) = log_in(&server, credentials, allow_takendown).await?;
    Ok(Json(SessionView::new(&server, &account).await.with_tokens(tokens)))
}

pub async fn refresh_session(
    State(server): State<Arc<Server>>,
    Bearer(token): Bearer,
    _: NoInput,
) -> Result<Json<SessionView>, XrpcError> {
    let claims = server.tokens.verify_refresh(&token, Timestamp::now())?;
    let account = server.accounts.by_did(&claims.subject).await?.ok_or(Refusal::SessionEnded)?;
    let (worker, owner) = (Arc::clone(&server), Arc::clone(&account));
    let refresh = move |tx: &mut WriteTx<'_>| session::refresh(tx, &worker.tokens, &owner, &claims);
    let tokens = server.store.writer.write(WEIGHT, refresh).await?;
    Ok(Json(SessionView::new(&server, &account).await.with_tokens(tokens)))
}

/// The e-mail address is shown to whoever may see it.
pub async fn get_session(State(server): State<Arc<Server>>, caller: Caller) -> Json<SessionView> {
    let mut view = SessionView::new(&server, &caller.account).await;
    let email = Need::Account { part: AccountPart::Email, access: Access::Read };
    if caller.require(&email).is_err() {
        view.email = None;
        view.email_confirmed = false;
    }
    Json(view)
}

/// Takes the refresh token, expired or not.
pub async fn delete_session(
    State(server): State<Arc<Server>>,
    Bearer(token): Bearer,
    _: NoInput,
) -> Result<(), XrpcError> {
    let claims = server.tokens.verify_refresh_of_any_age(&token)?;
    let delete =
        move |tx: &mut WriteTx<'_>| Ok(sessions::delete_session_of(tx.connection, &claims.id)?);
    Ok(server.store.writer.write(WEIGHT, delete).await?)
}
