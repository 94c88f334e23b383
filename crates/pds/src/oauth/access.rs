//! From an access token with its proof to what a method may do.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hypercerts_xrpc::XrpcError;
use jiff::Timestamp;

use crate::oauth::dpop;
use crate::oauth::error::{Code, OAuthError};
use crate::oauth::scope::Scopes;
use crate::oauth::tokens::access_hash;
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::oauth;

/// The token of `Authorization: DPoP …`, if that is the scheme.
pub fn token(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("dpop").then_some(token.trim())
}

/// Whose token it is and what it allows. Without the proof that goes with it, a token is nothing.
pub async fn authenticate(
    server: &Server,
    parts: &Parts,
    token: &str,
) -> Result<(Arc<Account>, Scopes), XrpcError> {
    let now = Timestamp::now();
    let proof = dpop::Request {
        headers: &parts.headers,
        method: &parts.method,
        uri: &parts.uri,
        access_token: Some(token),
    };
    let prover = server.oauth.dpop.check(&proof, now).map_err(challenge)?;
    let prover =
        prover.ok_or_else(|| challenge(OAuthError::proof("The DPoP proof is missing.")))?;
    let access = access_hash(token);
    let read = move |connection: &rusqlite::Connection| {
        let session = oauth::session_with_access(connection, &access)?;
        let owner = match &session {
            Some(session) => accounts::by_id(connection, session.account)?,
            None => None,
        };
        Ok(session.zip(owner))
    };
    let found = server.store.readers.read(read).await?;
    let found = found.filter(|(session, _)| session.access_expires_at > now);
    let (session, account) =
        found.ok_or_else(|| ended("The access token has expired or been taken back."))?;
    if session.key != prover.0 {
        return Err(challenge(OAuthError::proof("The proof is by another key than the token's.")));
    }
    Ok((Arc::new(account), Scopes::parse(&session.allowed)))
}

fn ended(why: &str) -> XrpcError {
    unauthorized("invalid_token", "InvalidToken", why)
}

fn challenge(error: OAuthError) -> XrpcError {
    match error.code {
        Code::TemporarilyUnavailable => XrpcError::not_enough_resources(error.description),
        Code::UseDpopNonce => unauthorized("use_dpop_nonce", "use_dpop_nonce", &error.description),
        code => unauthorized(code.name(), "InvalidToken", &error.description),
    }
}

/// 401 with the challenge by which clients know what to do.
fn unauthorized(code: &str, name: &'static str, why: &str) -> XrpcError {
    let quoted: String = why.chars().filter(|c| !c.is_control() && !"\"\\".contains(*c)).collect();
    let challenge = format!("DPoP error=\"{code}\", error_description=\"{quoted}\"");
    let error = XrpcError::new(StatusCode::UNAUTHORIZED, name, why);
    match HeaderValue::from_str(&challenge) {
        Ok(challenge) => error.with_challenge(challenge),
        Err(_) => error,
    }
}

/// Middleware: says on every answer which nonce the next proof should carry.
pub async fn tell_nonce(
    axum::extract::State(server): axum::extract::State<Arc<Server>>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let mut response = next.run(request).await.into_response();
    response.headers_mut().insert(dpop::NONCE, server.oauth.dpop.nonce(Timestamp::now()));
    response
}
