//! An account that comes from another server, with the DID it has had.
//!
//! Its server vouches for its owner by a token signed with the key its DID document names. Here it
//! begins deactivated and with an empty repository, signed with the key that was reserved for it, if
//! one was: repository and files are brought along, the document is changed, and only then is it
//! activated.

use std::sync::Arc;

use hypercerts_lexicon::Did;
use hypercerts_repo::PublicKey;

use crate::account::create::{Application, NewKeys, check_email, check_email_free};
use crate::account::handles;
use crate::account::reserved;
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
    let handle = handles::usable(server, &did, &application.handle).await?;
    let email = application.email.as_deref().map(check_email).transpose()?;
    let admission = Admission::new(server, application.invite_code.as_deref());
    admission.check_early(server).await?;
    let password = server.hasher.hash(&application.password).await?;
    let named = named_key(server, &did).await;
    let keys = NewKeys::draw();
    let new = keys.account(server, did, handle, email, password);
    let worker = Arc::clone(server);
    let enter = move |tx: &mut WriteTx<'_>| {
        check_free(tx, &new)?;
        let signing_key = reserved::take(tx, &new.did, named.as_ref())?;
        let signing_key = signing_key.unwrap_or_else(|| new.signing_key.clone());
        let new = NewAccount { signing_key, ..new.clone() };
        let invite = admission.check(tx.connection)?;
        let id = enter(tx, &new)?;
        invites::redeem(tx, invite.as_ref(), &new.did)?;
        if let Some(key) = &named {
            accounts::set_arrival_key(tx.connection, id, key)?;
        }
        let NewAccount { did, handle, email, .. } = new;
        let account = Account {
            id,
            did,
            handle,
            email,
            email_confirmed: false,
            status: Status::Deactivated,
            ended_at: None,
        };
        let tokens = session::begin(tx, &worker.tokens, &account, None)?;
        Ok((account, tokens))
    };
    server.store.writer.write(WEIGHT, enter).await
}

/// The signing key that the account's document names at this moment. Without one it arrives as well.
async fn named_key(server: &Server, did: &Did) -> Option<PublicKey> {
    let document = server.config.resolver.fetch_document(did).await.ok()?;
    document.signing_key().ok()
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
