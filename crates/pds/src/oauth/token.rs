//! The token endpoint: a code for the first tokens, a refresh token for the next ones. Both may be
//! used once; whoever shows one a second time ends the session, as one of the two has stolen it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::oauth::client::authentication::Credentials;
use crate::oauth::client::{Client, ClientAuth};
use crate::oauth::dpop::{self, Prover};
use crate::oauth::error::{Code, NOT_STORED, OAuthError};
use crate::oauth::form::AppRequest;
use crate::oauth::permission_set;
use crate::oauth::request::AuthorizationRequest;
use crate::oauth::scope::Scopes;
use crate::oauth::tokens::{self, ACCESS_LIFETIME, Issued, code_hash, refresh_hash};
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::oauth::{self, Hash, Session, StoredRequest};
use crate::store::{AccountId, WriteTx};

/// Bytes of tokens written, roughly.
const WEIGHT: usize = 2048;

#[derive(Deserialize)]
pub struct TokenRequest {
    #[serde(flatten)]
    credentials: Credentials,
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

type Granted = ([(HeaderName, HeaderValue); 2], Json<Value>);

pub async fn token(
    State(server): State<Arc<Server>>,
    request: AppRequest<TokenRequest>,
) -> Result<Granted, OAuthError> {
    let AppRequest { fields, headers, method, uri } = request;
    let proof = dpop::Request { headers: &headers, method: &method, uri: &uri, access_token: None };
    let prover = server.oauth.dpop.check(&proof, Timestamp::now())?;
    let prover = prover.ok_or_else(|| {
        OAuthError::proof("A DPoP proof is missing; tokens here are bound to a key.")
    })?;
    let id = fields.credentials.client_id.as_deref();
    let client = match id {
        Some(id) => server.oauth.registry.client(id).await?,
        None => return Err(OAuthError::request("client_id is missing.")),
    };
    let auth = match ClientAuth::check(&server, &client, &fields.credentials).await {
        Ok(auth) => auth,
        Err(refused) => {
            end_without_key(&server, &client, fields.refresh_token.as_deref()).await?;
            return Err(refused);
        }
    };
    let app = App { client: &client, auth, prover };
    match fields.grant_type.as_deref() {
        Some("authorization_code") => exchange(&server, &app, fields).await,
        Some("refresh_token") => refresh(&server, &app, fields).await,
        _ => Err(OAuthError::new(
            Code::UnsupportedGrantType,
            "grant_type has to be authorization_code or refresh_token.",
        )),
    }
}

/// Who asks: an app that has authenticated and proven which key it holds.
struct App<'a> {
    client: &'a Client,
    auth: ClientAuth,
    prover: Prover,
}

async fn exchange(
    server: &Arc<Server>,
    app: &App<'_>,
    fields: TokenRequest,
) -> Result<Granted, OAuthError> {
    let code = fields.code.as_deref().ok_or_else(|| OAuthError::request("code is missing."))?;
    let code = code_hash(code);
    let now = Timestamp::now();
    let read = move |connection: &rusqlite::Connection| {
        Ok(oauth::request_with_code(connection, &code, now)?)
    };
    let Some(stored) = server.store.readers.read(read).await? else {
        return Err(replayed_code(server, code).await?);
    };
    match check_exchange(app, &fields, &stored) {
        Ok((request, account)) => begin(server, app, code, request, account).await,
        Err(refused) => {
            // A code is worth one try.
            let spend = move |tx: &mut WriteTx<'_>| Ok(oauth::delete_code(tx.connection, &code)?);
            server.store.writer.write(WEIGHT, spend).await?;
            Err(refused)
        }
    }
}

/// A code that was exchanged before ends the session it began.
async fn replayed_code(server: &Server, code: Hash) -> Result<OAuthError, OAuthError> {
    let end = move |tx: &mut WriteTx<'_>| {
        if let Some(session) = oauth::session_with_code(tx.connection, &code)? {
            oauth::end(tx.connection, session.id)?;
        }
        Ok(())
    };
    server.store.writer.write(WEIGHT, end).await?;
    Ok(OAuthError::grant("The code is not known, has expired, or was used before; start again."))
}

fn check_exchange(
    app: &App<'_>,
    fields: &TokenRequest,
    stored: &StoredRequest,
) -> Result<(AuthorizationRequest, AccountId), OAuthError> {
    let request: AuthorizationRequest = serde_json::from_str(&stored.request)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let account = stored.account.ok_or_else(|| OAuthError::grant("Nobody has agreed yet."))?;
    if request.client != app.client.id.to_string() {
        return Err(OAuthError::grant("The code was given to another client."));
    }
    if !request.auth.goes_on_as(&app.auth) {
        let why = "The client authenticates otherwise than when it asked; use the same key.";
        return Err(OAuthError::grant(why));
    }
    if fields.redirect_uri.as_deref() != Some(&request.redirect_uri) {
        return Err(OAuthError::grant("redirect_uri is not the one that was asked with."));
    }
    if request.key.as_ref().is_some_and(|key| *key != app.prover.0) {
        return Err(OAuthError::proof("The proof is by another key than the one asked with."));
    }
    check_verifier(fields.code_verifier.as_deref(), &request.challenge)?;
    Ok((request, account))
}

fn check_verifier(verifier: Option<&str>, challenge: &str) -> Result<(), OAuthError> {
    let verifier = verifier.ok_or_else(|| OAuthError::request("code_verifier is missing."))?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(plain) {
        return Err(OAuthError::grant("code_verifier has 43 to 128 unreserved characters."));
    }
    let hash = BASE64URL_NOPAD.encode(&Sha256::digest(verifier));
    match aws_lc_rs::constant_time::verify_slices_are_equal(hash.as_bytes(), challenge.as_bytes()) {
        Ok(()) => Ok(()),
        Err(_) => Err(OAuthError::grant("code_verifier does not fit the code_challenge.")),
    }
}

async fn begin(
    server: &Arc<Server>,
    app: &App<'_>,
    code: Hash,
    request: AuthorizationRequest,
    account: AccountId,
) -> Result<Granted, OAuthError> {
    let asked = Scopes::parse(&request.scope);
    let allowed = permission_set::spell_out(server, &asked).await?;
    let new = NewSession {
        code,
        client_name: app.client.name.clone(),
        client_auth: serde_json::to_string(&app.auth)
            .map_err(|error| Error::Internal(error.to_string()))?,
        auth: app.auth.clone(),
        refreshes: app.client.refreshes,
        key: app.prover.0.clone(),
        allowed: allowed.to_string(),
        request,
        account,
    };
    let insert = move |tx: &mut WriteTx<'_>| new.insert(tx);
    match server.store.writer.write(WEIGHT, insert).await? {
        Some((issued, account, scope)) => Ok(grant(issued, &account, &scope)),
        None => Err(replayed_code(server, code).await?),
    }
}

/// Whose session it is. Sessions end when an account becomes inactive, and none begins before it is
/// active again.
fn active(tx: &WriteTx<'_>, id: AccountId) -> Result<Option<Account>, Error> {
    let account = accounts::by_id(tx.connection, id)?;
    Ok(account.filter(|account| account.status.is_active()))
}

struct NewSession {
    code: Hash,
    client_name: Option<String>,
    client_auth: String,
    auth: ClientAuth,
    refreshes: bool,
    key: String,
    allowed: String,
    request: AuthorizationRequest,
    account: AccountId,
}

impl NewSession {
    /// `None` if the code was used in the meantime, or the account is not active any more.
    fn insert(&self, tx: &mut WriteTx<'_>) -> Result<Option<(Issued, Account, String)>, Error> {
        let unused = oauth::request_with_code(tx.connection, &self.code, tx.now)?.is_some();
        let account = active(tx, self.account)?;
        let (true, Some(account)) = (unused, account) else { return Ok(None) };
        let issued = tokens::draw(&self.auth, self.refreshes, tx.now, tx.now);
        let session = Session {
            id: 0,
            account: self.account,
            client: self.request.client.clone(),
            client_name: self.client_name.clone(),
            client_auth: self.client_auth.clone(),
            key: self.key.clone(),
            scope: self.request.scope.clone(),
            allowed: self.allowed.clone(),
            access_expires_at: issued.hashes.access_expires_at,
            created_at: tx.now,
            refreshed_at: tx.now,
            expires_at: issued.hashes.expires_at,
        };
        oauth::delete_code(tx.connection, &self.code)?;
        oauth::insert_session(tx.connection, &session, &self.code, &issued.hashes)?;
        Ok(Some((issued, account, session.scope)))
    }
}

async fn refresh(
    server: &Arc<Server>,
    app: &App<'_>,
    fields: TokenRequest,
) -> Result<Granted, OAuthError> {
    let token = fields.refresh_token.as_deref();
    let token = token.ok_or_else(|| OAuthError::request("refresh_token is missing."))?;
    let token = refresh_hash(token);
    let Some(session) = session_with(server, token).await? else {
        return Err(replayed_refresh(server, token).await?);
    };
    if session.client != app.client.id.to_string() {
        return Err(OAuthError::grant("The refresh token was given to another client."));
    }
    if session.key != app.prover.0 {
        return Err(OAuthError::proof("The proof is by another key than the session's."));
    }
    if !auth_of(&session)?.goes_on_as(&app.auth) || session.expires_at <= Timestamp::now() {
        end(server, session.id).await?;
        return Err(OAuthError::grant("The session has ended; ask the user to connect again."));
    }
    rotate(server, app, session, token).await
}

/// The session whose present refresh token this is.
async fn session_with(server: &Server, refresh: Hash) -> Result<Option<Session>, Error> {
    let read = move |connection: &rusqlite::Connection| {
        Ok(oauth::session_with_refresh(connection, &refresh)?)
    };
    server.store.readers.read(read).await
}

/// How its app authenticated when it began.
fn auth_of(session: &Session) -> Result<ClientAuth, Error> {
    serde_json::from_str(&session.client_auth).map_err(|error| Error::Internal(error.to_string()))
}

/// Ends a session whose app has taken back the key that the session began with.
async fn end_without_key(
    server: &Server,
    client: &Client,
    refresh_token: Option<&str>,
) -> Result<(), OAuthError> {
    let Some(token) = refresh_token.map(refresh_hash) else { return Ok(()) };
    let Some(session) = session_with(server, token).await? else { return Ok(()) };
    let ClientAuth::PrivateKey { thumbprint, .. } = auth_of(&session)? else { return Ok(()) };
    if session.client != client.id.to_string() {
        return Ok(());
    }
    let keys = server.oauth.registry.keys(client).await?;
    match keys.iter().any(|key| key.thumbprint() == thumbprint) {
        true => Ok(()),
        false => Ok(end(server, session.id).await?),
    }
}

async fn end(server: &Server, id: i64) -> Result<(), Error> {
    let end = move |tx: &mut WriteTx<'_>| Ok(oauth::end(tx.connection, id)?);
    server.store.writer.write(WEIGHT, end).await
}

/// A refresh token that was used before ends its session.
async fn replayed_refresh(server: &Server, token: Hash) -> Result<OAuthError, OAuthError> {
    let read = move |connection: &rusqlite::Connection| {
        Ok(oauth::session_with_used_refresh(connection, &token)?)
    };
    if let Some(session) = server.store.readers.read(read).await? {
        tracing::warn!(
            client = session.client,
            "a refresh token was used twice: its session is ended"
        );
        end(server, session.id).await?;
    }
    Ok(OAuthError::grant("The refresh token is not known, or was used before."))
}

async fn rotate(
    server: &Arc<Server>,
    app: &App<'_>,
    session: Session,
    token: Hash,
) -> Result<Granted, OAuthError> {
    // A set that cannot be had at the moment stays what it was.
    let asked = Scopes::parse(&session.scope);
    let allowed = match permission_set::spell_out(server, &asked).await {
        Ok(allowed) => allowed.to_string(),
        Err(_) => session.allowed.clone(),
    };
    let (auth, scope) = (app.auth.clone(), session.scope.clone());
    let rotate = move |tx: &mut WriteTx<'_>| -> Result<Option<(Issued, Account)>, Error> {
        let unused = oauth::session_with_refresh(tx.connection, &token)?.is_some();
        let account = active(tx, session.account)?;
        let (true, Some(account)) = (unused, account) else { return Ok(None) };
        let issued = tokens::draw(&auth, true, session.created_at, tx.now);
        oauth::rotate(tx.connection, session.id, &allowed, &issued.hashes, tx.now)?;
        Ok(Some((issued, account)))
    };
    match server.store.writer.write(WEIGHT, rotate).await? {
        Some((issued, account)) => Ok(grant(issued, &account, &scope)),
        None => Err(replayed_refresh(server, token).await?),
    }
}

fn grant(issued: Issued, account: &Account, scope: &str) -> Granted {
    let mut body = json!({
        "access_token": issued.access,
        "token_type": "DPoP",
        "expires_in": ACCESS_LIFETIME.as_secs(),
        "scope": scope,
        "sub": account.did,
    });
    if let Some(refresh) = issued.refresh {
        body["refresh_token"] = Value::String(refresh);
    }
    (NOT_STORED, Json(body))
}
