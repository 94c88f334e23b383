//! Passkeys: adding one, taking one away, signing in with one. Browsers offer them to scripts only;
//! the script fills in a form, and the form is sent like any other.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use hypercerts_xrpc::Query;
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;

use crate::account::{session, status};
use crate::api::auth::Peer;
use crate::error::{Error, Refusal};
use crate::pages::PASSKEY;
use crate::pages::account::{Visit, owner, recent_owner};
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::flow::Flow;
use crate::pages::form::Form;
use crate::pages::shell::{Allowance, Page, Shell};
use crate::pages::sign_in::{SignInPage, enter};
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::oauth::hash;
use crate::store::passkeys::{self, Passkey};
use crate::store::{AccountId, WriteTx};
use crate::webauthn::{ALGORITHMS, Assertion, Party, PublicKey, Refused, Registration};

/// Passkeys of one account.
const MAX_COUNT: usize = 20;
/// Characters of a name.
const MAX_NAME: usize = 60;
/// Bytes written, roughly.
const WEIGHT: usize = 1024;

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    SignIn,
    Add(AccountId),
}

impl Purpose {
    fn name(self) -> String {
        match self {
            Self::SignIn => "sign-in".to_owned(),
            Self::Add(account) => format!("add-{}", account.0),
        }
    }
}

/// What the script needs to ask the browser.
pub struct Asked {
    pub challenge: String,
    pub site: String,
    /// Where the page has to be opened for it.
    pub origin: String,
    /// Whether people come to the server by that address anyway.
    is_usual: bool,
}

impl Asked {
    pub fn new(server: &Server, browser: &Browser, purpose: Purpose) -> Self {
        let party = Party::of(&server.config.public_url);
        let here = server.config.public_url.origin().ascii_serialization();
        let now = Timestamp::now();
        Self {
            challenge: server.challenges.draw(&purpose.name(), &browser.binding(), now),
            is_usual: party.origin == here,
            origin: party.origin,
            site: party.id,
        }
    }
}

impl Asked {
    /// Where to go for a passkey, if that is not where people usually are.
    pub fn elsewhere(&self) -> Option<&str> {
        (!self.is_usual).then_some(&self.origin)
    }
}

/// Takes a challenge back.
fn answer(server: &Server, browser: &Browser, purpose: Purpose, challenge: &str) -> bool {
    let (purpose, binding) = (purpose.name(), browser.binding());
    server.challenges.answer(challenge, &purpose, &binding, Timestamp::now())
}

#[derive(Deserialize)]
pub struct WithPasskey {
    request: Option<String>,
    #[serde(flatten)]
    assertion: Assertion,
}

pub async fn sign_in(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Form(input): Form<WithPasskey>,
) -> Result<Response, PageError> {
    if !server.config.ways_in.passkey {
        return Err(PageError::NotOffered);
    }
    let flow = Flow::of(&server, input.request.as_deref()).await?;
    match check(&server, &browser, &input.assertion).await? {
        Ok(owner) => enter(&server, &browser, &peer, &owner, flow.as_ref()).await,
        Err(refused) => {
            let complaint = format!("The passkey was not accepted: {refused}.");
            let flow = flow.as_ref();
            Ok(SignInPage::complaining(&server, &shell, &browser, flow, complaint))
        }
    }
}

/// The account whose passkey signed.
async fn check(
    server: &Server,
    browser: &Browser,
    assertion: &Assertion,
) -> Result<Result<Account, Refused>, Error> {
    let credential = match assertion.credential() {
        Ok(credential) => credential,
        Err(refused) => return Ok(Err(refused)),
    };
    let read = move |connection: &Connection| Ok(passkeys::by_credential(connection, &credential)?);
    let Some(passkey) = server.store.readers.read(read).await? else {
        return Ok(Err(Refused::Unknown));
    };
    let key = PublicKey { algorithm: passkey.algorithm, bytes: passkey.public_key.clone() };
    let party = Party::of(&server.config.public_url);
    let answer = |challenge: &str| answer(server, browser, Purpose::SignIn, challenge);
    let counter = match assertion.check(&party, &key, passkey.counter, answer) {
        Ok(counter) => counter,
        Err(refused) => return Ok(Err(refused)),
    };
    let used = move |tx: &mut WriteTx<'_>| {
        let is_known = passkeys::used(tx.connection, passkey.id, counter, tx.now)?;
        match is_known {
            true => status::present(tx, passkey.account).map(Ok),
            false => Ok(Err(Refused::Unknown)),
        }
    };
    server.store.writer.write(WEIGHT, used).await
}

/// The page on which a passkey is made.
#[derive(Template)]
#[template(path = "add-passkey.html")]
struct AddPage {
    csrf: String,
    nonce: String,
    asked: Asked,
    did: String,
    handle: String,
    host: String,
    /// What the passkey is stored for.
    user: String,
    algorithms: String,
    existing: String,
    complaint: Option<String>,
}

impl Page for AddPage {
    fn title(&self) -> String {
        "Add a passkey".to_owned()
    }
}

pub async fn add_page(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Query(visit): Query<Visit>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, visit.account.as_deref()).await?;
    show_add(&server, &shell, &browser, &owner.account, None).await
}

async fn show_add(
    server: &Server,
    shell: &Shell,
    browser: &Browser,
    account: &Account,
    complaint: Option<String>,
) -> Result<Response, PageError> {
    let existing = of(server, account.id).await?;
    let names = existing.iter().map(|passkey| BASE64URL_NOPAD.encode(&passkey.credential));
    let is_refused = complaint.is_some();
    let page = AddPage {
        csrf: shell.csrf.clone(),
        nonce: shell.nonce.to_string(),
        asked: Asked::new(server, browser, Purpose::Add(account.id)),
        did: account.did.to_string(),
        handle: account.handle.to_string(),
        host: shell.host.clone(),
        user: BASE64URL_NOPAD.encode(&hash(&["passkey", account.did.as_str()])),
        algorithms: ALGORITHMS.map(|number| number.to_string()).join(","),
        existing: names.collect::<Vec<_>>().join(","),
        complaint,
    };
    let mut response = shell.show_with(&page, Allowance { script: true, leads_to: None });
    if is_refused {
        *response.status_mut() = axum::http::StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// The passkeys of an account.
pub async fn of(server: &Server, account: AccountId) -> Result<Vec<Passkey>, Error> {
    let read = move |connection: &Connection| Ok(passkeys::of_account(connection, account)?);
    server.store.readers.read(read).await
}

#[derive(Deserialize)]
pub struct NewPasskey {
    account: String,
    name: String,
    #[serde(flatten)]
    registration: Registration,
}

pub async fn add(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(input): Form<NewPasskey>,
) -> Result<Response, PageError> {
    let owner = recent_owner(&server, &browser, Some(&input.account)).await?;
    let id = owner.account.id;
    let party = Party::of(&server.config.public_url);
    let take = |challenge: &str| answer(&server, &browser, Purpose::Add(id), challenge);
    let made = match input.registration.check(&party, take) {
        Ok(made) => made,
        Err(refused) => {
            let complaint = Some(format!("The passkey was not accepted: {refused}."));
            return show_add(&server, &shell, &browser, &owner.account, complaint).await;
        }
    };
    let name: String = input.name.trim().chars().take(MAX_NAME).collect();
    let passkey = Passkey {
        id: 0,
        account: id,
        credential: made.credential,
        public_key: made.key.bytes,
        algorithm: made.key.algorithm,
        counter: made.counter,
        name: if name.is_empty() { "Passkey".to_owned() } else { name },
        created_at: Timestamp::now(),
        used_at: None,
    };
    store(&server, &owner.account, passkey).await?;
    Ok(owner.back("passkey-added").into_response())
}

async fn store(server: &Server, owner: &Account, passkey: Passkey) -> Result<(), Error> {
    let owner = owner.clone();
    let insert = move |tx: &mut WriteTx<'_>| {
        session::require_still_in(tx, &owner)?;
        if passkeys::of_account(tx.connection, passkey.account)?.len() >= MAX_COUNT {
            let rule = format!("An account has at most {MAX_COUNT} passkeys; remove one first.");
            return Err(Refusal::invalid(rule).into());
        }
        match passkeys::insert(tx.connection, &passkey)? {
            true => Ok(()),
            false => Err(Refusal::invalid("This passkey is known already.").into()),
        }
    };
    server.store.writer.write(WEIGHT, insert).await
}

#[derive(Deserialize)]
pub struct Removal {
    account: String,
    id: i64,
}

pub async fn remove(
    State(server): State<Arc<Server>>,
    browser: Browser,
    Form(input): Form<Removal>,
) -> Result<Response, PageError> {
    let owner = owner(&server, &browser, Some(&input.account)).await?;
    let (account, id) = (owner.account.id, input.id);
    let delete = move |tx: &mut WriteTx<'_>| Ok(passkeys::delete(tx.connection, account, id)?);
    server.store.writer.write(WEIGHT, delete).await?;
    Ok(owner.back("passkey-removed").into_response())
}
