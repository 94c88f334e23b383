//! An account that comes from another server, with the DID it has had.
//!
//! Its server vouches for its owner by a token signed with the key its DID document names. Here it
//! begins deactivated and with an empty repository: repository and files are brought along, the
//! document is changed, and only then is it activated.

use std::sync::Arc;

use hypercerts_lexicon::{Did, Handle};

use crate::account::create::{Application, NewKeys, check_email, check_email_free};
use crate::account::session::{self, Tokens};
use crate::error::{Error, Refusal};
use crate::invites::{self, Admission};
use crate::server::Server;
use crate::store::accounts::{self, Account, NewAccount, Status};
use crate::store::repos::open_key;
use crate::store::{AccountId, WriteTx};
use crate::vault::Purpose;
use crate::writes::commit;

/// Bytes a new account writes, roughly.
const WEIGHT: usize = 16 * 1024;

/// Takes the account `did` in; whoever calls has checked that its owner asks.
pub async fn take_in(
    server: &Arc<Server>,
    did: Did,
    application: Application,
) -> Result<(Account, Tokens), Error> {
    application.password.check_new()?;
    let handle = handle_of(server, &did, &application.handle).await?;
    let email = application.email.as_deref().map(check_email).transpose()?;
    let admission = Admission::new(server, application.invite_code.as_deref());
    admission.check_early(server).await?;
    let password = server.hasher.hash(&application.password).await?;
    let keys = NewKeys::draw();
    let new = keys.account(server, did, handle, email, password);
    let worker = Arc::clone(server);
    let enter = move |tx: &mut WriteTx<'_>| {
        check_free(tx, &new)?;
        let invite = admission.check(tx.connection)?;
        let id = enter(tx, &new)?;
        invites::redeem(tx, invite.as_ref(), &new.did)?;
        let NewAccount { did, handle, email, .. } = new.clone();
        let account =
            Account { id, did, handle, email, email_confirmed: false, status: Status::Deactivated };
        let tokens = session::begin(tx, &worker.tokens, &account, None)?;
        Ok((account, tokens))
    };
    server.store.writer.write(WEIGHT, enter).await
}

/// One of this server's handles, or one the account has already.
async fn handle_of(server: &Server, did: &Did, text: &str) -> Result<Handle, Error> {
    let handle = Handle::parse(text).map_err(|why| Refusal::InvalidHandle(format!("{why}.")))?;
    if server.domains.contain(&handle) {
        return Ok(server.domains.check_new(text)?);
    }
    match server.config.resolver.resolve_handle(&handle).await {
        Ok(found) if found == *did => Ok(handle),
        _ => Err(Refusal::InvalidHandle(format!(
            "{handle} does not lead to {did}; keep a handle that does, or take one that ends in {}.",
            server.domains.as_slice().join(" or ")
        ))
        .into()),
    }
}

fn check_free(tx: &WriteTx<'_>, new: &NewAccount) -> Result<(), Error> {
    if accounts::by_did(tx.connection, &new.did)?.is_some() {
        return Err(Refusal::AlreadyHere(new.did.clone()).into());
    }
    let taken = accounts::by_handle(tx.connection, &new.handle)?.is_some()
        || accounts::pending(tx.connection, &new.handle)?.is_some();
    if taken {
        return Err(Refusal::HandleNotAvailable(new.handle.clone()).into());
    }
    check_email_free(tx, None, new.email.as_deref())
}

fn enter(tx: &mut WriteTx<'_>, new: &NewAccount) -> Result<AccountId, Error> {
    let key = open_key(tx.vault, Purpose::SigningKey, &new.did, &new.signing_key)?;
    let id = accounts::insert(tx.connection, new, tx.now)?;
    accounts::set_status(tx.connection, id, Status::Deactivated, tx.now)?;
    commit::found(tx, id, &new.did, key)?;
    Ok(id)
}
