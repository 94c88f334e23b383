//! A new account, in three steps that a crash may fall between:
//!
//! 1. *Reserve*: keys, password hash and signed genesis operation are stored as a pending account,
//!    which also reserves the handle.
//! 2. *Register*: the operation is handed to the did:plc directory.
//! 3. *Complete*: account, repository and events, in one transaction.
//!
//! If anything fails after the first step, asking again with the same handle and password goes on
//! where it stopped, with the same DID. Pending accounts nobody comes back for are given up.

use std::sync::Arc;

use hypercerts_identity::plc::{Operation, PlcData, SignedOperation};
use hypercerts_lexicon::{Did, Handle};
use hypercerts_repo::{Curve, PublicKey, SecretKey};
use hypercerts_xrpc::frames::{AccountEvent, Event, IdentityEvent, SyncEvent};

use crate::account::password::Password;
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

/// What somebody who wants an account asks for.
pub struct Application {
    pub handle: String,
    pub email: Option<String>,
    pub password: Password,
    /// A key of the owner's own that may undo what the server does with the DID.
    pub recovery_key: Option<PublicKey>,
    /// An invitation.
    pub invite_code: Option<String>,
}

/// Creates an account and its first session.
pub async fn create_account(
    server: &Arc<Server>,
    application: Application,
) -> Result<(Account, Tokens), Error> {
    let issuer = server.tokens.clone();
    let begin =
        move |tx: &mut WriteTx<'_>, account: &Account| session::begin(tx, &issuer, account, None);
    create_and(server, application, begin).await
}

/// Creates an account, and in the same transaction does the first thing with it, which must not
/// refuse.
pub async fn create_and<T, F>(
    server: &Arc<Server>,
    application: Application,
    first: F,
) -> Result<(Account, T), Error>
where
    T: Send + 'static,
    F: FnMut(&mut WriteTx<'_>, &Account) -> Result<T, Error> + Send + 'static,
{
    application.password.check_new()?;
    let handle = server.domains.check_new(&application.handle)?;
    let email = application.email.as_deref().map(check_email).transpose()?;
    let admission = Admission::new(server, application.invite_code.as_deref());
    admission.check_early(server).await?;
    let pending = match pending(server, &handle).await? {
        Some(pending) => resume(server, &application.password, pending).await?,
        None => reserve(server, &application, handle, email).await?,
    };
    register(server, &pending).await?;
    complete(server, pending, admission, first).await
}

/// Good enough to tell a typing mistake; whether mail arrives is another matter.
pub fn check_email(text: &str) -> Result<String, Refusal> {
    let (name, domain) = text.rsplit_once('@').unwrap_or_default();
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if name.is_empty() || domain.is_empty() || text.len() > 320 || !plain {
        return Err(Refusal::invalid(format!("\"{text}\" is not an e-mail address.")));
    }
    Ok(text.to_lowercase())
}

async fn pending(server: &Server, handle: &Handle) -> Result<Option<NewAccount>, Error> {
    let handle = handle.clone();
    server.store.readers.read(move |connection| Ok(accounts::pending(connection, &handle)?)).await
}

/// Goes on with a creation that broke off, for whoever knows its password.
async fn resume(
    server: &Server,
    password: &Password,
    pending: NewAccount,
) -> Result<NewAccount, Error> {
    if server.hasher.verify(password, Some(pending.password.clone())).await? {
        Ok(pending)
    } else {
        Err(Refusal::HandleNotAvailable(pending.handle).into())
    }
}

async fn reserve(
    server: &Server,
    application: &Application,
    handle: Handle,
    email: Option<String>,
) -> Result<NewAccount, Error> {
    let password = server.hasher.hash(&application.password).await?;
    let new = draw_up(server, application, handle, email, password)?;
    let pending = new.clone();
    let reserve = move |tx: &mut WriteTx<'_>| {
        check_free(tx, &new)?;
        Ok(accounts::insert_pending(tx.connection, &new, tx.now)?)
    };
    server.store.writer.write(WEIGHT, reserve).await?;
    Ok(pending)
}

fn check_free(tx: &WriteTx<'_>, new: &NewAccount) -> Result<(), Error> {
    let taken = accounts::by_handle(tx.connection, &new.handle)?.is_some()
        || accounts::pending(tx.connection, &new.handle)?.is_some();
    if taken {
        return Err(Refusal::HandleNotAvailable(new.handle.clone()).into());
    }
    check_email_free(tx, None, new.email.as_deref())
}

/// Whether an address is nobody's but `own`'s.
pub fn check_email_free(
    tx: &WriteTx<'_>,
    own: Option<AccountId>,
    email: Option<&str>,
) -> Result<(), Error> {
    let Some(email) = email else { return Ok(()) };
    match accounts::by_email(tx.connection, email)? {
        Some(account) if Some(account.id) != own => {
            Err(Refusal::EmailTaken(email.to_owned()).into())
        }
        _ => Ok(()),
    }
}

/// Fresh keys, and the operation that makes a DID of them.
fn draw_up(
    server: &Server,
    application: &Application,
    handle: Handle,
    email: Option<String>,
    password: String,
) -> Result<NewAccount, Error> {
    let keys = NewKeys::draw();
    let own = keys.rotation.public();
    let rotation_keys: Vec<PublicKey> =
        application.recovery_key.iter().cloned().chain([own]).collect();
    let url = &server.config.public_url;
    let data = PlcData::account(&keys.signing.public(), &rotation_keys, &handle, url);
    let genesis = Operation::Set { data, prev: None }.sign(&keys.rotation);
    let did = genesis.did().ok_or_else(|| Error::Internal("no genesis operation".to_owned()))?;
    let genesis =
        serde_json::to_vec(&genesis).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(NewAccount { genesis, ..keys.account(server, did, handle, email, password) })
}

/// The keys that the server holds for an account.
pub struct NewKeys {
    signing: SecretKey,
    rotation: SecretKey,
}

impl NewKeys {
    pub fn draw() -> Self {
        Self { signing: draw_key(), rotation: draw_key() }
    }

    /// An account with these keys, and no genesis operation of ours.
    pub fn account(
        &self,
        server: &Server,
        did: Did,
        handle: Handle,
        email: Option<String>,
        password: String,
    ) -> NewAccount {
        let seal = |purpose, key: &SecretKey| {
            server.vault.seal(purpose, did.as_str(), key.to_bytes().as_slice())
        };
        let signing_key = seal(Purpose::SigningKey, &self.signing);
        let rotation_key = seal(Purpose::RotationKey, &self.rotation);
        let genesis = Vec::new();
        NewAccount { did, handle, email, password, signing_key, rotation_key, genesis }
    }
}

pub fn draw_key() -> SecretKey {
    loop {
        // All but about one in 2¹²⁸ choices are keys.
        if let Ok(key) = SecretKey::from_bytes(Curve::K256, &crate::random::bytes()) {
            return key;
        }
    }
}

/// Hands the operation to the directory, unless an attempt before has done so already.
async fn register(server: &Server, pending: &NewAccount) -> Result<(), Error> {
    let genesis = SignedOperation::from_json(&pending.genesis)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let Err(refused) = server.config.resolver.plc().submit(&pending.did, &genesis).await else {
        return Ok(());
    };
    match server.config.resolver.plc().audit_log(&pending.did).await {
        Ok(log) if log.first().is_some_and(|first| first.operation == genesis) => Ok(()),
        _ => Err(Error::Directory(refused.to_string())),
    }
}

async fn complete<T, F>(
    server: &Server,
    new: NewAccount,
    admission: Admission,
    mut first: F,
) -> Result<(Account, T), Error>
where
    T: Send + 'static,
    F: FnMut(&mut WriteTx<'_>, &Account) -> Result<T, Error> + Send + 'static,
{
    let complete = move |tx: &mut WriteTx<'_>| {
        if accounts::by_did(tx.connection, &new.did)?.is_some() {
            // The same application twice at once; the other one was faster.
            return Err(Refusal::HandleNotAvailable(new.handle.clone()).into());
        }
        check_email_free(tx, None, new.email.as_deref())?;
        let invite = admission.check(tx.connection)?;
        let key = open_key(tx.vault, Purpose::SigningKey, &new.did, &new.signing_key)?;
        let id = accounts::insert(tx.connection, &new, tx.now)?;
        invites::redeem(tx, invite.as_ref(), &new.did)?;
        accounts::delete_pending(tx.connection, &new.handle)?;
        announce(tx, id, &new, key)?;
        let NewAccount { did, handle, email, .. } = new.clone();
        let account = Account {
            id,
            did,
            handle,
            email,
            email_confirmed: false,
            status: Status::Active,
            ended_at: None,
        };
        let outcome = first(tx, &account)?;
        Ok((account, outcome))
    };
    let made = server.store.writer.write(WEIGHT, complete).await?;
    tracing::info!(did = %made.0.did, handle = %made.0.handle, "an account is made");
    Ok(made)
}

/// `#identity`, `#account`, the first `#commit`, and `#sync`: what followers expect of a new
/// account, in the order they expect it.
fn announce(
    tx: &mut WriteTx<'_>,
    id: AccountId,
    new: &NewAccount,
    key: SecretKey,
) -> Result<(), Error> {
    let commit = commit::found(tx, id, &new.did, key)?;
    let time = tx.datetime();
    let did = || -> Did { new.did.clone() };
    let handle = Some(new.handle.clone());
    tx.emit(&Event::Identity(IdentityEvent { did: did(), handle, time: time.clone() }))?;
    let active = AccountEvent { did: did(), active: true, status: None, time: time.clone() };
    tx.emit(&Event::Account(active))?;
    tx.emit(&commit::announcement(&new.did, &commit, time.clone()))?;
    let (rev, blocks) = (commit.head.rev, commit.sync_car().into());
    tx.emit(&Event::Sync(SyncEvent { did: did(), rev, blocks, time }))?;
    Ok(())
}
