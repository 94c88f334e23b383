//! `account create` and `account login`; the rest is in [`email`] and [`relocate`].

use clap::{Args, Subcommand};
use hypercerts_lexicon::Handle;
use hypercerts_xrpc::client::{NewAccount, Session};
use serde_json::json;

use super::answer::{Answer, Format};
use super::connect::{self, Home, HomeOptions};
use super::password::PasswordOption;
use super::{CliError, email, relocate, session};

/// Make an account, log in to one, give it an e-mail address, or move it
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Create(Create),
    Login(Login),
    Email(email::Email),
    Move(Box<relocate::Move>),
}

/// Make an account, and be logged in to it
#[derive(Debug, Args)]
pub(super) struct Create {
    /// The name others will see, such as alice.test
    handle: Handle,

    /// An address the server may write to
    #[arg(long)]
    email: Option<String>,

    /// An invitation, if the server asks for one
    #[arg(long, value_name = "CODE")]
    invite_code: Option<String>,

    #[command(flatten)]
    password: PasswordOption,
    #[command(flatten)]
    home: HomeOptions,
    #[command(flatten)]
    format: Format,
}

/// Log in; the commands that follow act as this account
#[derive(Debug, Args)]
pub(super) struct Login {
    /// A handle, DID or e-mail address; the password may be an app password
    #[arg(value_name = "ACCOUNT")]
    identifier: String,

    /// Log in to an account that has been taken down too, to move it to another server
    #[arg(long)]
    allow_takendown: bool,

    #[command(flatten)]
    password: PasswordOption,
    #[command(flatten)]
    home: HomeOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Create(create) => create.run().await,
        Command::Login(login) => login.run().await,
        Command::Email(email) => email.run().await,
        Command::Move(relocation) => relocation.run().await,
    }
}

impl Create {
    async fn run(self) -> Result<Answer, CliError> {
        let password = self.password.choose()?;
        let account = NewAccount {
            handle: &self.handle,
            password: &password,
            email: self.email.as_deref(),
            invite_code: self.invite_code.as_deref(),
        };
        let home = self.home.named();
        let session = Session::create_account(connect::client(&home.pds)?, &account).await?;
        let greeting = "The account is made, and you are logged in to it.";
        welcome(&session, home, self.format, greeting).await
    }
}

impl Login {
    async fn run(self) -> Result<Answer, CliError> {
        let home = self.home.of(&self.identifier).await?;
        let password = self.password.get()?;
        let client = connect::client(&home.pds)?;
        let session = match self.allow_takendown {
            true => Session::login_to_leave(client, &self.identifier, &password).await?,
            false => Session::login(client, &self.identifier, &password).await?,
        };
        welcome(&session, home, self.format, "You are logged in.").await
    }
}

async fn welcome(
    session: &Session,
    home: Home,
    format: Format,
    greeting: &str,
) -> Result<Answer, CliError> {
    session::store(session, home.directory).await?;
    let data = session.data().await;
    let pds = session.client().base();
    let told = json!({ "did": data.did, "handle": data.handle, "pds": pds });
    format.answer(&told, || {
        format!(
            "{greeting}\n\n  Handle  {}\n  DID     {}\n  Server  {pds}\n\n\
             Next: `hypercerts create` to claim what you did.",
            data.handle, data.did
        )
    })
}
