//! Another handle for the account: under one of the server's domains, or a domain of the owner's own.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hypercerts_xrpc::nsid::identity;
use serde::Deserialize;

use crate::account::rename::rename;
use crate::error::Error;
use crate::pages::account::{AccountPage, recent_owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::pages::shell::Shell;
use crate::server::Server;

#[derive(Deserialize)]
pub struct Wish {
    account: String,
    handle: String,
}

pub async fn change(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(Wish { account, handle }): Form<Wish>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&account)).await?;
    let wanted = handle.trim().trim_start_matches('@').to_lowercase();
    server.limits.charge_account(identity::UPDATE_HANDLE, &owner.account.did)?;
    match rename(&server, &owner.account, &wanted).await {
        Ok(()) => Ok(owner.back("handle-changed").into_response()),
        Err(Error::Refused(refusal)) => {
            let mut page = AccountPage::of(&server, &shell, &browser, owner).await?;
            (page.complaint, page.wanted_handle) = (Some(refusal.to_string()), wanted);
            Ok(shell.show(&page))
        }
        Err(other) => Err(other.into()),
    }
}
