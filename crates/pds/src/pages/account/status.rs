//! The owner takes the account out of the world for a while, and brings it back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::account::status;
use crate::pages::account::{owner, recent_owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::server::Server;

#[derive(Deserialize)]
pub struct Which {
    account: String,
}

pub async fn activate(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(Which { account }): Form<Which>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, Some(&account)).await?;
    status::activate(&server, &owner.account).await?;
    Ok(owner.back("activated").into_response())
}

pub async fn deactivate(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(Which { account }): Form<Which>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&account)).await?;
    status::deactivate(&server, &owner.account).await?;
    Ok(owner.back("deactivated").into_response())
}
