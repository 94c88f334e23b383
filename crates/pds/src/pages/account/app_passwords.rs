//! App passwords, for programs that cannot be connected otherwise.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::account::app_password;
use crate::error::Error;
use crate::pages::account::{AccountPage, Fresh, owner, recent_owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::pages::shell::Shell;
use crate::server::Server;

#[derive(Deserialize)]
pub struct Creation {
    account: String,
    name: String,
    #[serde(default)]
    privileged: bool,
}

/// The answer is the page itself, as the password is shown this once.
pub async fn create(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(input): Form<Creation>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&input.account)).await?;
    let Creation { name, privileged, .. } = input;
    let made = app_password::create(&server, &owner.account, name, privileged).await;
    let mut page = AccountPage::of(&server, &shell, &browser, owner).await?;
    match made {
        Ok((password, made)) => page.fresh = Some(Fresh { name: made.name, password }),
        Err(Error::Refused(refusal)) => page.complaint = Some(refusal.to_string()),
        Err(other) => return Err(other.into()),
    }
    Ok(shell.show(&page))
}

#[derive(Deserialize)]
pub struct Revocation {
    account: String,
    name: String,
}

pub async fn revoke(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(input): Form<Revocation>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, Some(&input.account)).await?;
    app_password::revoke(&server, &owner.account, input.name).await?;
    Ok(owner.back("app-password-revoked").into_response())
}
