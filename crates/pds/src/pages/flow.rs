//! The app's request that a page belongs to, if one does. Pages carry it along by the secret part of
//! its address.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::error::Error;
use crate::oauth::client::{Client, ClientId, redirect};
use crate::oauth::error::OAuthError;
use crate::oauth::par;
use crate::oauth::request::{Answer, AuthorizationRequest};
use crate::pages::SUBMIT;
use crate::pages::error::PageError;
use crate::pages::shell::{Allowance, Page, Shell};
use crate::server::Server;
use crate::store::WriteTx;
use crate::store::oauth::{self, Hash};

/// How long somebody may take for one page.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// How long somebody may take for all of them.
const DEADLINE: SignedDuration = SignedDuration::from_hours(1);
/// Bytes written, roughly.
const WEIGHT: usize = 256;

/// An app's request that nobody has decided on yet.
pub struct Flow {
    pub secret: String,
    pub request: AuthorizationRequest,
    pub client: Arc<Client>,
    pub asked_at: Timestamp,
}

impl Flow {
    pub async fn load(server: &Server, secret: &str) -> Result<Self, PageError> {
        let (id, now) = (par::id_of(secret), Timestamp::now());
        let read = move |connection: &Connection| Ok(oauth::open_request(connection, &id, now)?);
        let stored = server.store.readers.read(read).await?.ok_or_else(|| {
            let why = "This request is over: it was answered, or it took too long.";
            PageError::Request(why.to_owned())
        })?;
        let request: AuthorizationRequest = serde_json::from_str(&stored.request)
            .map_err(|error| Error::Internal(error.to_string()))?;
        let client = server.oauth.registry.client(&request.client).await?;
        // The app may have changed what it declares since it asked.
        client.redirect_uri(Some(request.redirect_uri.clone()))?;
        let until = (now + PATIENCE).min(stored.created_at + DEADLINE);
        if until > stored.expires_at {
            extend(server, id, until).await?;
        }
        let asked_at = stored.created_at;
        Ok(Self { secret: secret.to_owned(), request, client, asked_at })
    }

    /// The request a page's address or form names, if it names one.
    pub async fn of(server: &Server, secret: Option<&str>) -> Result<Option<Self>, PageError> {
        match secret.filter(|secret| !secret.is_empty()) {
            Some(secret) => Self::load(server, secret).await.map(Some),
            None => Ok(None),
        }
    }

    pub fn app(&self) -> App {
        App::of(&self.client)
    }

    /// The page on which the user decides, once signed in as `did`.
    pub fn next(&self, did: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &self.request.client);
        query.append_pair("request_uri", &par::address_of(&self.secret));
        if let Some(did) = did {
            query.append_pair("account", did);
        }
        format!("/oauth/authorize?{}", query.finish())
    }

    /// What pages of this request allow: ending up at the app.
    pub fn allowance(&self) -> Allowance {
        let leads_to = redirect::policy_source(&self.request.redirect_uri);
        Allowance { script: false, leads_to }
    }

    /// Sends the user back to the app.
    pub fn answer(
        &self,
        server: &Server,
        shell: &Shell,
        outcome: &Result<String, OAuthError>,
    ) -> Response {
        match self.request.answer(&server.oauth.issuer, outcome) {
            Answer::Redirect(to) => Redirect::to(&to).into_response(),
            Answer::Form { to, fields } => {
                let allowance = Allowance { script: true, ..self.allowance() };
                let page = BackPage { app: self.app(), to, fields, nonce: shell.nonce.to_string() };
                shell.show_with(&page, allowance)
            }
        }
    }

    /// Answers the app that it gets nothing. The request is over.
    pub async fn refuse(
        &self,
        server: &Server,
        shell: &Shell,
        why: OAuthError,
    ) -> Result<Response, PageError> {
        let id = par::id_of(&self.secret);
        let delete = move |tx: &mut WriteTx<'_>| Ok(oauth::delete_request(tx.connection, &id)?);
        server.store.writer.write(WEIGHT, delete).await?;
        Ok(self.answer(server, shell, &Err(why)))
    }
}

async fn extend(server: &Server, id: Hash, until: Timestamp) -> Result<(), Error> {
    let extend = move |tx: &mut WriteTx<'_>| Ok(oauth::extend_request(tx.connection, &id, until)?);
    server.store.writer.write(WEIGHT, extend).await
}

/// An app as people are shown it: by its host, which it cannot make up.
#[derive(Clone, Debug)]
pub struct App {
    pub host: String,
    /// What it calls itself.
    pub name: Option<String>,
    /// Whether it is being developed on the user's own machine.
    pub is_local: bool,
}

impl App {
    pub fn of(client: &Client) -> Self {
        Self {
            host: client.id.host().to_owned(),
            name: client.name.clone(),
            is_local: matches!(client.id, ClientId::Loopback(_)),
        }
    }

    /// In the middle of a sentence.
    pub fn in_words(&self) -> String {
        match self.is_local {
            true => "an app on your own computer".to_owned(),
            false => self.host.clone(),
        }
    }
}

/// Carries the answer back in a form.
#[derive(Template)]
#[template(path = "back.html")]
struct BackPage {
    app: App,
    to: String,
    fields: Vec<(&'static str, String)>,
    nonce: String,
}

impl Page for BackPage {
    fn title(&self) -> String {
        "Back to the app".to_owned()
    }
}

/// A page of the flow, or of none.
pub fn show(shell: &Shell, page: &impl Page, flow: Option<&Flow>, script: bool) -> Response {
    let allowance = flow.map(Flow::allowance).unwrap_or_default();
    shell.show_with(page, Allowance { script, ..allowance })
}

/// The same page again with what was wrong, as an answer that says so.
pub fn show_again(shell: &Shell, page: &impl Page, flow: Option<&Flow>, script: bool) -> Response {
    let mut response = show(shell, page, flow, script);
    *response.status_mut() = axum::http::StatusCode::BAD_REQUEST;
    response
}
