//! The two keys the server holds for an account.

use hypercerts_repo::SecretKey;
use rusqlite::Connection;

use crate::error::Error;
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::repos::open_key;
use crate::store::{AccountId, StoreError};
use crate::vault::Purpose;

/// Signs commits, and tokens for other servers.
pub async fn signing_key(server: &Server, account: &Account) -> Result<SecretKey, Error> {
    open(server, account, Purpose::SigningKey, accounts::signing_key).await
}

/// Signs did:plc operations.
pub async fn rotation_key(server: &Server, account: &Account) -> Result<SecretKey, Error> {
    open(server, account, Purpose::RotationKey, accounts::rotation_key).await
}

type Sealed = fn(&Connection, AccountId) -> rusqlite::Result<Option<Vec<u8>>>;

async fn open(
    server: &Server,
    account: &Account,
    purpose: Purpose,
    sealed: Sealed,
) -> Result<SecretKey, Error> {
    let id = account.id;
    let read = move |connection: &Connection| Ok(sealed(connection, id)?);
    let sealed = server.store.readers.read(read).await?;
    let sealed =
        sealed.ok_or_else(|| StoreError::Corrupt(format!("{} has no keys", account.did)))?;
    open_key(&server.vault, purpose, &account.did, &sealed)
}
