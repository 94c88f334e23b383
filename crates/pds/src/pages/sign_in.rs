//! Signing in with a password, signing out, and the page that offers every way in.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use hypercerts_xrpc::Query;
use serde::Deserialize;

use crate::account::login::{self, Credentials};
use crate::account::password::Password;
use crate::api::auth::Peer;
use crate::config::WaysIn;
use crate::error::{Error, Refusal};
use crate::pages::PASSKEY;
use crate::pages::browser::{Browser, Owner};
use crate::pages::error::PageError;
use crate::pages::flow::{self, App, Flow};
use crate::pages::form::Form;
use crate::pages::passkey::{Asked, Purpose};
use crate::pages::shell::{Page, Shell};
use crate::server::Server;
use crate::store::accounts::Account;

/// What the address of such a page says.
#[derive(Deserialize)]
pub struct Visit {
    /// The app's request that the page belongs to.
    pub request: Option<String>,
    /// Why somebody is asked to sign in again.
    #[serde(default)]
    pub again: bool,
}

/// The page with every way in that is offered.
#[derive(Template)]
#[template(path = "sign-in.html")]
pub struct SignInPage {
    csrf: String,
    host: String,
    nonce: String,
    app: Option<App>,
    request: String,
    ways: WaysIn,
    passkey: Option<Asked>,
    pub identifier: String,
    pub complaint: Option<String>,
    again: bool,
    /// Whether a lost password can be replaced.
    recovers: bool,
}

impl Page for SignInPage {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }
}

impl SignInPage {
    pub fn new(server: &Server, shell: &Shell, browser: &Browser, flow: Option<&Flow>) -> Self {
        let sends_mail = server.config.sends_mail();
        let offered = server.config.ways_in;
        let ways = WaysIn { email_code: offered.email_code && sends_mail, ..offered };
        Self {
            csrf: shell.csrf.clone(),
            host: shell.host.clone(),
            nonce: shell.nonce.to_string(),
            app: flow.map(Flow::app),
            request: flow.map(|flow| flow.secret.clone()).unwrap_or_default(),
            ways,
            passkey: ways.passkey.then(|| Asked::new(server, browser, Purpose::SignIn)),
            identifier: flow.and_then(|flow| flow.request.login_hint.clone()).unwrap_or_default(),
            complaint: None,
            again: false,
            recovers: ways.password && sends_mail,
        }
    }

    /// The page again, saying what was wrong.
    pub fn complaining(
        server: &Server,
        shell: &Shell,
        browser: &Browser,
        flow: Option<&Flow>,
        complaint: String,
    ) -> Response {
        let mut page = Self::new(server, shell, browser, flow);
        page.complaint = Some(complaint);
        page.answer(shell, flow)
    }

    fn answer(self, shell: &Shell, flow: Option<&Flow>) -> Response {
        let script = self.passkey.is_some();
        match self.complaint.is_some() {
            true => flow::show_again(shell, &self, flow, script),
            false => flow::show(shell, &self, flow, script),
        }
    }
}

pub async fn page(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Query(visit): Query<Visit>,
) -> Result<Response, PageError> {
    let flow = Flow::of(&server, visit.request.as_deref()).await?;
    let mut page = SignInPage::new(&server, &shell, &browser, flow.as_ref());
    page.again = visit.again;
    Ok(page.answer(&shell, flow.as_ref()))
}

#[derive(Deserialize)]
pub struct WithPassword {
    request: Option<String>,
    identifier: String,
    password: Password,
}

pub async fn with_password(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Form(input): Form<WithPassword>,
) -> Result<Response, PageError> {
    if !server.config.ways_in.password {
        return Err(PageError::NotOffered);
    }
    let flow = Flow::of(&server, input.request.as_deref()).await?;
    let WithPassword { identifier, password, .. } = input;
    let credentials =
        Credentials { identifier: identifier.trim().to_owned(), password, address: peer.0 };
    match login::check_owner(&server, credentials).await {
        Ok(account) => enter(&server, &browser, &peer, &account, flow.as_ref()).await,
        Err(Error::Refused(refusal @ (Refusal::WrongCredentials | Refusal::TooManyLogins(_)))) => {
            let mut page = SignInPage::new(&server, &shell, &browser, flow.as_ref());
            page.identifier = identifier;
            page.complaint = Some(refusal.to_string());
            Ok(page.answer(&shell, flow.as_ref()))
        }
        Err(other) => Err(other.into()),
    }
}

/// Signs in whoever proved to own the account as it was `seen` then, and goes on to where they
/// wanted to.
pub async fn enter(
    server: &Server,
    browser: &Browser,
    peer: &Peer,
    seen: &Account,
    flow: Option<&Flow>,
) -> Result<Response, PageError> {
    let next = match flow {
        Some(flow) => flow.next(Some(seen.did.as_str())),
        None => "/account".to_owned(),
    };
    let response = Redirect::to(&next).into_response();
    Ok(browser.sign_in(server, peer, seen, response).await?)
}

#[derive(Deserialize)]
pub struct Leaving {
    account: String,
}

pub async fn out(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(Leaving { account }): Form<Leaving>,
) -> Result<Redirect, PageError> {
    if let Some(owner) = Owner::find(&server, &browser, Some(&account)).await? {
        browser.sign_out(&server, owner.account.id).await?;
    }
    Ok(Redirect::to("/account"))
}
