//! `requestPlcOperationSignature`, `signPlcOperation`, `submitPlcOperation`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_identity::plc::SignedOperation;
use hypercerts_xrpc::{Json, NoInput, XrpcError};
use serde::{Deserialize, Serialize};

use crate::account::mailed_token::{self, Purpose};
use crate::account::plc::{self, PlcChanges};
use crate::api::auth::Caller;
use crate::permission::{IdentityPart, Need};
use crate::server::Server;

const EVERYTHING: Need<'_> = Need::Identity { part: IdentityPart::Everything };

/// Mails the code that `signPlcOperation` wants.
pub async fn request_signature(
    State(server): State<Arc<Server>>,
    caller: Caller,
    _: NoInput,
) -> Result<(), XrpcError> {
    caller.require(&EVERYTHING)?;
    Ok(mailed_token::mail(&server, &caller.account, Purpose::PlcOperation).await?)
}

#[derive(Deserialize, Serialize)]
pub struct Operation {
    operation: SignedOperation,
}

#[derive(Deserialize)]
pub struct SignPlcOperation {
    token: String,
    #[serde(flatten)]
    changes: PlcChanges,
}

pub async fn sign(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<SignPlcOperation>,
) -> Result<Json<Operation>, XrpcError> {
    caller.require(&EVERYTHING)?;
    let SignPlcOperation { token, changes } = input;
    let operation = plc::sign(&server, &caller.account, token, changes).await?;
    Ok(Json(Operation { operation }))
}

pub async fn submit(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<Operation>,
) -> Result<(), XrpcError> {
    caller.require(&EVERYTHING)?;
    Ok(plc::submit(&server, &caller.account, input.operation).await?)
}
