//! did:plc operations of an account: signed here when its owner asks for it with a mailed token,
//! and handed to the directory if they keep the account whole.

use std::collections::BTreeMap;

use hypercerts_identity::plc::{Operation, PlcData, PlcService, SignedOperation};
use hypercerts_lexicon::{Cid, DidMethod};
use hypercerts_xrpc::frames::{Event, IdentityEvent};

use crate::account::mailed_token::{self, Purpose};
use crate::account::{credentials, keys};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::accounts::Account;

/// Bytes an announcement writes, roughly.
const WEIGHT: usize = 1024;

/// What an operation is to change; what is left out stays.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlcChanges {
    rotation_keys: Option<Vec<String>>,
    verification_methods: Option<BTreeMap<String, String>>,
    also_known_as: Option<Vec<String>>,
    services: Option<BTreeMap<String, PlcService>>,
}

impl PlcChanges {
    fn apply(self, data: PlcData) -> PlcData {
        PlcData {
            rotation_keys: self.rotation_keys.unwrap_or(data.rotation_keys),
            verification_methods: self.verification_methods.unwrap_or(data.verification_methods),
            also_known_as: self.also_known_as.unwrap_or(data.also_known_as),
            services: self.services.unwrap_or(data.services),
        }
    }
}

/// The state the directory knows, and the operation that set it.
pub async fn current(server: &Server, account: &Account) -> Result<(PlcData, Cid), Error> {
    require_plc(account)?;
    let log = server.config.resolver.plc().verified_log(&account.did).await;
    let log = log.map_err(|error| Error::Directory(error.to_string()))?;
    let data = log.data().ok_or_else(|| Refusal::invalid("The DID has been given up."))?;
    Ok((data.clone(), log.head().cid))
}

fn require_plc(account: &Account) -> Result<(), Refusal> {
    match account.did.method() {
        DidMethod::Plc => Ok(()),
        _ => Err(Refusal::invalid(format!(
            "{} has no operations: change the document that its host serves, to what \
             getRecommendedDidCredentials answers.",
            account.did
        ))),
    }
}

/// The next operation, signed with the rotation key this server holds, for whoever has the code that was mailed.
/// Not submitted.
pub async fn sign(
    server: &Server,
    account: &Account,
    code: String,
    changes: PlcChanges,
) -> Result<SignedOperation, Error> {
    let (data, prev) = current(server, account).await?;
    let id = account.id;
    let redeem =
        move |tx: &mut WriteTx<'_>| mailed_token::redeem(tx, id, Purpose::PlcOperation, &code);
    server.store.writer.write(WEIGHT, redeem).await?;
    let key = keys::rotation_key(server, account).await?;
    Ok(Operation::Set { data: changes.apply(data), prev: Some(prev) }.sign(&key))
}

/// Hands an operation to the directory and tells followers, if the account can be served from here
/// afterwards.
pub async fn submit(
    server: &Server,
    account: &Account,
    operation: SignedOperation,
) -> Result<(), Error> {
    require_plc(account)?;
    let recommended = credentials::recommended(server, account).await?;
    let data = operation.operation().data();
    check(data.as_deref(), &recommended)?;
    let plc = server.config.resolver.plc();
    let submitted = plc.submit(&account.did, &operation).await;
    submitted.map_err(|error| Error::Directory(error.to_string()))?;
    server.config.resolver.refresh(&account.did).await.ok();
    announce(server, account).await
}

fn check(data: Option<&PlcData>, ours: &PlcData) -> Result<(), Refusal> {
    let refused = |what: &str| {
        Refusal::invalid(format!(
            "The operation was not submitted: it {what}. Begin with what \
             getRecommendedDidCredentials answers."
        ))
    };
    let data = data.ok_or_else(|| refused("gives the DID up"))?;
    if !ours.rotation_keys.iter().all(|key| data.rotation_keys.contains(key)) {
        return Err(refused("leaves out this server's rotation key"));
    }
    if data.services.get("atproto_pds") != ours.services.get("atproto_pds") {
        return Err(refused("names another server as the account's"));
    }
    if data.verification_methods.get("atproto") != ours.verification_methods.get("atproto") {
        return Err(refused("names another signing key than this server's"));
    }
    if data.also_known_as.first() != ours.also_known_as.first() {
        return Err(refused("does not name the account's handle first"));
    }
    Ok(())
}

/// `#identity`: caches are to be dropped.
pub async fn announce(server: &Server, account: &Account) -> Result<(), Error> {
    let (did, handle) = (account.did.clone(), account.handle.clone());
    let tell = move |tx: &mut WriteTx<'_>| {
        let (handle, time) = (Some(handle.clone()), tx.datetime());
        Ok(tx.emit(&Event::Identity(IdentityEvent { did: did.clone(), handle, time }))?)
    };
    server.store.writer.write(WEIGHT, tell).await
}
