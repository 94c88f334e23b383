//! Who calls.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use hypercerts_lexicon::AtIdentifier;
use hypercerts_xrpc::tokens::AccessScope;
use hypercerts_xrpc::{Bearer, XrpcError};
use jiff::Timestamp;

use crate::error::Refusal;
use crate::permission::Need;
use crate::server::Server;
use crate::store::accounts::Account;

/// Somebody with a good access token, whatever it began with.
pub struct Caller {
    pub account: Arc<Account>,
    authority: Authority,
}

/// What a caller's token allows.
enum Authority {
    /// A session that began with a password.
    Session(AccessScope),
}

impl Caller {
    /// Refuses what the caller's token does not allow.
    pub fn require(&self, need: &Need<'_>) -> Result<(), Refusal> {
        match self.authority {
            Authority::Session(scope) => need.met_by_session(scope),
        }
    }

    /// Everybody writes to their own repository only.
    pub fn require_own_repo(&self, repo: &AtIdentifier) -> Result<(), Refusal> {
        let own = match repo {
            AtIdentifier::Did(did) => *did == self.account.did,
            AtIdentifier::Handle(handle) => *handle == self.account.handle,
        };
        if own { Ok(()) } else { Err(Refusal::NotYourRepo(repo.to_string())) }
    }
}

impl FromRequestParts<Arc<Server>> for Caller {
    type Rejection = XrpcError;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, XrpcError> {
        let Bearer(token) = Bearer::from_headers(&parts.headers)?;
        let claims = server.tokens.verify_access(&token, Timestamp::now())?;
        let account = server.accounts.by_did(&claims.subject).await?;
        let account = account.ok_or(Refusal::SessionEnded)?;
        Ok(Self { account, authority: Authority::Session(claims.scope) })
    }
}

/// The address a request came from, if whoever serves the router says.
pub struct Peer(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map(|ConnectInfo(address)| address.ip())))
    }
}
