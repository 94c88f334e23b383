//! Giving tokens back (RFC 7009). A token that is not known is as good as given back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::oauth::client::ClientAuth;
use crate::oauth::client::authentication::Credentials;
use crate::oauth::dpop;
use crate::oauth::error::OAuthError;
use crate::oauth::form::AppRequest;
use crate::oauth::tokens::{access_hash, refresh_hash};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::oauth;

/// Bytes written, roughly.
const WEIGHT: usize = 256;

#[derive(Deserialize)]
pub struct Revocation {
    #[serde(flatten)]
    credentials: Credentials,
    token: Option<String>,
}

pub async fn revoke(
    State(server): State<Arc<Server>>,
    request: AppRequest<Revocation>,
) -> Result<Json<Value>, OAuthError> {
    let AppRequest { fields, headers, method, uri } = request;
    let proof = dpop::Request { headers: &headers, method: &method, uri: &uri, access_token: None };
    server.oauth.dpop.check(&proof, Timestamp::now())?;
    let token = fields.token.ok_or_else(|| OAuthError::request("token is missing."))?;
    let id = fields.credentials.client_id.as_deref();
    let id = id.ok_or_else(|| OAuthError::request("client_id is missing."))?;
    let client = server.oauth.registry.client(id).await?;
    ClientAuth::check(&server, &client, &fields.credentials).await?;
    let (client, access, refresh) = (id.to_owned(), access_hash(&token), refresh_hash(&token));
    let end = move |tx: &mut WriteTx<'_>| {
        let found = match oauth::session_with_refresh(tx.connection, &refresh)? {
            Some(session) => Some(session),
            None => oauth::session_with_access(tx.connection, &access)?,
        };
        // Somebody else's token is left alone, and nobody learns that it is one.
        if let Some(session) = found.filter(|session| session.client == client) {
            oauth::end(tx.connection, session.id)?;
        }
        Ok(())
    };
    server.store.writer.write(WEIGHT, end).await?;
    Ok(Json(json!({})))
}
