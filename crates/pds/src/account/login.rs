//! From identifier and password to a session. An unknown identifier and a wrong password look the
//! same and take the same time.

use std::net::IpAddr;
use std::sync::Arc;

use hypercerts_lexicon::{AtIdentifier, Did};

use crate::account::password::Password;
use crate::account::session::{self, Tokens};
use crate::account::status;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Account, AppPassword, Status};
use crate::store::{AccountId, WriteTx};

/// Bytes a new session writes, roughly.
const WEIGHT: usize = 512;

/// Who wants in: a handle, a DID or an e-mail address, and a password of either kind.
pub struct Credentials {
    pub identifier: String,
    pub password: Password,
    pub address: Option<IpAddr>,
}

/// Begins a session. With an account that is taken down only for whoever knows it
/// (`allow_takendown`), to leave.
pub async fn log_in(
    server: &Arc<Server>,
    credentials: Credentials,
    allow_takendown: bool,
) -> Result<(Arc<Account>, Tokens), Error> {
    let Credentials { identifier, password, address } = credentials;
    server.throttle.check(&identifier, address)?;
    let account = find(server, &identifier).await?;
    let seen = present(server, account.as_deref()).await?;
    let app_password = match check(server, account.as_deref(), &password).await {
        Err(Error::Refused(wrong)) => {
            server.throttle.note_failure(&identifier, address);
            return Err(wrong.into());
        }
        outcome => outcome?,
    };
    let account = account.ok_or(Refusal::WrongCredentials)?;
    let seen = seen.ok_or(Refusal::WrongCredentials)?;
    let (worker, id) = (Arc::clone(server), account.id);
    let begin = move |tx: &mut WriteTx<'_>| {
        session::require_still_in(tx, &seen)?;
        let owner = status::present(tx, id)?;
        if owner.status == Status::TakenDown && !allow_takendown {
            return Err(Refusal::AccountTakedown.into());
        }
        session::begin(tx, &worker.tokens, &owner, app_password.as_ref())
    };
    let tokens = server.store.writer.write(WEIGHT, begin).await?;
    Ok((account, tokens))
}

/// The account as it is now, whatever is remembered of it.
async fn present(server: &Server, account: Option<&Account>) -> Result<Option<Account>, Error> {
    let Some(id) = account.map(|account| account.id) else { return Ok(None) };
    server.store.readers.read(move |connection| Ok(accounts::by_id(connection, id)?)).await
}

/// Who it is, if the password is the account's own: app passwords act on records, and open no page.
pub async fn check_owner(server: &Server, credentials: Credentials) -> Result<Arc<Account>, Error> {
    let Credentials { identifier, password, address } = credentials;
    server.throttle.check(&identifier, address)?;
    let account = find(server, &identifier).await?;
    let right = match password.is_conceivable() {
        true => is_own(server, account.as_deref(), &password).await?,
        false => false,
    };
    match account.filter(|_| right) {
        Some(account) => Ok(account),
        None => {
            server.throttle.note_failure(&identifier, address);
            Err(Refusal::WrongCredentials.into())
        }
    }
}

/// The DID of an account by its row.
pub async fn did_of(server: &Server, id: AccountId) -> Result<Did, Error> {
    let read = move |connection: &rusqlite::Connection| Ok(accounts::by_id(connection, id)?);
    let account = server.store.readers.read(read).await?;
    Ok(account.ok_or(Refusal::SessionEnded)?.did)
}

pub async fn find(server: &Server, identifier: &str) -> Result<Option<Arc<Account>>, Error> {
    if let Ok(who) = AtIdentifier::parse(identifier.trim_start_matches('@')) {
        return server.accounts.find(&who).await;
    }
    let email = identifier.to_lowercase();
    let by_email = move |connection: &rusqlite::Connection| {
        Ok(accounts::by_email(connection, &email)?.map(Arc::new))
    };
    server.store.readers.read(by_email).await
}

/// The app password that was given, `None` if it was the account's own; refuses what is neither.
async fn check(
    server: &Server,
    account: Option<&Account>,
    password: &Password,
) -> Result<Option<AppPassword>, Error> {
    if !password.is_conceivable() {
        return Err(Refusal::WrongCredentials.into());
    }
    if password.looks_like_app_password()
        && let Some(found) = find_app_password(server, account, password).await?
    {
        return Ok(Some(found));
    }
    match is_own(server, account, password).await? {
        true => Ok(None),
        false => Err(Refusal::WrongCredentials.into()),
    }
}

/// Whether it is the account's own password. Without an account it takes as long.
async fn is_own(
    server: &Server,
    account: Option<&Account>,
    password: &Password,
) -> Result<bool, Error> {
    let stored = match account.map(|account| account.id) {
        Some(id) => {
            let read = move |connection: &rusqlite::Connection| {
                Ok(accounts::password_hash(connection, id)?)
            };
            server.store.readers.read(read).await?
        }
        None => None,
    };
    server.hasher.verify(password, stored).await
}

/// Computes the hash without an account too, for the same time.
async fn find_app_password(
    server: &Server,
    account: Option<&Account>,
    password: &Password,
) -> Result<Option<AppPassword>, Error> {
    let did = account.map_or(&server.did, |account| &account.did);
    let hash = server.hasher.app_hash(password, did).await?;
    let Some(id) = account.map(|account| account.id) else { return Ok(None) };
    let read = move |connection: &rusqlite::Connection| {
        Ok(accounts::app_password_with_hash(connection, id, &hash)?)
    };
    server.store.readers.read(read).await
}
