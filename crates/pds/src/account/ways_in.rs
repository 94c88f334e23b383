//! The ways into an account beside its password, and how they are shut.

use crate::account::session;
use crate::store::{AccountId, StoreError, WriteTx, accounts, mailed_tokens, passkeys, sessions};

/// Revokes every app password, and ends the sessions that they began.
pub fn revoke_app_passwords(tx: &WriteTx<'_>, id: AccountId) -> Result<(), StoreError> {
    accounts::delete_app_passwords(tx.connection, id)?;
    Ok(sessions::delete_of_app_passwords(tx.connection, id)?)
}

/// Shuts every way in, the password and the address that codes are mailed to included. Then the
/// operator alone can open one, by giving the account another password.
pub fn shut_all(tx: &WriteTx<'_>, id: AccountId) -> Result<(), StoreError> {
    session::end_everything(tx, id)?;
    accounts::delete_app_passwords(tx.connection, id)?;
    passkeys::delete_of_account(tx.connection, id)?;
    mailed_tokens::delete_of_account(tx.connection, id)?;
    accounts::lock(tx.connection, id).map_err(StoreError::from)
}
