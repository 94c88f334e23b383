//! `account email`: the address that the account's server mails codes to.

use clap::Args;
use hypercerts_xrpc::client::Session;
use hypercerts_xrpc::nsid::server;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, Format};
use super::session::LoggedIn;
use super::{CliError, ask};

/// Show the account's e-mail address, give it another one, or confirm it
///
/// The server mails its codes there: for a lost password, and for moving away. To give the present address once
/// more confirms it: a code is mailed there, and comes back with --token.
#[derive(Debug, Args)]
pub(super) struct Email {
    /// The address the account is to have
    address: Option<String>,

    /// The code that the server has mailed
    #[arg(long, value_name = "CODE", requires = "address")]
    token: Option<String>,

    #[command(flatten)]
    format: Format,
}

/// What the account's server knows of its address.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Known {
    pub email: Option<String>,
    #[serde(default)]
    email_confirmed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    token_required: bool,
}

impl Known {
    pub async fn of(session: &Session) -> Result<Self, CliError> {
        Ok(session.query(server::GET_SESSION, &()).await?)
    }

    fn is(&self, address: &str) -> bool {
        self.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(address))
    }
}

impl Email {
    pub async fn run(self) -> Result<Answer, CliError> {
        let here = LoggedIn::load()?;
        let outcome = self.give(here.session()).await;
        here.keep().await?;
        let known = outcome?;
        let told = json!({ "email": known.email, "emailConfirmed": known.email_confirmed });
        self.format.answer(&told, || in_words(&known))
    }

    async fn give(&self, session: &Session) -> Result<Known, CliError> {
        let known = Known::of(session).await?;
        let Some(address) = &self.address else { return Ok(known) };
        match known.is(address) {
            true if known.email_confirmed => return Ok(known),
            true => self.confirm(session, address).await?,
            false => self.change(session, address).await?,
        }
        Known::of(session).await
    }

    async fn confirm(&self, session: &Session, address: &str) -> Result<(), CliError> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => {
                session.trigger(server::REQUEST_EMAIL_CONFIRMATION).await?;
                code(session)?
            }
        };
        let input = json!({ "email": address, "token": token });
        Ok(session.command(server::CONFIRM_EMAIL, &input).await?)
    }

    /// An address that was confirmed is left with a code that goes there.
    async fn change(&self, session: &Session, address: &str) -> Result<(), CliError> {
        let token = match &self.token {
            Some(token) => Some(token.clone()),
            None => {
                let asked: Asked =
                    session.procedure_without_input(server::REQUEST_EMAIL_UPDATE).await?;
                asked.token_required.then(|| code(session)).transpose()?
            }
        };
        let mut input = json!({ "email": address });
        if let Some(token) = token {
            input["token"] = token.into();
        }
        Ok(session.command(server::UPDATE_EMAIL, &input).await?)
    }
}

fn code(session: &Session) -> Result<String, CliError> {
    match ask::possible() {
        true => ask::text("The code from the mail:", "The account's server sent it."),
        false => Err(CliError::code_mailed(session)),
    }
}

fn in_words(known: &Known) -> String {
    match &known.email {
        None => "The account has no e-mail address, or this session may not see it.\n\n\
                 Next: `hypercerts account email ADDRESS` to give it one."
            .to_owned(),
        Some(email) => {
            let email = super::text::clean(email);
            match known.email_confirmed {
                true => format!("{email}, confirmed."),
                false => format!(
                    "{email}, not confirmed yet.\n\n\
                     Next: `hypercerts account email {email}` to have a code mailed there and confirm it."
                ),
            }
        }
    }
}
