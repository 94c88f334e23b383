//! Pushed requests (RFC 9126): an app says what it wants before it sends the user here, so that
//! nothing of it can be altered on the way.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::oauth::client::ClientAuth;
use crate::oauth::client::authentication::Credentials;
use crate::oauth::dpop;
use crate::oauth::error::{NOT_STORED, OAuthError};
use crate::oauth::form::AppRequest;
use crate::oauth::request::{Asked, AuthorizationRequest};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::oauth::{self, Hash};

/// What a request's address begins with.
const URN: &str = "urn:ietf:params:oauth:request_uri:";
/// How long the app may take to send the user here.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// How long a code challenge may not be used again.
const CHALLENGE_MEMORY: SignedDuration = SignedDuration::from_hours(24);
/// Bytes a request writes, roughly.
const WEIGHT: usize = 2048;

#[derive(Deserialize)]
pub struct Push {
    #[serde(flatten)]
    credentials: Credentials,
    #[serde(flatten)]
    asked: Asked,
}

type Pushed = (StatusCode, [(axum::http::HeaderName, axum::http::HeaderValue); 2], Json<Value>);

pub async fn push(
    State(server): State<Arc<Server>>,
    request: AppRequest<Push>,
) -> Result<Pushed, OAuthError> {
    let Push { credentials, asked } = request.fields;
    let proof = dpop::Request {
        headers: &request.headers,
        method: &request.method,
        uri: &request.uri,
        access_token: None,
    };
    let prover = server.oauth.dpop.check(&proof, jiff::Timestamp::now())?;
    let id = credentials.client_id.as_deref();
    let id = id.ok_or_else(|| OAuthError::request("client_id is missing."))?;
    let client = server.oauth.registry.client(id).await?;
    let auth = ClientAuth::check(&server, &client, &credentials).await?;
    let asked = asked.check(&client, auth, prover.map(|prover| prover.0))?;
    let secret = store(&server, &asked).await?;
    let body = json!({
        "request_uri": format!("{URN}{secret}"),
        "expires_in": LIFETIME.as_secs(),
    });
    Ok((StatusCode::CREATED, NOT_STORED, Json(body)))
}

/// The secret part of the request's address.
async fn store(server: &Server, asked: &AuthorizationRequest) -> Result<String, OAuthError> {
    let secret = crate::random::token("req");
    let id = id_of(&secret);
    let challenge = oauth::hash(&["challenge", &asked.client, &asked.challenge]);
    let request =
        serde_json::to_string(asked).map_err(|error| Error::Internal(error.to_string()))?;
    let insert = move |tx: &mut WriteTx<'_>| {
        if oauth::is_remembered(tx.connection, &challenge, tx.now)? {
            return Ok(false);
        }
        // One that was remembered and is over is still there until it is tidied away.
        oauth::forget(tx.connection, &challenge)?;
        oauth::remember(tx.connection, &challenge, tx.now + CHALLENGE_MEMORY)?;
        oauth::insert_request(tx.connection, &id, &request, tx.now, tx.now + LIFETIME)?;
        Ok(true)
    };
    match server.store.writer.write(WEIGHT, insert).await? {
        true => Ok(secret),
        false => Err(OAuthError::request(
            "This code_challenge was used within the last day; draw a new code_verifier for each request.",
        )),
    }
}

/// What a request is stored under.
pub fn id_of(secret: &str) -> Hash {
    oauth::hash(&["request", secret])
}

/// The secret part of a request's address.
pub fn secret_of(request_uri: &str) -> Option<&str> {
    request_uri.strip_prefix(URN).filter(|secret| secret.len() <= 128)
}

/// The address of a request.
pub fn address_of(secret: &str) -> String {
    format!("{URN}{secret}")
}
