//! Who calls.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use hypercerts_lexicon::{AtIdentifier, Did, Nsid};
use hypercerts_xrpc::nsid::group::SERVICE;
use hypercerts_xrpc::service_auth::ServiceToken;
use hypercerts_xrpc::{Bearer, XrpcError};
use rusqlite::Connection;

use crate::account::status::inactive;
use crate::api::auth::{Caller, method};
use crate::api::service_auth::vouched;
use crate::error::Error;
use crate::group::acting::Acting;
use crate::permission::Need;
use crate::server::Server;
use crate::store::accounts::{self, Account};

/// Somebody who may be a member of a group: an account of this server that is logged in, or an
/// account of any server, with a service token for this method.
pub struct Person {
    pub did: Did,
    /// If it is one of this server, as it was when it was let in.
    pub account: Option<Arc<Account>>,
}

impl Person {
    /// The same in a group, named by DID or handle; refuses whoever is no member.
    pub async fn in_group(self, server: &Server, repo: &AtIdentifier) -> Result<Acting, Error> {
        Acting::begin(server, self.did, repo).await
    }
}

impl FromRequestParts<Arc<Server>> for Person {
    type Rejection = XrpcError;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, XrpcError> {
        if shows_service_token(parts) {
            return by_service_token(parts, server).await;
        }
        let caller = Caller::from_request_parts(parts, server).await?;
        let method = Nsid::parse(method(parts)).map_err(XrpcError::internal)?;
        let audience = format!("{}#{SERVICE}", server.did);
        caller.require(&Need::to_call(&method, &audience))?;
        caller.require_active()?;
        Ok(Self { did: caller.account.did.clone(), account: Some(caller.account) })
    }
}

/// Tokens of this server's own sessions say of themselves that they are something else.
fn shows_service_token(parts: &Parts) -> bool {
    Bearer::from_headers(&parts.headers)
        .is_ok_and(|Bearer(text)| ServiceToken::parse(&text).is_ok())
}

async fn by_service_token(parts: &Parts, server: &Server) -> Result<Person, XrpcError> {
    let method = method(parts);
    let did = vouched(server, parts, method).await?;
    server.limits.charge_account(method, &did)?;
    let wanted = did.clone();
    let read = move |connection: &Connection| Ok(accounts::by_did(connection, &wanted)?);
    let account = server.store.readers.read(read).await?.map(Arc::new);
    match &account {
        Some(account) if !account.status.is_active() => Err(inactive(account).into()),
        _ => Ok(Person { did, account }),
    }
}
