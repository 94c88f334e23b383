//! From identifier and password to a session. An unknown identifier and a wrong password look the
//! same and take the same time.

use std::net::IpAddr;
use std::sync::Arc;

use hypercerts_lexicon::AtIdentifier;

use crate::account::password::Password;
use crate::account::session::{self, Tokens};
use crate::account::status;
use crate::account::throttle::Target;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::accounts::{self, Account, AppPassword, Status};

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
    let Named { account, target } = find(server, &identifier).await?;
    let attempt = server.throttle.begin(target, address)?;
    let seen = present(server, account.as_deref()).await?;
    let app_password = attempt.judge(check(server, account.as_deref(), &password).await)?;
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

/// The account as it was before the check, if the password is its own: app passwords act on
/// records, and open no page. Whatever lets the owner in has to ask [`session::require_still_in`].
pub async fn check_owner(server: &Server, credentials: Credentials) -> Result<Account, Error> {
    let Credentials { identifier, password, address } = credentials;
    let Named { account, target } = find(server, &identifier).await?;
    let attempt = server.throttle.begin(target, address)?;
    let seen = present(server, account.as_deref()).await?;
    attempt.judge(check_own(server, account.as_deref(), &password).await)?;
    Ok(seen.ok_or(Refusal::WrongCredentials)?)
}

/// Who is meant, and what guesses count against.
pub struct Named {
    pub account: Option<Arc<Account>>,
    pub target: Target,
}

/// The account with this handle, DID or e-mail address, if there is one.
pub async fn find(server: &Server, identifier: &str) -> Result<Named, Error> {
    if let Ok(who) = AtIdentifier::parse(identifier.trim_start_matches('@')) {
        let account = server.accounts.find(&who).await?;
        let target = match &account {
            Some(account) => Target::Account(account.id),
            None => Target::named(who.as_ref()),
        };
        return Ok(Named { account, target });
    }
    let email = identifier.to_lowercase();
    let target = Target::named(&email);
    let by_email = move |connection: &rusqlite::Connection| {
        Ok(accounts::by_email(connection, &email)?.map(Arc::new))
    };
    Ok(Named { account: server.store.readers.read(by_email).await?, target })
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
    check_own(server, account, password).await?;
    Ok(None)
}

/// Refuses what is not the account's own password.
async fn check_own(
    server: &Server,
    account: Option<&Account>,
    password: &Password,
) -> Result<(), Error> {
    match password.is_conceivable() && is_own(server, account, password).await? {
        true => Ok(()),
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
