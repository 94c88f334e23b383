//! What an account's DID document should say while the account lives here, and whether it does.

use hypercerts_identity::plc::PlcData;
use hypercerts_identity::{DidDocument, ResolveError};
use hypercerts_lexicon::{DidMethod, Handle};
use hypercerts_repo::PublicKey;

use crate::account::keys;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::Account;

/// The state that an account's DID should be given: keys of this server, its address, the handle.
pub async fn recommended(server: &Server, account: &Account) -> Result<PlcData, Error> {
    let signing = keys::signing_key(server, account).await?.public();
    let rotation = keys::rotation_key(server, account).await?.public();
    let url = &server.config.public_url;
    Ok(PlcData::account(&signing, &[rotation], &account.handle, url))
}

/// Refuses unless the account's DID document, asked for anew, names this server and its key.
pub async fn require_fitting(server: &Server, account: &Account) -> Result<(), Error> {
    let document = server.config.resolver.fetch_document(&account.did).await;
    let document = document.map_err(|error| unresolvable(account, &error))?;
    let signing = keys::signing_key(server, account).await?.public();
    check(server, account, &document, &signing)?;
    // The handle of a did:plc can be put right from here at any time; that of a did:web only by its
    // owner.
    if account.did.method() != DidMethod::Plc {
        check_handle(&document, &account.handle)?;
    }
    // Whoever asks from now on gets to know the same.
    server.config.resolver.refresh(&account.did).await.ok();
    Ok(())
}

/// Refuses unless the account's document, asked for anew, names this handle: for DIDs whose document
/// is in the owner's hands alone.
pub async fn require_handle(
    server: &Server,
    account: &Account,
    handle: &Handle,
) -> Result<(), Error> {
    let document = server.config.resolver.fetch_document(&account.did).await;
    let document = document.map_err(|error| unresolvable(account, &error))?;
    Ok(check_handle(&document, handle)?)
}

fn check_handle(document: &DidDocument, handle: &Handle) -> Result<(), Refusal> {
    if document.claimed_handle().as_ref() == Some(handle) {
        return Ok(());
    }
    Err(Refusal::IncompatibleDidDoc(format!(
        "The document of {} does not name {handle}: put at://{handle} first in its alsoKnownAs.",
        document.id()
    )))
}

fn unresolvable(account: &Account, error: &ResolveError) -> Refusal {
    Refusal::UnresolvableDid(format!("The document of {} cannot be had: {error}.", account.did))
}

fn check(
    server: &Server,
    account: &Account,
    document: &DidDocument,
    signing: &PublicKey,
) -> Result<(), Refusal> {
    let here = server.config.public_url.origin();
    let unfit = |why: String| Refusal::IncompatibleDidDoc(why);
    match document.pds() {
        Ok(pds) if pds.origin() == here => {}
        Ok(pds) => {
            return Err(unfit(format!(
                "The document of {} says that the account lives at {pds}, not here.",
                account.did
            )));
        }
        Err(why) => return Err(unfit(format!("The document of {}: {why}.", account.did))),
    }
    match document.signing_key() {
        Ok(key) if key == *signing => Ok(()),
        Ok(_) => Err(unfit(format!(
            "The document of {} names another signing key than this server holds for it; take \
             those of getRecommendedDidCredentials.",
            account.did
        ))),
        Err(why) => Err(unfit(format!("The document of {}: {why}.", account.did))),
    }
}
