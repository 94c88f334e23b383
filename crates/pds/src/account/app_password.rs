//! App passwords: what an owner gives to a program instead of the account's own password. They act
//! on records, but not on the account, and each can be revoked alone.

use crate::account::password::Password;
use crate::account::session;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Account, AppPassword};
use crate::store::{AccountId, WriteTx, sessions};

/// Characters of a name.
const MAX_NAME: usize = 100;
/// App passwords of one account.
const MAX_COUNT: usize = 100;
/// Bytes written, roughly.
const WEIGHT: usize = 512;

/// Makes an app password; the text is told this once and never again.
pub async fn create(
    server: &Server,
    account: &Account,
    name: String,
    privileged: bool,
) -> Result<(String, AppPassword), Error> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        let rule = format!("The name of an app password has 1 to {MAX_NAME} characters.");
        return Err(Refusal::invalid(rule).into());
    }
    let text = crate::random::app_password();
    let hash = server.hasher.app_hash(&Password::from(text.clone()), &account.did).await?;
    let (id, owner) = (account.id, account.clone());
    let insert = move |tx: &mut WriteTx<'_>| {
        session::require_still_in(tx, &owner)?;
        let password = AppPassword { name: name.clone(), privileged, created_at: tx.now };
        check_room(tx, id, &password.name)?;
        accounts::insert_app_password(tx.connection, id, &password, &hash)?;
        Ok(password)
    };
    Ok((text, server.store.writer.write(WEIGHT, insert).await?))
}

fn check_room(tx: &WriteTx<'_>, id: AccountId, name: &str) -> Result<(), Error> {
    let existing = accounts::app_passwords(tx.connection, id)?;
    if existing.iter().any(|password| password.name == name) {
        return Err(Refusal::DuplicateAppPassword(name.to_owned()).into());
    }
    if existing.len() >= MAX_COUNT {
        let rule = format!("An account has at most {MAX_COUNT} app passwords; revoke one first.");
        return Err(Refusal::invalid(rule).into());
    }
    Ok(())
}

pub async fn list(server: &Server, account: &Account) -> Result<Vec<AppPassword>, Error> {
    let id = account.id;
    server.store.readers.read(move |connection| Ok(accounts::app_passwords(connection, id)?)).await
}

/// Revokes an app password and ends the sessions it began. One that is not there is as good as
/// revoked.
pub async fn revoke(server: &Server, account: &Account, name: String) -> Result<(), Error> {
    let id = account.id;
    let delete = move |tx: &mut WriteTx<'_>| {
        accounts::delete_app_password(tx.connection, id, &name)?;
        Ok(sessions::delete_of_app_password(tx.connection, id, &name)?)
    };
    server.store.writer.write(WEIGHT, delete).await
}
