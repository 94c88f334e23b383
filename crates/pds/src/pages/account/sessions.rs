//! Programs that signed in with a password, the account's own or an app password.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde::Deserialize;

use crate::error::Error;
use crate::pages::account::{Day, day, owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::server::Server;
use crate::store::{AccountId, WriteTx, sessions};

/// Bytes written, roughly.
const WEIGHT: usize = 256;

/// A session that began with a password.
pub struct PasswordSession {
    /// What the form names it by: nothing that tokens are made of.
    pub id: String,
    pub app_password: Option<String>,
    pub used: Day,
}

pub async fn list(server: &Server, account: AccountId) -> Result<Vec<PasswordSession>, Error> {
    let read = move |connection: &Connection| Ok(sessions::of_account(connection, account)?);
    let sessions = server.store.readers.read(read).await?;
    Ok(sessions.into_iter().map(PasswordSession::from).collect())
}

impl From<sessions::OpenSession> for PasswordSession {
    fn from(session: sessions::OpenSession) -> Self {
        let used = day(&session.refreshed_at);
        Self { id: session.session, app_password: session.app_password, used }
    }
}

#[derive(Deserialize)]
pub struct End {
    account: String,
    id: String,
}

pub async fn end(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(End { account, id }): Form<End>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, Some(&account)).await?;
    let account = owner.account.id;
    let end =
        move |tx: &mut WriteTx<'_>| Ok(sessions::delete_session(tx.connection, account, &id)?);
    server.store.writer.write(WEIGHT, end).await?;
    Ok(owner.back("session-ended").into_response())
}
