//! A new password for whoever does not know theirs: a code goes to the account's address, and with
//! it another password is set.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::account::password::Password;
use crate::account::recovery;
use crate::api::auth::Peer;
use crate::error::Error;
use crate::pages::error::PageError;
use crate::pages::flow;
use crate::pages::form::Form;
use crate::pages::shell::{Page, Shell};
use crate::server::Server;

/// What is tried to guess codes with; one name for all of them, as a code says itself whose it is.
const GUESSING: &str = "recovery-code";

#[derive(Template)]
#[template(path = "recover.html")]
struct RecoverPage {
    csrf: String,
    stage: Stage,
    complaint: Option<String>,
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

fn show(shell: &Shell, stage: Stage, complaint: Option<String>) -> Response {
    let again = complaint.is_some();
    let page = RecoverPage { csrf: shell.csrf.clone(), stage, complaint };
    match again {
        true => flow::show_again(shell, &page, None, false),
        false => flow::show(shell, &page, None, false),
    }
}

pub async fn page(shell: Shell) -> Response {
    show(&shell, Stage::Address, None)
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
    let email = wish.email.trim().to_owned();
    recovery::request(&server, &email).await?;
    Ok(show(&shell, Stage::Code { email }, None))
}

#[derive(Deserialize)]
pub struct Entry {
    email: String,
    code: String,
    password: Password,
}

pub async fn set(
    State(server): State<Arc<Server>>,
    shell: Shell,
    peer: Peer,
    Form(entry): Form<Entry>,
) -> Result<Response, PageError> {
    server.throttle.check(GUESSING, peer.0).map_err(Error::from)?;
    match recovery::reset(&server, entry.code, &entry.password).await {
        Ok(()) => Ok(show(&shell, Stage::Done, None)),
        Err(Error::Refused(refusal)) => {
            server.throttle.note_failure(GUESSING, peer.0);
            let stage = Stage::Code { email: entry.email };
            Ok(show(&shell, stage, Some(refusal.to_string())))
        }
        Err(other) => Err(other.into()),
    }
}
