//! A new password for whoever does not know theirs: a code goes to the account's address, and with
//! it another password is set.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::account::password::Password;
use crate::account::recovery::{self, Passkeys};
use crate::account::throttle::Target;
use crate::api::auth::Peer;
use crate::error::Error;
use crate::pages::error::PageError;
use crate::pages::flow;
use crate::pages::form::Form;
use crate::pages::shell::{Page, Shell};
use crate::server::Server;

#[derive(Template)]
#[template(path = "recover.html")]
struct RecoverPage {
    csrf: String,
    stage: Stage,
    complaint: Option<String>,
    /// Whether there may be passkeys.
    passkeys: bool,
}

/// How far the recovery is.
enum Stage {
    /// The address is asked for.
    Address,
    /// A code is on its way, if there is such an account.
    Code { email: String },
    /// The new password is set.
    Done,
}

impl Page for RecoverPage {
    fn title(&self) -> String {
        "Choose a new password".to_owned()
    }
}

fn show(server: &Server, shell: &Shell, stage: Stage, complaint: Option<String>) -> Response {
    let again = complaint.is_some();
    let (csrf, passkeys) = (shell.csrf.clone(), server.config.ways_in.passkey);
    let page = RecoverPage { csrf, stage, complaint, passkeys };
    match again {
        true => flow::show_again(shell, &page, None, false),
        false => flow::show(shell, &page, None, false),
    }
}

pub async fn page(State(server): State<Arc<Server>>, shell: Shell) -> Result<Response, PageError> {
    require_offered(&server)?;
    Ok(show(&server, &shell, Stage::Address, None))
}

/// Where passwords open no page, a mailbox opens none by way of one.
fn require_offered(server: &Server) -> Result<(), PageError> {
    match server.config.ways_in.password {
        true => Ok(()),
        false => Err(PageError::NotOffered),
    }
}

#[derive(Deserialize)]
pub struct Wish {
    email: String,
}

/// Says the same whether there is such an account or not.
pub async fn send(
    State(server): State<Arc<Server>>,
    shell: Shell,
    Form(wish): Form<Wish>,
) -> Result<Response, PageError> {
    require_offered(&server)?;
    let email = wish.email.trim().to_owned();
    recovery::request(&server, &email).await?;
    Ok(show(&server, &shell, Stage::Code { email }, None))
}

#[derive(Deserialize)]
pub struct Entry {
    email: String,
    code: String,
    password: Password,
    #[serde(default)]
    keep_passkeys: bool,
}

pub async fn set(
    State(server): State<Arc<Server>>,
    shell: Shell,
    peer: Peer,
    Form(entry): Form<Entry>,
) -> Result<Response, PageError> {
    require_offered(&server)?;
    let passkeys = match entry.keep_passkeys {
        true => Passkeys::Keep,
        false => Passkeys::Remove,
    };
    let attempt = server.throttle.begin(Target::RecoveryCodes, peer.0)?;
    let reset = recovery::reset(&server, entry.code, &entry.password, passkeys).await;
    match attempt.judge(reset) {
        Ok(()) => Ok(show(&server, &shell, Stage::Done, None)),
        Err(Error::Refused(refusal)) => {
            let stage = Stage::Code { email: entry.email };
            Ok(show(&server, &shell, stage, Some(refusal.to_string())))
        }
        Err(other) => Err(other.into()),
    }
}
