//! A new account.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hypercerts_xrpc::Query;
use serde::Deserialize;

use crate::account::create::{Application, create_and};
use crate::account::password::Password;
use crate::api::auth::Peer;
use crate::error::Error;
use crate::pages::browser::Browser;
use crate::pages::error::PageError;
use crate::pages::flow::{self, App, Flow};
use crate::pages::form::Form;
use crate::pages::shell::{Page, Shell};
use crate::pages::sign_in::{Visit, enter};
use crate::server::Server;

#[derive(Template)]
#[template(path = "create.html")]
struct CreatePage {
    csrf: String,
    host: String,
    app: Option<App>,
    request: String,
    domains: Vec<String>,
    name: String,
    email: String,
    /// The field is shown where an invitation is needed.
    invites: bool,
    invite_code: String,
    complaint: Option<String>,
}

impl Page for CreatePage {
    fn title(&self) -> String {
        "Create an account".to_owned()
    }
}

impl CreatePage {
    fn new(server: &Server, shell: &Shell, flow: Option<&Flow>) -> Self {
        Self {
            csrf: shell.csrf.clone(),
            host: shell.host.clone(),
            app: flow.map(Flow::app),
            request: flow.map(|flow| flow.secret.clone()).unwrap_or_default(),
            domains: server.domains.as_slice().to_vec(),
            name: String::new(),
            email: String::new(),
            invites: server.config.invites_required,
            invite_code: String::new(),
            complaint: None,
        }
    }
}

pub async fn page(
    State(server): State<Arc<Server>>,
    shell: Shell,
    Query(visit): Query<Visit>,
) -> Result<Response, PageError> {
    let flow = Flow::of(&server, visit.request.as_deref()).await?;
    let page = CreatePage::new(&server, &shell, flow.as_ref());
    Ok(flow::show(&shell, &page, flow.as_ref(), false))
}

#[derive(Deserialize)]
pub struct NewAccount {
    request: Option<String>,
    name: String,
    domain: String,
    email: String,
    password: Password,
    #[serde(default)]
    invite_code: String,
}

pub async fn create(
    State(server): State<Arc<Server>>,
    shell: Shell,
    browser: Browser,
    peer: Peer,
    Form(input): Form<NewAccount>,
) -> Result<Response, PageError> {
    let flow = Flow::of(&server, input.request.as_deref()).await?;
    let (name, email) = (input.name.trim().to_lowercase(), input.email.trim().to_owned());
    let application = Application {
        handle: format!("{name}{}", input.domain),
        email: (!email.is_empty()).then(|| email.clone()),
        password: input.password,
        recovery_key: None,
        invite_code: Some(input.invite_code.clone()),
    };
    match create_and(&server, application, |_, _| Ok(())).await {
        Ok((account, ())) => enter(&server, &browser, &peer, &account, flow.as_ref()).await,
        Err(Error::Refused(refusal)) => {
            let mut page = CreatePage::new(&server, &shell, flow.as_ref());
            (page.name, page.email, page.invite_code) = (name, email, input.invite_code);
            page.complaint = Some(refusal.to_string());
            Ok(flow::show_again(&shell, &page, flow.as_ref(), false))
        }
        Err(other) => Err(other.into()),
    }
}
