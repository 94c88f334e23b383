//! A new password for whoever can read the account's mail.

use std::sync::Arc;

use crate::account::mailed_token::{self, Purpose};
use crate::account::password::Password;
use crate::account::throttle::Target;
use crate::account::{session, ways_in};
use crate::error::Error;
use crate::limits::Mail;
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::{AccountId, WriteTx, passkeys};

/// Bytes written, roughly.
const WEIGHT: usize = 4096;

/// Mails a code to the account with this address, if there is one; nobody is told whether.
pub async fn request(server: &Arc<Server>, email: &str) -> Result<(), Error> {
    let (worker, email) = (Arc::clone(server), email.to_lowercase());
    server.limits.charge_mail(Mail::PasswordReset, &Target::named(&email))?;
    let post = move |tx: &mut WriteTx<'_>| match accounts::by_email(tx.connection, &email)? {
        Some(account) => mailed_token::post(tx, &worker, &account, &email, Purpose::ResetPassword),
        None => Ok(()),
    };
    server.store.writer.write(WEIGHT, post).await?;
    server.mail_posted.notify_one();
    Ok(())
}

/// What becomes of the passkeys when there is a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passkeys {
    /// The owner says that all of them are theirs.
    Keep,
    Remove,
}

/// Sets a new password.
pub async fn reset(
    server: &Server,
    code: String,
    password: &Password,
    passkeys: Passkeys,
) -> Result<(), Error> {
    password.check_new()?;
    let hash = server.hasher.hash(password).await?;
    let reset = move |tx: &mut WriteTx<'_>| {
        let id = mailed_token::redeem_whosever(tx, Purpose::ResetPassword, &code)?;
        set_password(tx, id, &hash, passkeys)
    };
    server.store.writer.write(WEIGHT, reset).await
}

/// The operator gives the account another password.
pub async fn replace(server: &Server, account: &Account, password: &Password) -> Result<(), Error> {
    password.check_new()?;
    let (id, hash) = (account.id, server.hasher.hash(password).await?);
    let replace = move |tx: &mut WriteTx<'_>| set_password(tx, id, &hash, Passkeys::Remove);
    server.store.writer.write(WEIGHT, replace).await
}

/// Replaces the password. Somebody else may have been in, so that whoever was is out: with what was
/// begun go the app passwords and passkeys that could begin it again.
fn set_password(
    tx: &WriteTx<'_>,
    id: AccountId,
    hash: &str,
    passkeys: Passkeys,
) -> Result<(), Error> {
    accounts::set_password(tx.connection, id, hash)?;
    ways_in::revoke_app_passwords(tx, id)?;
    if passkeys == Passkeys::Remove {
        passkeys::delete_of_account(tx.connection, id)?;
    }
    Ok(session::end_everything(tx, id)?)
}
