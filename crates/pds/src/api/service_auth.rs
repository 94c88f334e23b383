//! Tokens between servers: `getServiceAuth` for our accounts, and those that others show us.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::http::request::Parts;
use hypercerts_lexicon::{Did, Nsid};
use hypercerts_xrpc::nsid::repo::UPLOAD_BLOB;
use hypercerts_xrpc::nsid::{admin, identity as id, server as srv};
use hypercerts_xrpc::service_auth::{self, ServiceClaims, ServiceToken};
use hypercerts_xrpc::{Bearer, Json, Query, XrpcError};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::account::keys;
use crate::api::auth::Caller;
use crate::api::blobs::ANY_TYPE;
use crate::error::{Error, Refusal};
use crate::permission::Need;
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::accounts::{self, Account, Status};
use crate::store::oauth::{self, hash};

/// Seconds a token is good for if nobody says otherwise.
pub const USUAL: i64 = 60;
/// Seconds at most; a token for any method, much less.
const LONGEST: i64 = 60 * 60;
const LONGEST_FOR_ANY: i64 = 60;

/// Methods for which no token is made: whoever holds one could take the account over.
const NOT_FOR_OTHERS: [&str; 16] = [
    admin::SEND_EMAIL,
    id::REQUEST_PLC_OPERATION_SIGNATURE,
    id::SIGN_PLC_OPERATION,
    id::UPDATE_HANDLE,
    srv::ACTIVATE_ACCOUNT,
    srv::CONFIRM_EMAIL,
    srv::CREATE_APP_PASSWORD,
    srv::DEACTIVATE_ACCOUNT,
    srv::GET_ACCOUNT_INVITE_CODES,
    srv::GET_SESSION,
    srv::LIST_APP_PASSWORDS,
    srv::REQUEST_ACCOUNT_DELETE,
    srv::REQUEST_EMAIL_CONFIRMATION,
    srv::REQUEST_EMAIL_UPDATE,
    srv::REVOKE_APP_PASSWORD,
    srv::UPDATE_EMAIL,
];

#[derive(Deserialize)]
pub struct GetServiceAuth {
    aud: String,
    lxm: Option<Nsid>,
    /// Unix seconds.
    exp: Option<i64>,
}

#[derive(Serialize)]
pub struct ServiceAuth {
    token: String,
}

pub async fn get_service_auth(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Query(asked): Query<GetServiceAuth>,
) -> Result<Json<ServiceAuth>, XrpcError> {
    let now = Timestamp::now().as_second();
    let exp = check_expiry(asked.exp, asked.lxm.is_some(), now)?;
    let named = asked.aud.split('#').next().unwrap_or_default();
    Did::parse(named).map_err(|why| Refusal::invalid(format!("aud is no DID: {why}.")))?;
    match &asked.lxm {
        Some(method) => {
            check_method(&caller, method, &asked.aud)?;
            if named == server.did.as_str() && method.as_str().eq_ignore_ascii_case(UPLOAD_BLOB) {
                // The word is for files of every type.
                caller.require(&Need::Upload { mime_type: ANY_TYPE })?;
            }
        }
        None => caller.require(&Need::Owner)?,
    }
    let token = issue(&server, &caller.account, asked.aud, asked.lxm, (now, exp)).await?;
    Ok(Json(ServiceAuth { token }))
}

fn check_expiry(exp: Option<i64>, for_one_method: bool, now: i64) -> Result<i64, Refusal> {
    let exp = exp.unwrap_or(now + USUAL);
    let longest = if for_one_method { LONGEST } else { LONGEST_FOR_ANY };
    match exp.saturating_sub(now) {
        ..0 => Err(Refusal::BadExpiration("exp lies in the past.".to_owned())),
        seconds if seconds > longest => Err(Refusal::BadExpiration(format!(
            "The token would be good for {seconds} s; {longest} s are the most here{}.",
            if for_one_method { "" } else { " without lxm" }
        ))),
        _ => Ok(exp),
    }
}

/// Whether the caller may have a token that calls `method` of the service `audience`.
pub fn check_method(caller: &Caller, method: &Nsid, audience: &str) -> Result<(), Refusal> {
    // A receiver may read names without regard to case.
    if NOT_FOR_OTHERS.iter().any(|name| name.eq_ignore_ascii_case(method.as_str())) {
        let message = format!("No token is made for {method}: it concerns the account itself.");
        return Err(Refusal::invalid(message));
    }
    caller.require(&Need::to_call(method, audience))
}

/// A token of an account for a service, issued and expiring at these Unix seconds.
pub async fn issue(
    server: &Server,
    account: &Account,
    aud: String,
    lxm: Option<Nsid>,
    (iat, exp): (i64, i64),
) -> Result<String, Error> {
    let key = keys::signing_key(server, account).await?;
    let (iss, jti) = (account.did.to_string(), Some(crate::random::identifier()));
    Ok(service_auth::sign(&ServiceClaims { iss, aud, lxm, iat, exp, jti }, &key))
}

/// The account for which another server calls, by the token it shows for this very method.
///
/// The key is looked up anew once if the one that is remembered does not fit.
pub async fn vouched(server: &Server, parts: &Parts, method: &str) -> Result<Did, XrpcError> {
    let Bearer(text) = Bearer::from_headers(&parts.headers)?;
    let token = ServiceToken::parse(&text)?;
    let method = Nsid::parse(method).map_err(XrpcError::internal)?;
    token.check(&server.did, &method, Timestamp::now())?;
    let issuer = token.issuer().clone();
    let claims = check_signature(server, token, &issuer).await?;
    refuse_ended(server, &issuer, claims.iat).await?;
    // Whoever reads the same once more changes nothing.
    if parts.method == Method::POST {
        use_up(server, &issuer, claims.jti.as_deref().unwrap_or(&text)).await?;
    }
    Ok(issuer)
}

/// Refuses a token that was shown before, by what tells it from the issuer's others.
async fn use_up(server: &Server, issuer: &Did, id: &str) -> Result<(), XrpcError> {
    /// Longer than any token is good for.
    const KEPT: SignedDuration = SignedDuration::from_hours(2);
    /// Bytes written, roughly.
    const WEIGHT: usize = 128;
    let shown = hash(&["service-token", issuer.as_str(), id]);
    let remember =
        move |tx: &mut WriteTx<'_>| Ok(oauth::remember(tx.connection, &shown, tx.now + KEPT)?);
    match server.store.writer.write(WEIGHT, remember).await? {
        true => Ok(()),
        false => Err(XrpcError::auth_required("The service token was used before.")),
    }
}

/// The key of an account here may have signed a token, at these Unix seconds, before the account was
/// taken down, or for somebody who was put out since.
async fn refuse_ended(server: &Server, issuer: &Did, issued: i64) -> Result<(), Error> {
    let did = issuer.clone();
    let read = move |connection: &Connection| Ok(accounts::by_did(connection, &did)?);
    let Some(account) = server.store.readers.read(read).await? else { return Ok(()) };
    if account.status == Status::TakenDown {
        return Err(Refusal::AccountTakedown.into());
    }
    match account.ended_at {
        Some(ended_at) if issued <= ended_at.as_second() => Err(Refusal::SessionEnded.into()),
        _ => Ok(()),
    }
}

async fn check_signature(
    server: &Server,
    token: ServiceToken,
    issuer: &Did,
) -> Result<ServiceClaims, XrpcError> {
    let resolver = &server.config.resolver;
    let unresolvable = |why: String| {
        XrpcError::auth_required(format!("The document of {issuer} cannot be had: {why}."))
    };
    let known = resolver.document(issuer).await.map_err(|why| unresolvable(why.to_string()))?;
    if let Ok(key) = known.signing_key()
        && let Ok(claims) = token.clone().verify(&key)
    {
        return Ok(claims);
    }
    let fresh = resolver.fetch_document(issuer).await;
    let fresh = fresh.map_err(|why| unresolvable(why.to_string()))?;
    let key = fresh.signing_key().map_err(|why| unresolvable(why.to_string()))?;
    Ok(token.verify(&key)?)
}
