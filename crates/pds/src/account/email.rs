//! E-mail addresses: shown to be the owner's, and changed.

use std::sync::Arc;

use crate::account::create::{check_email, check_email_free};
use crate::account::mailed_token::{self, Purpose};
use crate::account::session;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::accounts::{self, Account};

/// Bytes written, roughly.
const WEIGHT: usize = 512;

/// Whether changing the address needs a code that goes to the present one. Mails it if so.
pub async fn request_update(server: &Arc<Server>, account: &Account) -> Result<bool, Error> {
    if !account.email_confirmed {
        return Ok(false);
    }
    mailed_token::mail(server, account, Purpose::UpdateEmail).await?;
    Ok(true)
}

/// Notes that the owner has read a mail to the account's address.
pub async fn confirm(
    server: &Server,
    account: &Account,
    email: &str,
    code: String,
) -> Result<(), Error> {
    if account.email.as_deref() != Some(check_email(email)?.as_str()) {
        return Err(Refusal::InvalidEmail(
            "This is not the address of the account; look it up with getSession.".to_owned(),
        )
        .into());
    }
    let (id, did) = (account.id, account.did.clone());
    let confirm = move |tx: &mut WriteTx<'_>| {
        mailed_token::redeem(tx, id, Purpose::ConfirmEmail, &code)?;
        Ok(accounts::confirm_email(tx.connection, id, tx.now)?)
    };
    server.store.writer.write(WEIGHT, confirm).await?;
    server.accounts.forget(&did);
    Ok(())
}

/// The operator gives the account another address, which is not confirmed then.
pub async fn replace(server: &Server, account: &Account, email: &str) -> Result<(), Error> {
    let email = check_email(email)?;
    let id = account.id;
    let replace = move |tx: &mut WriteTx<'_>| {
        check_email_free(tx, Some(id), Some(&email))?;
        Ok(accounts::set_email(tx.connection, id, &email)?)
    };
    server.store.writer.write(WEIGHT, replace).await?;
    server.accounts.forget(&account.did);
    Ok(())
}

/// The owner gives the account another address, which is not confirmed then.
///
/// # Errors
/// A refusal if the present address is confirmed and the code that was mailed to it is missing.
pub async fn update(
    server: &Server,
    account: &Account,
    email: &str,
    code: Option<String>,
) -> Result<(), Error> {
    let email = check_email(email)?;
    if account.email_confirmed && code.is_none() {
        return Err(Refusal::CodeRequired.into());
    }
    let (id, did, confirmed) = (account.id, account.did.clone(), account.email_confirmed);
    let owner = account.clone();
    let update = move |tx: &mut WriteTx<'_>| {
        session::require_still_in(tx, &owner)?;
        check_email_free(tx, Some(id), Some(&email))?;
        if confirmed {
            let code = code.as_deref().unwrap_or_default();
            mailed_token::redeem(tx, id, Purpose::UpdateEmail, code)?;
        }
        Ok(accounts::set_email(tx.connection, id, &email)?)
    };
    server.store.writer.write(WEIGHT, update).await?;
    server.accounts.forget(&did);
    Ok(())
}
