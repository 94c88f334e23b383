//! The browser a page is for. It is known by a cookie that only it holds; the database keeps the
//! cookie's hash, and only once somebody has signed in. Signing in gives the browser another
//! cookie, so that one somebody else put there is worth nothing.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::account::session;
use crate::api::auth::Peer;
use crate::error::{Error, Refusal};
use crate::pages::error::PageError;
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::devices::{self, DeviceId, SignedIn};
use crate::store::oauth::{Hash, hash};
use crate::store::{AccountId, WriteTx};

/// How long somebody stays signed in.
pub const STAY: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often a browser's last visit is noted.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(30);
/// Bytes a sign-in writes, roughly.
const WEIGHT: usize = 512;
/// Characters of a browser's description that are kept.
const MAX_AGENT: usize = 300;

/// A browser.
#[derive(Clone)]
pub struct Browser {
    secret: String,
    /// Whether the browser does not hold the secret yet.
    is_new: bool,
    secure: bool,
    agent: String,
}

/// Says on an answer that the browser is to have another cookie.
#[derive(Clone)]
pub struct NewCookie(pub Option<String>);

impl Browser {
    pub fn of(server: &Server, headers: &HeaderMap) -> Self {
        let secure = server.config.public_url.scheme() == "https";
        let known = cookie(headers, cookie_name(secure));
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            is_new: known.is_none(),
            secret: known.unwrap_or_else(|| crate::random::token("browser")),
            secure,
            agent: agent.unwrap_or_default().chars().take(MAX_AGENT).collect(),
        }
    }

    /// What a form on a page for this browser carries.
    pub fn csrf(&self) -> String {
        BASE64URL_NOPAD.encode(&hash(&["form", &self.secret]))
    }

    /// What secrets that were made for this browser are bound to.
    pub fn binding(&self) -> Hash {
        hash(&["binding", &self.secret])
    }

    fn key(&self) -> Hash {
        hash(&["cookie", &self.secret])
    }

    pub fn fresh_cookie(&self) -> Option<String> {
        self.is_new.then(|| self.set_cookie(&self.secret))
    }

    fn set_cookie(&self, secret: &str) -> String {
        let (name, age) = (cookie_name(self.secure), STAY.as_secs() * 2);
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={secret}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
    }

    /// Who is signed in here, the last one first.
    pub async fn accounts(&self, server: &Server) -> Result<Vec<SignedIn>, Error> {
        let browser = self.clone();
        server.store.readers.read(move |connection| browser.signed_in(connection)).await
    }

    /// Refuses if `account` is not signed in here any more. For what outlives the stay.
    pub fn require_signed_in(&self, tx: &WriteTx<'_>, account: AccountId) -> Result<(), Error> {
        match self.signed_in(tx.connection)?.iter().any(|signed| signed.account == account) {
            true => Ok(()),
            false => Err(Refusal::SessionEnded.into()),
        }
    }

    fn signed_in(&self, connection: &Connection) -> Result<Vec<SignedIn>, Error> {
        let known = match self.is_new {
            true => None,
            false => devices::by_cookie(connection, &self.key())?,
        };
        Ok(match known {
            Some((id, _)) => devices::accounts(connection, id, Timestamp::now() - STAY)?,
            None => Vec::new(),
        })
    }

    /// Notes a visit, now and then.
    pub async fn note_visit(&self, server: &Server, peer: &Peer) -> Result<(), Error> {
        let (key, address) = (self.key(), peer.0.map(|address| address.to_string()));
        let read = move |connection: &Connection| Ok(devices::by_cookie(connection, &key)?);
        let Some((id, seen)) = server.store.readers.read(read).await? else { return Ok(()) };
        if Timestamp::now() < seen + NOTED_EVERY {
            return Ok(());
        }
        let touch = move |tx: &mut WriteTx<'_>| {
            Ok(devices::touch(tx.connection, id, address.as_deref(), tx.now)?)
        };
        server.store.writer.write(WEIGHT, touch).await
    }

    pub async fn device(&self, server: &Server) -> Result<Option<DeviceId>, Error> {
        let key = self.key();
        let read = move |connection: &Connection| Ok(devices::by_cookie(connection, &key)?);
        Ok(server.store.readers.read(read).await?.map(|(id, _)| id))
    }

    /// Signs in the owner of the account `seen`, beside whoever is signed in already, and makes the
    /// browser hold another cookie with `response`.
    pub async fn sign_in(
        &self,
        server: &Server,
        peer: &Peer,
        seen: &Account,
        mut response: Response,
    ) -> Result<Response, Error> {
        let secret = crate::random::token("browser");
        let (before, after) = (self.key(), hash(&["cookie", &secret]));
        let (agent, address) = (self.agent.clone(), peer.0.map(|address| address.to_string()));
        let seen = seen.clone();
        let sign_in = move |tx: &mut WriteTx<'_>| {
            session::require_still_in(tx, &seen)?;
            let (agent, address) = (agent.as_str(), address.as_deref());
            let device = match devices::by_cookie(tx.connection, &before)? {
                Some((id, _)) => {
                    devices::set_cookie(tx.connection, id, &after, agent, address, tx.now)?;
                    id
                }
                None => devices::insert(tx.connection, &after, agent, address, tx.now)?,
            };
            Ok(devices::sign_in(tx.connection, device, seen.id, tx.now)?)
        };
        server.store.writer.write(WEIGHT, sign_in).await?;
        response.extensions_mut().insert(NewCookie(Some(self.set_cookie(&secret))));
        Ok(response)
    }

    pub async fn sign_out(&self, server: &Server, account: AccountId) -> Result<(), Error> {
        let key = self.key();
        let sign_out = move |tx: &mut WriteTx<'_>| {
            if let Some((id, _)) = devices::by_cookie(tx.connection, &key)? {
                devices::sign_out(tx.connection, id, account)?;
            }
            Ok(())
        };
        server.store.writer.write(WEIGHT, sign_out).await
    }
}

/// With the prefix, browsers take the cookie only over TLS and from this very host.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-browser" } else { "browser" }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, secret) = pairs.find(|(given, _)| given.trim() == name)?;
    let secret = secret.trim();
    let ours = secret.starts_with("browser-") && secret.len() == "browser-".len() + 43;
    ours.then(|| secret.to_owned())
}

impl<S: Sync> FromRequestParts<S> for Browser {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Whose pages are shown.
pub struct Owner {
    pub account: Arc<Account>,
    pub signed_in: SignedIn,
    /// Others who are signed in here.
    pub others: Vec<SignedIn>,
}

impl Owner {
    /// The account that `did` names, or whoever signed in last; `None` if that is nobody.
    pub async fn find(
        server: &Server,
        browser: &Browser,
        did: Option<&str>,
    ) -> Result<Option<Self>, PageError> {
        let (browser, did) = (browser.clone(), did.map(str::to_owned));
        let read = move |connection: &Connection| {
            let mut others = browser.signed_in(connection)?;
            let wanted =
                |signed: &SignedIn| did.as_deref().is_none_or(|did| signed.did.as_str() == did);
            let Some(at) = others.iter().position(wanted) else { return Ok(None) };
            let signed_in = others.remove(at);
            let account = accounts::by_id(connection, signed_in.account)?;
            Ok(account.map(|account| Self { account: Arc::new(account), signed_in, others }))
        };
        Ok(server.store.readers.read(read).await?)
    }
}
