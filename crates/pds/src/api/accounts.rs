//! `createAccount`, `reserveSigningKey` and `describeServer`.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use hypercerts_lexicon::Did;
use hypercerts_repo::PublicKey;
use hypercerts_xrpc::nsid::server::CREATE_ACCOUNT;
use hypercerts_xrpc::{Json, XrpcError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::arrive::take_in;
use crate::account::create::{Application, create_account as create};
use crate::account::password::Password;
use crate::account::reserved::reserve;
use crate::api::service_auth::vouched;
use crate::api::sessions::SessionView;
use crate::error::Refusal;
use crate::server::Server;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    did: Did,
    available_user_domains: Vec<String>,
    invite_code_required: bool,
    phone_verification_required: bool,
    blob_upload_limit: u64,
    links: serde_json::Value,
    contact: serde_json::Value,
}

pub async fn describe_server(State(server): State<Arc<Server>>) -> Json<ServerView> {
    Json(ServerView {
        did: server.did.clone(),
        available_user_domains: server.domains.as_slice().to_vec(),
        invite_code_required: server.config.invites_required,
        phone_verification_required: false,
        blob_upload_limit: server.config.max_blob_bytes,
        links: json!({}),
        contact: json!({}),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAccount {
    handle: String,
    email: Option<String>,
    password: Option<Password>,
    recovery_key: Option<String>,
    invite_code: Option<String>,
    /// Of an account that comes from another server.
    did: Option<Did>,
    plc_op: Option<serde_json::Value>,
}

/// A new account; or with `did`, one that comes from another server, whose token vouches for its
/// owner.
pub async fn create_account(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Json<SessionView>, XrpcError> {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let Json(input) = Json::<CreateAccount>::from_request(request, &server).await?;
    let did = input.did.clone();
    let application = application(input)?;
    let (account, tokens) = match did {
        None => create(&server, application).await?,
        Some(did) => {
            let vouched = vouched(&server, &parts, CREATE_ACCOUNT).await?;
            if vouched != did {
                return Err(Refusal::NotYourDid(did).into());
            }
            take_in(&server, did, application).await?
        }
    };
    Ok(Json(SessionView::new(&server, &account).await.with_tokens(tokens)))
}

#[derive(Deserialize)]
pub struct ReserveSigningKey {
    did: Option<Did>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservedKey {
    /// As did:key.
    signing_key: String,
}

/// The key with which an account will sign here once it arrives.
pub async fn reserve_signing_key(
    State(server): State<Arc<Server>>,
    Json(ReserveSigningKey { did }): Json<ReserveSigningKey>,
) -> Result<Json<ReservedKey>, XrpcError> {
    let signing_key = reserve(&server, did).await?.to_did_key();
    Ok(Json(ReservedKey { signing_key }))
}

fn application(input: CreateAccount) -> Result<Application, Refusal> {
    if input.plc_op.is_some() {
        return Err(Refusal::invalid(
            "This server takes did:plc operations by submitPlcOperation, once the account is here; \
             leave plcOp out.",
        ));
    }
    let password = input.password.ok_or_else(|| {
        Refusal::InvalidPassword("An account here needs a password; give one.".to_owned())
    })?;
    let recovery_key = input.recovery_key.as_deref().map(PublicKey::from_did_key).transpose();
    let recovery_key = recovery_key
        .map_err(|why| Refusal::invalid(format!("recoveryKey is no did:key: {why}.")))?;
    let CreateAccount { handle, email, invite_code, .. } = input;
    Ok(Application { handle, email, password, recovery_key, invite_code })
}
