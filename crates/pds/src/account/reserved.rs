//! Signing keys that are told before their account is here, so that a DID document can name one from
//! the first day on.
//!
//! A key waits for the DID it was asked for. Asked for without one, it waits for whoever arrives
//! with a DID whose document names it.

use hypercerts_lexicon::{Did, DidMethod};
use hypercerts_repo::PublicKey;
use jiff::SignedDuration;

use crate::account::create::draw_key;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::repos::open_key;
use crate::store::{WriteTx, accounts, reserved_keys};
use crate::vault::Purpose;

/// How long a key waits for its DID.
const FOR_A_DID: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a key waits for anybody.
const FOR_ANYBODY: SignedDuration = SignedDuration::from_hours(24);
/// Keys that wait at most.
const MOST: i64 = 100_000;
/// Bytes a key writes, roughly.
const WEIGHT: usize = 512;

/// The key that waits for `did`: the same one until it is used; without a DID, a new one.
pub async fn reserve(server: &Server, did: Option<Did>) -> Result<PublicKey, Error> {
    if did.as_ref().is_some_and(|did| did.method() == DidMethod::Other) {
        return Err(Refusal::invalid("Accounts have DIDs of the methods plc and web.").into());
    }
    let reserve = move |tx: &mut WriteTx<'_>| match &did {
        Some(did) => reserve_for(tx, did),
        None => reserve_for_anybody(tx),
    };
    server.store.writer.write(WEIGHT, reserve).await
}

fn reserve_for(tx: &WriteTx<'_>, did: &Did) -> Result<PublicKey, Error> {
    if accounts::by_did(tx.connection, did)?.is_some() {
        return Err(Refusal::AlreadyHere(did.clone()).into());
    }
    let (key, sealed) = match reserved_keys::get(tx.connection, did, tx.now)? {
        Some(sealed) => (open_key(tx.vault, Purpose::SigningKey, did, &sealed)?, sealed),
        None => {
            check_room(tx)?;
            let key = draw_key();
            let sealed = tx.vault.seal(Purpose::SigningKey, did.as_str(), &*key.to_bytes());
            (key, sealed)
        }
    };
    reserved_keys::upsert(tx.connection, did, &sealed, tx.now + FOR_A_DID)?;
    Ok(key.public())
}

fn reserve_for_anybody(tx: &WriteTx<'_>) -> Result<PublicKey, Error> {
    check_room(tx)?;
    let key = draw_key();
    let owner = owner(&key.public())?;
    let sealed = tx.vault.seal(Purpose::SigningKey, owner.as_str(), &*key.to_bytes());
    reserved_keys::upsert(tx.connection, &owner, &sealed, tx.now + FOR_ANYBODY)?;
    Ok(key.public())
}

fn check_room(tx: &WriteTx<'_>) -> Result<(), Error> {
    if reserved_keys::count(tx.connection)? >= MOST { Err(Error::Busy) } else { Ok(()) }
}

/// Whom a key belongs to that belongs to nobody else.
fn owner(key: &PublicKey) -> Result<Did, Error> {
    Did::parse(&key.to_did_key()).map_err(|error| Error::Internal(error.to_string()))
}

/// Takes the key that waits for an account which arrives, sealed for it: by its DID, or as the one
/// its document names.
pub fn take(
    tx: &WriteTx<'_>,
    did: &Did,
    named: Option<&PublicKey>,
) -> Result<Option<Vec<u8>>, Error> {
    if let Some(sealed) = reserved_keys::get(tx.connection, did, tx.now)? {
        reserved_keys::delete(tx.connection, did)?;
        return Ok(Some(sealed));
    }
    let Some(owner) = named.map(owner).transpose()? else { return Ok(None) };
    let Some(sealed) = reserved_keys::get(tx.connection, &owner, tx.now)? else { return Ok(None) };
    let key = open_key(tx.vault, Purpose::SigningKey, &owner, &sealed)?;
    reserved_keys::delete(tx.connection, &owner)?;
    Ok(Some(tx.vault.seal(Purpose::SigningKey, did.as_str(), &*key.to_bytes())))
}
