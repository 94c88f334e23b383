//! `createAccount` and `describeServer`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::Did;
use hypercerts_repo::PublicKey;
use hypercerts_xrpc::{Json, XrpcError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::create::{Application, create_account as create};
use crate::account::password::Password;
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
        invite_code_required: false,
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
    did: Option<serde_json::Value>,
    plc_op: Option<serde_json::Value>,
}

pub async fn create_account(
    State(server): State<Arc<Server>>,
    Json(input): Json<CreateAccount>,
) -> Result<Json<SessionView>, XrpcError> {
    let (account, tokens) = create(&server, application(input)?).await?;
    Ok(Json(SessionView::new(&server, &account).await.with_tokens(tokens)))
}

fn application(input: CreateAccount) -> Result<Application, Refusal> {
    if input.did.is_some() || input.plc_op.is_some() {
        return Err(Refusal::invalid(
            "This server makes a new did:plc for every account; bringing a DID along is not \
             possible here. Leave did and plcOp out.",
        ));
    }
    let password = input.password.ok_or_else(|| {
        Refusal::InvalidPassword("An account here needs a password; give one.".to_owned())
    })?;
    let recovery_key = input.recovery_key.as_deref().map(PublicKey::from_did_key).transpose();
    let recovery_key = recovery_key
        .map_err(|why| Refusal::invalid(format!("recoveryKey is no did:key: {why}.")))?;
    Ok(Application { handle: input.handle, email: input.email, password, recovery_key })
}
