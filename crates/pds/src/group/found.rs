//! How a group begins: as a new account that its owner registers, or as an account that has been
//! somebody's and gives itself into others' hands.

use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use hypercerts_lexicon::Did;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::account::create::{Application, create_and};
use crate::account::password::Password;
use crate::account::{session, ways_in};
use crate::error::{Error, Refusal};
use crate::group::act::Act;
use crate::group::refused::GroupRefusal;
use crate::group::role::{Deed, Role};
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::groups::{self, members};
use crate::store::{StoreError, WriteTx};

/// Bytes written, roughly.
const WEIGHT: usize = 1024;

/// What somebody asks for who wants a group.
pub struct Registration {
    /// A whole handle, or the name in front of it.
    pub handle: String,
    pub owner: Did,
    /// An invitation: a group is an account like any other.
    pub invite_code: Option<String>,
}

/// Makes a new account that is a group from its first moment on.
pub async fn register(server: &Arc<Server>, registration: Registration) -> Result<Account, Error> {
    let Registration { handle, owner, invite_code } = registration;
    let handle = whole_handle(server, handle);
    let password = unknown_password(server, &owner, &handle);
    let recovery_key = None;
    let application = Application { handle, email: None, password, recovery_key, invite_code };
    let found = move |tx: &mut WriteTx<'_>, group: &Account| {
        let act = Act::new(Deed::Register).with("handle", json!(group.handle));
        Ok(found(tx, group, &owner, &owner, &act)?)
    };
    let (group, ()) = create_and(server, application, found).await?;
    Ok(group)
}

/// A name without a dot is one under the first of this server's domains.
fn whole_handle(server: &Server, text: String) -> String {
    match server.domains.as_slice().first() {
        Some(domain) if !text.contains('.') => format!("{text}{domain}"),
        _ => text,
    }
}

/// A password that nobody knows. It is the same when the same owner asks again for the same
/// handle, so that a registration that broke off half-way is gone on with.
fn unknown_password(server: &Server, owner: &Did, handle: &str) -> Password {
    let hash = Sha256::new()
        .chain_update(server.store.token_secret.as_slice())
        .chain_update("password of a group\0")
        .chain_update(owner.as_str())
        .chain_update("\0")
        .chain_update(handle.to_ascii_lowercase())
        .finalize();
    Password::from(BASE32_NOPAD.encode(&hash).to_ascii_lowercase())
}

/// Makes an account a group of `owner`. Whoever could log in to it no longer can.
pub async fn import(server: &Server, account: &Arc<Account>, owner: Did) -> Result<(), Error> {
    if owner == account.did {
        return Err(refused(GroupRefusal::Itself));
    }
    let (account, did) = (Arc::clone(account), account.did.clone());
    let import = move |tx: &mut WriteTx<'_>| {
        session::require_still_in(tx, &account)?;
        if groups::is_group(tx.connection, account.id)? {
            return Err(refused(GroupRefusal::AlreadyAGroup(account.did.clone())));
        }
        let act = Act::to(Deed::Import, &owner).with("handle", json!(account.handle));
        Ok(found(tx, &account, &owner, &account.did, &act)?)
    };
    server.store.writer.write(WEIGHT, import).await?;
    server.accounts.forget(&did);
    Ok(())
}

fn found(
    tx: &WriteTx<'_>,
    group: &Account,
    owner: &Did,
    actor: &Did,
    act: &Act,
) -> Result<(), StoreError> {
    ways_in::shut_all(tx, group.id)?;
    groups::insert(tx.connection, group.id, tx.now)?;
    members::insert(tx.connection, group.id, owner, Role::Owner, actor, tx.now)?;
    act.note(tx, group.id, actor)
}

fn refused(why: GroupRefusal) -> Error {
    Refusal::from(why).into()
}
