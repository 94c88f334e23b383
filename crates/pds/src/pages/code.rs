//! Signing in with a code that is mailed: eight characters, good for ten minutes, for a few tries, and
//! in the browser that asked for it. Every browser that asks has a code of its own, so nobody uses up
//! another's. The stored hash covers the browser's secret, so whoever reads the database cannot find
//! the code by trying all of them.

use std::sync::Arc;

use askama::Template;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::State;
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::account::login::{self, Named};
use crate::account::status;
use crate::api::auth::Peer;
use crate::error::{Error, Refusal};
use crate::limits::Mail;
use crate::mail::Message;
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::flow::{self, Flow};
use crate::pages::form::Form;
use crate::pages::shell::{Page, Shell};
use crate::pages::sign_in::enter;
use crate::server::Server;
use crate::store::accounts::Account;
use crate::store::oauth::{Hash, hash};
use crate::store::{AccountId, WriteTx, sign_in_codes};

const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How long after a code another one may be sent to the same browser.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
const MAX_TRIES: u32 = 5;
/// Bytes written, roughly.
const WEIGHT: usize = 256;

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    csrf: String,
    request: String,
    identifier: String,
    complaint: Option<String>,
}

impl Page for CodePage {
    fn title(&self) -> String {
        "Enter the code".to_owned()
    }
}

impl CodePage {
    fn new(shell: &Shell, flow: Option<&Flow>, identifier: String) -> Self {
        let request = flow.map(|flow| flow.secret.clone()).unwrap_or_default();
        Self { csrf: shell.csrf.clone(), request, identifier, complaint: None }
    }
}

#[derive(Deserialize)]
pub struct Wish {
    request: Option<String>,
    identifier: String,
}

/// Says the same, and as fast, whether there is such an account or not.
pub async fn send(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    Form(wish): Form<Wish>,
) -> Result<Response, PageError> {
    if !server.config.ways_in.email_code {
        return Err(PageError::NotOffered);
    }
    let flow = Flow::of(&server, wish.request.as_deref()).await?;
    let identifier = wish.identifier.trim().to_owned();
    let Named { account, target } = login::find(&server, &identifier).await?;
    server.limits.charge_mail(Mail::SignInCode, &target)?;
    if let Some(account) = account {
        let (server, binding) = (Arc::clone(&server), browser.binding());
        tokio::spawn(async move {
            if let Err(error) = mail_code(&server, &account, &binding).await {
                tracing::warn!(did = %account.did, %error, "a sign-in code could not be mailed");
            }
        });
    }
    let page = CodePage::new(&shell, flow.as_ref(), identifier);
    Ok(flow::show(&shell, &page, flow.as_ref(), false))
}

async fn mail_code(server: &Server, account: &Account, binding: &Hash) -> Result<(), Error> {
    let Some(to) = account.email.clone() else { return Ok(()) };
    let code = crate::random::mail_code();
    let (id, browser, stored) = (account.id, key_of(binding), code_hash(&code, binding));
    let set = move |tx: &mut WriteTx<'_>| {
        let before = sign_in_codes::get(tx.connection, id, &browser)?;
        let just_sent = before.is_some_and(|sent| sent.expires_at > tx.now + LIFETIME - PAUSE);
        if !just_sent {
            sign_in_codes::set(tx.connection, id, &browser, &stored, tx.now + LIFETIME)?;
        }
        Ok(!just_sent)
    };
    if !server.store.writer.write(WEIGHT, set).await? {
        return Ok(());
    }
    let host = server.config.public_url.host_str().unwrap_or_default();
    let text = format!(
        "The code to sign in as {} on {host} is\n\n    {code}\n\nIt is good for ten minutes, in the \
         browser that asked for it. If you did not ask for it, do nothing.\n",
        account.handle
    );
    let subject = format!("{code} is your sign-in code");
    server.send_mail(Message { to, subject, text }).await
}

/// What a browser's code is stored under; says nothing of the secret that the code's hash covers.
fn key_of(binding: &Hash) -> Hash {
    hash(&["sign-in-browser", &data_encoding::HEXLOWER.encode(binding)])
}

/// Letters are the same in either case, and what people put between them does not matter.
fn code_hash(code: &str, binding: &Hash) -> Hash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let binding = data_encoding::HEXLOWER.encode(binding);
    hash(&["sign-in-code", &plain.to_ascii_uppercase(), &binding])
}

#[derive(Deserialize)]
pub struct Entry {
    request: Option<String>,
    identifier: String,
    code: String,
}

pub async fn check(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Form(entry): Form<Entry>,
) -> Result<Response, PageError> {
    if !server.config.ways_in.email_code {
        return Err(PageError::NotOffered);
    }
    let flow = Flow::of(&server, entry.request.as_deref()).await?;
    let Named { account, target } = login::find(&server, &entry.identifier).await?;
    let attempt = server.throttle.begin(target, peer.0)?;
    let owner = match account {
        Some(account) => redeem(&server, account.id, &entry.code, &browser.binding()).await?,
        None => None,
    };
    if let Some(owner) = owner {
        attempt.forgive();
        return enter(&server, &browser, &peer, &owner, flow.as_ref()).await;
    }
    let mut page = CodePage::new(&shell, flow.as_ref(), entry.identifier);
    page.complaint = Some(Refusal::WrongCode.to_string());
    Ok(flow::show_again(&shell, &page, flow.as_ref(), false))
}

/// The account, if the code is right, which uses it up; counts the try if it is not.
async fn redeem(
    server: &Server,
    account: AccountId,
    code: &str,
    binding: &Hash,
) -> Result<Option<Account>, Error> {
    let (browser, given) = (key_of(binding), code_hash(code, binding));
    let check = move |tx: &mut WriteTx<'_>| {
        let sent = sign_in_codes::get(tx.connection, account, &browser)?;
        let Some(sent) = sent.filter(|sent| sent.expires_at > tx.now && sent.tries < MAX_TRIES)
        else {
            return Ok(None);
        };
        if verify_slices_are_equal(&sent.code, &given).is_err() {
            sign_in_codes::count_try(tx.connection, account, &browser)?;
            return Ok(None);
        }
        sign_in_codes::delete(tx.connection, account)?;
        status::present(tx, account).map(Some)
    };
    server.store.writer.write(WEIGHT, check).await
}
