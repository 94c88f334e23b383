//! Sessions: an access token to act with, a refresh token to get the next pair with.
//!
//! Refresh tokens are remembered, by identifier. Using one replaces it, but for two more hours it
//! yields the same successor again, for clients that did not get the answer. All tokens that began
//! with one login are one session. Access tokens are not remembered; they expire after two hours,
//! and end with their session before that.

use hypercerts_xrpc::tokens::{self, AccessScope, RefreshClaims};
use jiff::{SignedDuration, Timestamp};

use crate::account::status;
use crate::error::{Error, Refusal};
use crate::store::accounts::{self, Account, AppPassword, Status};
use crate::store::sessions::{self, RefreshToken};
use crate::store::{AccountId, StoreError, WriteTx, devices, oauth};

/// How long a refresh token that was used stays good.
const GRACE: SignedDuration = SignedDuration::from_hours(2);

/// The two tokens of a session, as the client gets them.
#[derive(Debug)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
}

/// Begins a session, by the account's own password or by an app password. Refuses before it writes.
pub fn begin(
    tx: &WriteTx<'_>,
    issuer: &hypercerts_xrpc::Tokens,
    account: &Account,
    app_password: Option<&AppPassword>,
) -> Result<Tokens, Error> {
    let scope = scope(account, app_password)?;
    let token = RefreshToken {
        id: crate::random::identifier(),
        session: crate::random::identifier(),
        account: account.id,
        app_password: app_password.map(|password| password.name.clone()),
        successor: None,
        expires_at: tx.now + tokens::REFRESH_LIFETIME,
    };
    sessions::insert(tx.connection, &token)?;
    Ok(issue(issuer, account, &token, scope, tx.now))
}

/// Replaces a refresh token by its successor.
pub fn refresh(
    tx: &WriteTx<'_>,
    issuer: &hypercerts_xrpc::Tokens,
    account: &Account,
    claims: &RefreshClaims,
) -> Result<Tokens, Error> {
    let used = sessions::by_id(tx.connection, &claims.id)?
        .filter(|token| token.account == account.id && token.expires_at > tx.now)
        .ok_or(Refusal::SessionEnded)?;
    let app_password = match &used.app_password {
        Some(name) => Some(
            accounts::app_password_named(tx.connection, account.id, name)?
                .ok_or(Refusal::SessionEnded)?,
        ),
        None => None,
    };
    let account = &status::present(tx, account.id)?;
    let scope = scope(account, app_password.as_ref())?;
    let id = match &used.successor {
        Some(id) => id.clone(),
        None => replace(tx, &used)?,
    };
    let successor = RefreshToken { id, ..used };
    Ok(issue(issuer, account, &successor, scope, tx.now))
}

fn replace(tx: &WriteTx<'_>, used: &RefreshToken) -> Result<String, StoreError> {
    let id = crate::random::identifier();
    let expires_at = tx.now + tokens::REFRESH_LIFETIME;
    let next = RefreshToken { id: id.clone(), successor: None, expires_at, ..used.clone() };
    sessions::insert(tx.connection, &next)?;
    sessions::set_successor(tx.connection, &used.id, &id, tx.now + GRACE)?;
    Ok(id)
}

fn issue(
    issuer: &hypercerts_xrpc::Tokens,
    account: &Account,
    refresh: &RefreshToken,
    scope: AccessScope,
    now: Timestamp,
) -> Tokens {
    Tokens {
        access: issuer.issue_access(&account.did, scope, &refresh.session, now),
        refresh: issuer.issue_refresh(&account.did, &refresh.id, now),
    }
}

/// How much a session allows. An app password cannot manage an account, so it cannot take one away
/// from here either.
fn scope(account: &Account, app_password: Option<&AppPassword>) -> Result<AccessScope, Refusal> {
    match (app_password, account.status) {
        (None, Status::TakenDown) => Ok(AccessScope::TakenDown),
        (Some(_), Status::TakenDown) => Err(Refusal::AccountTakedown),
        (None, _) => Ok(AccessScope::Full),
        (Some(password), _) if password.privileged => Ok(AccessScope::PrivilegedAppPassword),
        (Some(_), _) => Ok(AccessScope::AppPassword),
    }
}

/// Ends whatever was begun with an account: sessions, apps, browsers that are signed in.
pub fn end_everything(tx: &WriteTx<'_>, id: AccountId) -> Result<(), StoreError> {
    accounts::set_ended(tx.connection, id, tx.now)?;
    sessions::delete_of_account(tx.connection, id)?;
    oauth::end_all(tx.connection, id)?;
    Ok(devices::sign_out_everywhere(tx.connection, id)?)
}

/// Refuses whoever got in before everything was ended, by the account as it was when they did: a
/// request may take its time, and checking a password does. For what lets somebody in again.
pub fn require_still_in(tx: &WriteTx<'_>, seen: &Account) -> Result<(), Error> {
    match status::present(tx, seen.id)?.ended_at == seen.ended_at {
        true => Ok(()),
        false => Err(Refusal::SessionEnded.into()),
    }
}
