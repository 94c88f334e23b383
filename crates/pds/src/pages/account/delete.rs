//! The end of the account, for good: with the password and a code that is mailed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hypercerts_xrpc::nsid::server as method;
use serde::Deserialize;

use crate::account::delete::delete_own;
use crate::account::login::Credentials;
use crate::account::mailed_token::{self, Purpose};
use crate::account::password::Password;
use crate::api::auth::Peer;
use crate::error::Error;
use crate::pages::account::email::complain;
use crate::pages::account::{AccountPage, Awaited, recent_owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::form::Form;
use crate::pages::shell::{Page, Shell};
use crate::server::Server;

#[derive(Template)]
#[template(path = "deleted.html")]
struct DeletedPage {
    handle: String,
}

impl Page for DeletedPage {
    fn title(&self) -> String {
        "The account is deleted".to_owned()
    }
}

#[derive(Deserialize)]
pub struct Wish {
    account: String,
}

/// Mails the code, and asks for it.
pub async fn ask(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(Wish { account }): Form<Wish>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&account)).await?;
    server.limits.charge_account(method::REQUEST_ACCOUNT_DELETE, &owner.account.did)?;
    mailed_token::mail(&server, &owner.account, Purpose::DeleteAccount).await?;
    let page = AccountPage::of(&server, &shell, &browser, owner).await?;
    Ok(shell.show(&page.awaiting(Awaited::Deletion)))
}

#[derive(Deserialize)]
pub struct Confirmed {
    account: String,
    code: String,
    password: Password,
}

pub async fn delete(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Form(Confirmed { account, code, password }): Form<Confirmed>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&account)).await?;
    let identifier = owner.account.did.to_string();
    let credentials = Credentials { identifier, password, address: peer.0 };
    match delete_own(&server, credentials, code).await {
        Ok(()) => Ok(shell.show(&DeletedPage { handle: owner.account.handle.to_string() })),
        Err(Error::Refused(refusal)) => {
            let awaited = Some(Awaited::Deletion);
            complain(&server, &shell, &browser, owner, awaited, &refusal).await
        }
        Err(other) => Err(other.into()),
    }
}
