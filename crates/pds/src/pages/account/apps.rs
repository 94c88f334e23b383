//! Apps that the owner connected.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde::Deserialize;

use crate::error::Error;
use crate::oauth::client::ClientId;
use crate::pages::account::{Day, day, owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::pages::words;
use crate::server::Server;
use crate::store::oauth::{self, Session};
use crate::store::{AccountId, WriteTx};

/// Bytes written, roughly.
const WEIGHT: usize = 256;

/// An app that may act for the owner.
pub struct ConnectedApp {
    pub id: i64,
    pub host: String,
    pub name: Option<String>,
    pub may: Vec<String>,
    pub connected: Day,
    pub used: Day,
}

pub async fn list(server: &Server, account: AccountId) -> Result<Vec<ConnectedApp>, Error> {
    let read = move |connection: &Connection| Ok(oauth::sessions_of(connection, account)?);
    let sessions = server.store.readers.read(read).await?;
    Ok(sessions.into_iter().map(|session| ConnectedApp::of(server, session)).collect())
}

impl ConnectedApp {
    fn of(server: &Server, session: Session) -> Self {
        let host = match ClientId::parse(&session.client, true) {
            Ok(ClientId::Loopback(_)) => "An app on your own computer".to_owned(),
            Ok(id) => id.host().to_owned(),
            Err(_) => session.client.clone(),
        };
        Self {
            id: session.id,
            host,
            name: session.client_name,
            may: words::briefly(&server.config.schemas, &session.scope),
            connected: day(&session.created_at),
            used: day(&session.refreshed_at),
        }
    }
}

#[derive(Deserialize)]
pub struct End {
    account: String,
    id: i64,
}

/// The app has to ask again, even one that could prove who it is.
pub async fn end(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(End { account, id }): Form<End>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, Some(&account)).await?;
    let account = owner.account.id;
    let end = move |tx: &mut WriteTx<'_>| {
        let sessions = oauth::sessions_of(tx.connection, account)?;
        if let Some(session) = sessions.into_iter().find(|session| session.id == id) {
            oauth::end(tx.connection, id)?;
            oauth::delete_consent(tx.connection, account, &session.client)?;
        }
        Ok(())
    };
    server.store.writer.write(WEIGHT, end).await?;
    Ok(owner.back("app-ended").into_response())
}
