//! The page of an account: who it is, which apps, browsers and programs act for it, and how to take
//! everything along. Each can be ended.

pub mod app_passwords;
pub mod apps;
pub mod browsers;
pub mod delete;
pub mod email;
pub mod handle;
pub mod sessions;
pub mod status;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use hypercerts_xrpc::Query;
use jiff::Timestamp;
use serde::Deserialize;

use crate::account::app_password;
use crate::api::auth::Peer;
use crate::config::WaysIn;
use crate::error::Refusal;
use crate::pages::authorize::is_recent;
use crate::pages::browser::{Browser, Owner};
use crate::pages::error::PageError;
use crate::pages::passkey;
use crate::pages::shell::{Page, Shell};
use crate::server::Server;
use crate::store::accounts::{Account, AppPassword, Status};
use crate::store::devices::SignedIn;
use crate::store::passkeys::Passkey;

/// What the address of the page says.
#[derive(Deserialize)]
pub struct Visit {
    /// The account's DID, if several are signed in.
    pub account: Option<String>,
    /// What was just done.
    done: Option<String>,
}

/// The owner, who has to be signed in.
pub async fn owner(
    server: &Server,
    browser: &Browser,
    did: Option<&str>,
) -> Result<Owner, PageError> {
    Owner::find(server, browser, did).await?.ok_or(PageError::NotSignedIn)
}

/// The owner, who has to have signed in a short while ago: for what would let somebody else in for
/// good. Of an account that is taken down, what is left to do is to take it away.
pub async fn recent_owner(
    server: &Server,
    browser: &Browser,
    did: Option<&str>,
) -> Result<Owner, PageError> {
    let owner = owner(server, browser, did).await?;
    if owner.account.status == Status::TakenDown {
        return Err(Refusal::OnlyLeaving.into());
    }
    match is_recent(&owner.signed_in) {
        true => Ok(owner),
        false => Err(PageError::SignedInLongAgo),
    }
}

impl Owner {
    /// To the account's page, saying what was done.
    pub fn back(&self, done: &str) -> Redirect {
        Redirect::to(&format!("/account?account={}&done={done}", self.account.did))
    }
}

pub async fn page(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Query(visit): Query<Visit>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, visit.account.as_deref()).await?;
    browser.note_visit(&server, &peer).await?;
    let mut page = AccountPage::of(&server, &shell, &browser, owner).await?;
    page.done = visit.done.as_deref().and_then(done_words);
    if visit.done.as_deref() == Some("deactivated") {
        // What was just done says it already.
        page.inactive = None;
    }
    Ok(shell.show(&page))
}

fn inactive_words(account: &Account) -> Option<String> {
    let state = match account.status {
        Status::Active => return None,
        Status::Deactivated => "deactivated",
        Status::TakenDown => "taken down by whoever runs this server",
        Status::Suspended => "suspended by whoever runs this server",
    };
    Some(format!(
        "This account is {state}: nobody sees it but you, and no app acts for it. You can still \
         take everything along."
    ))
}

fn done_words(done: &str) -> Option<&'static str> {
    Some(match done {
        "app-ended" => "The app cannot act for you any more.",
        "browser-ended" => "The browser is signed out.",
        "session-ended" => "The session has ended. The program has to log in again.",
        "app-password-revoked" => "The app password is revoked.",
        "activated" => "The account is active: everybody can see it again.",
        "deactivated" => "The account is deactivated. Come back whenever you like.",
        "email-changed" => "The e-mail address is changed. Confirm it, so that it can help you in.",
        "email-confirmed" => "The e-mail address is confirmed.",
        "handle-changed" => "The handle is changed. Others see it as soon as they look it up anew.",
        "passkey-added" => "The passkey was added.",
        "passkey-removed" => "The passkey was removed here. Delete it on your device too.",
        _ => return None,
    })
}

/// What a code was mailed for that is to be entered here.
#[derive(PartialEq, Eq)]
pub enum Awaited {
    EmailProof,
    EmailChange { wanted: String },
    Deletion,
}

/// An app password that was just made, shown once.
struct Fresh {
    name: String,
    password: String,
}

#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    csrf: String,
    did: String,
    handle: String,
    /// What the owner tried to be called, if that failed.
    wanted_handle: String,
    email: Option<String>,
    email_confirmed: bool,
    /// Whether this server can mail a code.
    sends_mail: bool,
    awaited: Option<Awaited>,
    /// Where this server is.
    server: String,
    /// Why nobody sees it, if nobody does.
    inactive: Option<String>,
    /// Whether the owner may take it out of the world, or bring it back.
    can_rest: bool,
    can_return: bool,
    others: Vec<SignedIn>,
    done: Option<&'static str>,
    fresh: Option<Fresh>,
    complaint: Option<String>,
    apps: Vec<apps::ConnectedApp>,
    browsers: Vec<browsers::KnownBrowser>,
    sessions: Vec<sessions::PasswordSession>,
    app_passwords: Vec<AppPassword>,
    passkeys: Vec<Passkey>,
    ways: WaysIn,
}

impl AccountPage {
    /// The page with a field for the code that was mailed.
    fn awaiting(self, awaited: Awaited) -> Self {
        Self { awaited: Some(awaited), ..self }
    }

    fn awaits(&self, awaited: Awaited) -> bool {
        self.awaited == Some(awaited)
    }

    /// The address that the owner wants, while the code that went to the present one is awaited.
    fn wanted_email(&self) -> Option<&str> {
        match &self.awaited {
            Some(Awaited::EmailChange { wanted }) => Some(wanted),
            _ => None,
        }
    }

    fn day(&self, moment: &Timestamp) -> Day {
        day(moment)
    }

    async fn of(
        server: &Server,
        shell: &Shell,
        browser: &Browser,
        owner: Owner,
    ) -> Result<Self, PageError> {
        let Owner { account, others, .. } = owner;
        Ok(Self {
            csrf: shell.csrf.clone(),
            did: account.did.to_string(),
            handle: account.handle.to_string(),
            wanted_handle: String::new(),
            email: account.email.clone(),
            email_confirmed: account.email_confirmed,
            sends_mail: server.config.sends_mail(),
            awaited: None,
            server: server.config.public_url.origin().ascii_serialization(),
            inactive: inactive_words(&account),
            can_rest: account.status.is_active(),
            can_return: account.status == Status::Deactivated,
            others,
            done: None,
            fresh: None,
            complaint: None,
            apps: apps::list(server, account.id).await?,
            browsers: browsers::list(server, browser, account.id).await?,
            sessions: sessions::list(server, account.id).await?,
            app_passwords: app_password::list(server, &account).await?,
            passkeys: passkey::of(server, account.id).await?,
            ways: server.config.ways_in,
        })
    }
}

impl Page for AccountPage {
    fn title(&self) -> String {
        format!("Account of {}", self.handle)
    }

    fn is_wide(&self) -> bool {
        true
    }
}

/// A day, for programs and for people.
pub struct Day {
    pub iso: String,
    pub words: String,
}

pub fn day(moment: &Timestamp) -> Day {
    Day {
        iso: moment.strftime("%Y-%m-%d").to_string(),
        words: moment.strftime("%-d %b %Y").to_string(),
    }
}
