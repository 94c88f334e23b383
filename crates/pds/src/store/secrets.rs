//! The server's own secret: what session tokens are signed with, sealed like the keys of accounts.

use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::error::OpenError;
use crate::store::{StoreError, execute, find};
use crate::vault::{Purpose, Vault};

const KEY: &str = "token-secret";
/// The server is its own audience.
const OWNER: &str = "";

/// Opens the secret, or makes one at the first start. That it opens also shows that the master key
/// belongs to this database.
pub fn token_secret(
    connection: &Connection,
    vault: &Vault,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let sealed: Option<Vec<u8>> =
        find(connection, "SELECT value FROM meta WHERE key = ?1", [KEY], |row| row.get(0))
            .map_err(StoreError::from)?;
    match sealed {
        Some(sealed) => Ok(vault.unseal(Purpose::TokenSecret, OWNER, &sealed)?),
        None => create(connection, vault).map_err(|error| StoreError::from(error).into()),
    }
}

fn create(connection: &Connection, vault: &Vault) -> rusqlite::Result<Zeroizing<Vec<u8>>> {
    let secret = Zeroizing::new(crate::random::bytes::<32>().to_vec());
    let sealed = vault.seal(Purpose::TokenSecret, OWNER, &secret);
    execute(connection, "INSERT INTO meta (key, value) VALUES (?1, ?2)", (KEY, sealed))?;
    Ok(secret)
}
