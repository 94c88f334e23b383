//! The page on which somebody lets an app act for them: sign in, choose an account, agree.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use hypercerts_xrpc::Query;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::Deserialize;

use crate::api::auth::Peer;
use crate::error::{Error, Refusal};
use crate::oauth::error::{Code, OAuthError};
use crate::oauth::par;
use crate::oauth::request::Prompt;
use crate::oauth::scope::Scopes;
use crate::oauth::tokens::code_hash;
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::flow::{self, App, Flow};
use crate::pages::form::Form;
use crate::pages::shell::{Page, Shell};
use crate::pages::words::{self, Permission};
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::devices::SignedIn;
use crate::store::{WriteTx, oauth};

/// How long the app may take to fetch its tokens.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(2);
/// Bytes written, roughly.
const WEIGHT: usize = 512;

#[derive(Deserialize)]
pub struct Question {
    client_id: Option<String>,
    request_uri: Option<String>,
    /// Whom the user has chosen.
    account: Option<String>,
}

pub async fn ask(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Query(question): Query<Question>,
) -> Result<Response, PageError> {
    let secret = question.request_uri.as_deref().and_then(par::secret_of).ok_or_else(|| {
        PageError::Request(
            "The app has to push its request first and send you here with its address \
             (request_uri)."
                .to_owned(),
        )
    })?;
    let flow = Flow::load(&server, secret).await?;
    if question.client_id.as_deref() != Some(&flow.request.client) {
        let why = "The address was made for another app than the one that sent you here.";
        return Err(PageError::Request(why.to_owned()));
    }
    browser.note_visit(&server, &peer).await?;
    let accounts = browser.accounts(&server).await?;
    match choose(&flow, &accounts, question.account.as_deref()) {
        Choice::Nobody => sign_in(&server, &shell, &flow).await,
        Choice::Several => several(&server, &shell, &flow, accounts).await,
        Choice::One(account) => {
            let has_others = accounts.len() > 1;
            consent(&server, &shell, &browser, &flow, account, has_others).await
        }
    }
}

/// Who is asked.
enum Choice<'a> {
    Nobody,
    Several,
    One(&'a SignedIn),
}

fn choose<'a>(flow: &Flow, accounts: &'a [SignedIn], chosen: Option<&str>) -> Choice<'a> {
    let prompt = flow.request.prompt;
    let named = |name: &str| {
        let name = name.trim_start_matches('@');
        let fits = |signed: &&SignedIn| {
            signed.did.as_str() == name || signed.handle.as_str().eq_ignore_ascii_case(name)
        };
        accounts.iter().find(fits)
    };
    // An app that wants a fresh sign-in gets one that came after its request.
    let fresh_enough =
        |signed: &&SignedIn| prompt != Some(Prompt::Login) || signed.signed_in_at > flow.asked_at;
    if let Some(chosen) = chosen {
        return named(chosen).filter(fresh_enough).map_or(Choice::Nobody, Choice::One);
    }
    if prompt == Some(Prompt::Create) {
        return Choice::Nobody;
    }
    if let Some(hint) = &flow.request.login_hint {
        return named(hint).filter(fresh_enough).map_or(Choice::Nobody, Choice::One);
    }
    match accounts {
        [] => Choice::Nobody,
        _ if prompt == Some(Prompt::Login) => Choice::Nobody,
        [only] if prompt != Some(Prompt::SelectAccount) => Choice::One(only),
        _ => Choice::Several,
    }
}

async fn sign_in(server: &Server, shell: &Shell, flow: &Flow) -> Result<Response, PageError> {
    let page = match flow.request.prompt {
        Some(Prompt::None) => {
            let why = "Nobody is signed in.";
            return flow.refuse(server, shell, OAuthError::new(Code::LoginRequired, why)).await;
        }
        Some(Prompt::Create) => "create",
        _ => "sign-in",
    };
    Ok(Redirect::to(&format!("/account/{page}?request={}", flow.secret)).into_response())
}

async fn several(
    server: &Server,
    shell: &Shell,
    flow: &Flow,
    accounts: Vec<SignedIn>,
) -> Result<Response, PageError> {
    if flow.request.prompt == Some(Prompt::None) {
        let why = "Several accounts are signed in; the user has to choose.";
        return flow.refuse(server, shell, OAuthError::new(Code::LoginRequired, why)).await;
    }
    let choices = accounts
        .into_iter()
        .map(|account| (flow.next(Some(account.did.as_str())), account))
        .collect();
    let other = format!("/account/sign-in?request={}", flow.secret);
    Ok(flow::show(shell, &ChoosePage { app: flow.app(), choices, other }, Some(flow), false))
}

async fn consent(
    server: &Server,
    shell: &Shell,
    browser: &Browser,
    flow: &Flow,
    account: &SignedIn,
    has_others: bool,
) -> Result<Response, PageError> {
    require_active(server.accounts.by_did(&account.did).await?.as_deref())?;
    let scopes = Scopes::parse(&flow.request.scope);
    let permissions = match words::of(server, &scopes).await {
        Ok(permissions) => permissions,
        Err(why) => return flow.refuse(server, shell, why).await,
    };
    if is_agreed(server, flow, account).await? {
        let code = agree(server, browser, flow, account).await?;
        return Ok(flow.answer(server, shell, &Ok(code)));
    }
    if flow.request.prompt == Some(Prompt::None) {
        let why = "The user has not agreed to this yet.";
        return flow.refuse(server, shell, OAuthError::new(Code::ConsentRequired, why)).await;
    }
    let page = ConsentPage {
        csrf: shell.csrf.clone(),
        host: shell.host.clone(),
        app: flow.app(),
        request: flow.secret.clone(),
        account: account.clone(),
        other: has_others.then(|| format!("/account/sign-in?request={}", flow.secret)),
        permissions,
    };
    Ok(flow::show(shell, &page, Some(flow), false))
}

/// Apps have no business with an account that is not active.
fn require_active(account: Option<&Account>) -> Result<(), Refusal> {
    let account = account.ok_or(Refusal::SessionEnded)?;
    match account.status.is_active() {
        true => Ok(()),
        false => Err(Refusal::InactiveForApps(account.handle.clone())),
    }
}

/// Whether the owner agreed to as much before, and the app can prove that it is the same one.
async fn is_agreed(server: &Server, flow: &Flow, account: &SignedIn) -> Result<bool, Error> {
    let may_skip = matches!(flow.request.prompt, None | Some(Prompt::None | Prompt::Login));
    if !flow.request.auth.is_confidential() || !may_skip {
        return Ok(false);
    }
    let (id, client) = (account.account, flow.request.client.clone());
    let read = move |connection: &Connection| Ok(oauth::consent(connection, id, &client)?);
    let agreed = server.store.readers.read(read).await?.map(|scope| Scopes::parse(&scope));
    let asked = Scopes::parse(&flow.request.scope);
    Ok(agreed.is_some_and(|agreed| asked.iter().all(|scope| agreed.contains(scope))))
}

/// The code that the app exchanges for tokens.
async fn agree(
    server: &Server,
    browser: &Browser,
    flow: &Flow,
    account: &SignedIn,
) -> Result<String, PageError> {
    let code = crate::random::token("code");
    let (id, hash, account) = (par::id_of(&flow.secret), code_hash(&code), account.account);
    let client = flow.request.auth.is_confidential().then(|| flow.request.client.clone());
    let scope = flow.request.scope.clone();
    let browser = browser.clone();
    let authorize = move |tx: &mut WriteTx<'_>| {
        // Again, as nothing can change within the transaction.
        browser.require_signed_in(tx, account)?;
        require_active(accounts::by_id(tx.connection, account)?.as_ref())?;
        let until = tx.now + CODE_LIFETIME;
        let open = oauth::authorize_request(tx.connection, &id, account, &hash, until)?;
        if let (true, Some(client)) = (open, &client) {
            oauth::set_consent(tx.connection, account, client, &scope, tx.now)?;
        }
        Ok(open)
    };
    match server.store.writer.write(WEIGHT, authorize).await? {
        true => Ok(code),
        false => Err(PageError::Request("This request was answered already.".to_owned())),
    }
}

#[derive(Deserialize)]
pub struct Decision {
    request: String,
    account: String,
    decision: String,
}

pub async fn decide(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(decision): Form<Decision>,
) -> Result<Response, PageError> {
    let flow = Flow::load(&server, &decision.request).await?;
    if decision.decision != "allow" {
        let why = "The user does not allow this.";
        return flow.refuse(&server, &shell, OAuthError::new(Code::AccessDenied, why)).await;
    }
    let accounts = browser.accounts(&server).await?;
    match choose(&flow, &accounts, Some(&decision.account)) {
        Choice::One(account) => {
            let code = agree(&server, &browser, &flow, account).await?;
            Ok(flow.answer(&server, &shell, &Ok(code)))
        }
        // Signed out meanwhile.
        _ => Ok(Redirect::to(&flow.next(None)).into_response()),
    }
}

/// Whether a sign-in is recent enough for what matters most.
pub fn is_recent(signed_in: &SignedIn) -> bool {
    const RECENT: SignedDuration = SignedDuration::from_mins(60);
    signed_in.signed_in_at + RECENT > Timestamp::now()
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    app: App,
    choices: Vec<(String, SignedIn)>,
    other: String,
}

impl Page for ChoosePage {
    fn title(&self) -> String {
        "Choose an account".to_owned()
    }
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    csrf: String,
    host: String,
    app: App,
    request: String,
    account: SignedIn,
    other: Option<String>,
    permissions: Vec<Permission>,
}

impl Page for ConsentPage {
    fn title(&self) -> String {
        format!("Let {} act for you?", self.app.in_words())
    }
}
