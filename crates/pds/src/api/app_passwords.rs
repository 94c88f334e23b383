//! `createAppPassword`, `listAppPasswords`, `revokeAppPassword`.

use std::sync::Arc;

use axum::extract::State;
use hypercerts_lexicon::Datetime;
use hypercerts_xrpc::{Json, XrpcError};
use serde::{Deserialize, Serialize};

use crate::account::app_password;
use crate::api::auth::Caller;
use crate::permission::Need;
use crate::server::Server;
use crate::store::accounts::AppPassword;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppPasswordView {
    name: String,
    /// Told when it is made, and only then.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    created_at: Datetime,
    privileged: bool,
}

impl AppPasswordView {
    fn new(made: AppPassword, password: Option<String>) -> Self {
        let created_at = Datetime::from_unix_micros(made.created_at.as_microsecond());
        Self { name: made.name, password, created_at, privileged: made.privileged }
    }
}

#[derive(Deserialize)]
pub struct CreateAppPassword {
    name: String,
    #[serde(default)]
    privileged: bool,
}

pub async fn create(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<CreateAppPassword>,
) -> Result<Json<AppPasswordView>, XrpcError> {
    caller.require(&Need::Owner)?;
    let CreateAppPassword { name, privileged } = input;
    let (text, made) = app_password::create(&server, &caller.account, name, privileged).await?;
    Ok(Json(AppPasswordView::new(made, Some(text))))
}

#[derive(Serialize)]
pub struct AppPasswords {
    passwords: Vec<AppPasswordView>,
}

pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
) -> Result<Json<AppPasswords>, XrpcError> {
    caller.require(&Need::Owner)?;
    let made = app_password::list(&server, &caller.account).await?;
    let passwords = made.into_iter().map(|made| AppPasswordView::new(made, None)).collect();
    Ok(Json(AppPasswords { passwords }))
}

#[derive(Deserialize)]
pub struct RevokeAppPassword {
    name: String,
}

pub async fn revoke(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Json(input): Json<RevokeAppPassword>,
) -> Result<(), XrpcError> {
    caller.require(&Need::Owner)?;
    Ok(app_password::revoke(&server, &caller.account, input.name).await?)
}
