//! The account's e-mail address: given, changed, and shown to be the owner's.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hypercerts_xrpc::nsid::server as method;
use serde::Deserialize;

use crate::account::email;
use crate::account::mailed_token::{self, Purpose};
use crate::error::{Error, Refusal};
use crate::pages::account::{AccountPage, Awaited, recent_owner};
use crate::pages::browser::{Browser, Owner};
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::pages::shell::Shell;
use crate::server::Server;

#[derive(Deserialize)]
pub struct Wish {
    account: String,
    email: String,
    /// The code that went to the present address.
    code: Option<String>,
}

/// Gives the account another address. If the present one is confirmed, a code goes there first.
pub async fn change(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(Wish { account, email, code }): Form<Wish>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&account)).await?;
    let wanted = email.trim().to_owned();
    match email::update(&server, &owner.account, &wanted, code.filter(|code| !code.is_empty()))
        .await
    {
        Ok(()) => Ok(owner.back("email-changed").into_response()),
        Err(Error::Refused(Refusal::CodeRequired)) => {
            server.limits.charge_account(method::REQUEST_EMAIL_UPDATE, &owner.account.did)?;
            mailed_token::mail(&server, &owner.account, Purpose::UpdateEmail).await?;
            let page = AccountPage::of(&server, &shell, &browser, owner).await?;
            Ok(shell.show(&page.awaiting(Awaited::EmailChange { wanted })))
        }
        Err(Error::Refused(refusal)) => {
            let repeats = owner.account.email_confirmed.then_some(Awaited::EmailChange { wanted });
            complain(&server, &shell, &browser, owner, repeats, &refusal).await
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
pub struct Proof {
    account: String,
    code: Option<String>,
}

/// Mails a code to the address, and with the code notes that the address is the owner's.
pub async fn confirm(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(Proof { account, code }): Form<Proof>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&account)).await?;
    let Some(code) = code else {
        server.limits.charge_account(method::REQUEST_EMAIL_CONFIRMATION, &owner.account.did)?;
        mailed_token::mail(&server, &owner.account, Purpose::ConfirmEmail).await?;
        let page = AccountPage::of(&server, &shell, &browser, owner).await?;
        return Ok(shell.show(&page.awaiting(Awaited::EmailProof)));
    };
    let address = owner.account.email.clone().unwrap_or_default();
    match email::confirm(&server, &owner.account, &address, code).await {
        Ok(()) => Ok(owner.back("email-confirmed").into_response()),
        Err(Error::Refused(refusal)) => {
            let awaited = Some(Awaited::EmailProof);
            complain(&server, &shell, &browser, owner, awaited, &refusal).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The page again with what went wrong, and the field for the code where one is still good.
pub async fn complain(
    server: &Server,
    shell: &Shell,
    browser: &Browser,
    owner: Owner,
    awaited: Option<Awaited>,
    refusal: &Refusal,
) -> Result<Response, PageError> {
    let mut page = AccountPage::of(server, shell, browser, owner).await?;
    page.complaint = Some(refusal.to_string());
    page.awaited = awaited;
    Ok(shell.show(&page))
}
