//! `create`, `reset-password`: what ends with a password for somebody.

use clap::Args;
use hypercerts_lexicon::Handle;
use hypercerts_xrpc::client::{NewAccount, Operator, Session};
use hypercerts_xrpc::nsid::{admin, server};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::Target;
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};
use crate::cli::password;
use crate::cli::pds::operator::{OperatorOptions, did_of, reached};

/// Make an account for somebody
///
/// Without a password it gets one, which is told once.
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// Its handle, such as alice.test
    handle: Handle,

    /// An address the server may write to
    #[arg(long)]
    email: Option<String>,

    #[command(flatten)]
    password: NewPassword,
    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

/// Give an account another password, and end all its sessions
///
/// Without a password it gets one, which is told once.
#[derive(Debug, Args)]
pub(in crate::cli) struct ResetPassword {
    #[command(flatten)]
    password: NewPassword,
    #[command(flatten)]
    target: Target,
}

/// A password for somebody else, so never the one of whoever runs the command.
#[derive(Debug, Clone, Copy, Args)]
struct NewPassword {
    /// Read the password from the first line of standard input, instead of drawing one
    #[arg(long)]
    password_stdin: bool,
}

impl NewPassword {
    /// The password, and whether it was drawn here.
    fn given_or_drawn(self) -> Result<(Zeroizing<String>, bool), CliError> {
        match self.password_stdin {
            true => Ok((Zeroizing::new(password::from_stdin()?), false)),
            false => Ok((draw()?, true)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    #[serde(default)]
    invite_code_required: bool,
}

#[derive(Deserialize)]
struct Invitation {
    code: String,
}

impl Create {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let (password, drawn) = self.password.given_or_drawn()?;
        let invite_code = invitation(&operator).await?;
        let account = NewAccount {
            handle: &self.handle,
            password: &password,
            email: self.email.as_deref(),
            invite_code: invite_code.as_deref(),
        };
        let session = Session::create_account(operator.client().clone(), &account).await?;
        let did = session.did().clone();
        // It is not the operator's to keep.
        session.logout().await?;
        let shown = drawn.then_some(password.as_str());
        let told = json!({ "did": did, "handle": self.handle, "password": shown });
        self.format
            .answer(&told, || format!("{}\n  DID       {did}{}", self.handle, password_line(shown)))
    }
}

impl ResetPassword {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.target.operator.operator()?;
        let did = did_of(&operator, &self.target.account).await?;
        let (password, drawn) = self.password.given_or_drawn()?;
        let input = json!({ "did": did, "password": *password });
        operator.command(admin::UPDATE_ACCOUNT_PASSWORD, &input).await?;
        let shown = drawn.then_some(password.as_str());
        let told = json!({ "did": did, "password": shown });
        self.target.format.answer(&told, || {
            let who = &self.target.account;
            format!(
                "{who} has another password; all its sessions have ended.{}",
                password_line(shown)
            )
        })
    }
}

/// A code to make an account with, where the server asks for one.
async fn invitation(operator: &Operator) -> Result<Option<String>, CliError> {
    let client = operator.client();
    let described: Described = client.query(server::DESCRIBE_SERVER, &()).await.map_err(reached)?;
    if !described.invite_code_required {
        return Ok(None);
    }
    let input = json!({ "useCount": 1 });
    let made: Invitation = operator.procedure(server::CREATE_INVITE_CODE, &input).await?;
    Ok(Some(made.code))
}

fn password_line(shown: Option<&str>) -> String {
    shown.map_or_else(String::new, |password| {
        format!("\n  Password  {password}\nThe password is not told again.")
    })
}

/// 100 bits in groups that can be read out.
fn draw() -> Result<Zeroizing<String>, CliError> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = Zeroizing::new([0; 20]);
    getrandom::fill(&mut *bytes)
        .map_err(|why| CliError::usage(format!("no password can be drawn: {why}")))?;
    let letters: Vec<char> =
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Ok(Zeroizing::new(groups.join("-")))
}
