//! `pds invite …`: who may make an account.

use clap::{Args, Subcommand};
use hypercerts_lexicon::{AtIdentifier, Datetime};
use hypercerts_xrpc::nsid::{admin, server};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::operator::{OperatorOptions, did_of};
use crate::cli::answer::{Answer, Format};
use crate::cli::{CliError, text};

/// Invite people to make an account
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Create(Create),
    List(List),
    Disable(Disable),
}

/// Make codes, one a line, by which accounts can be made
#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// How many accounts each is good for
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    uses: u32,

    /// How many codes
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: u32,

    /// Whom they are for, an account of the server, which can then see them
    #[arg(long = "for", value_name = "ACCOUNT")]
    account: Option<AtIdentifier>,

    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

/// List the codes, newest first, and how often each was used
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,

    /// Go on where the list before ended
    #[arg(long)]
    cursor: Option<String>,

    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

/// Make codes worthless; accounts that were made with them stay
#[derive(Debug, Args)]
pub(in crate::cli) struct Disable {
    /// The codes
    #[arg(value_name = "CODE", required_unless_present = "account")]
    codes: Vec<String>,

    /// All codes that were made for this account
    #[arg(long = "of", value_name = "ACCOUNT")]
    account: Option<AtIdentifier>,

    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Params<'a> {
    limit: u16,
    cursor: Option<&'a str>,
}

#[derive(Deserialize, Serialize)]
struct Listed {
    codes: Vec<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Code {
    code: String,
    available: u64,
    disabled: bool,
    for_account: String,
    created_at: Datetime,
    uses: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Made {
    codes: Vec<AccountCodes>,
}

#[derive(Deserialize, Serialize)]
struct AccountCodes {
    account: String,
    codes: Vec<String>,
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Create(create) => create.run().await,
        Command::List(list) => list.run().await,
        Command::Disable(disable) => disable.run().await,
    }
}

impl Create {
    async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let mut input = json!({ "codeCount": self.count, "useCount": self.uses });
        if let Some(account) = &self.account {
            input["forAccounts"] = json!([did_of(&operator, account).await?]);
        }
        let made: Made = operator.procedure(server::CREATE_INVITE_CODES, &input).await?;
        let codes: Vec<String> = made.codes.into_iter().flat_map(|made| made.codes).collect();
        let told = json!({ "codes": codes, "uses": self.uses });
        self.format.answer(&told, || codes.join("\n"))
    }
}

impl List {
    async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let params = Params { limit: self.limit, cursor: self.cursor.as_deref() };
        let listed: Listed = operator.query(admin::GET_INVITE_CODES, &params).await?;
        self.format.answer(&listed, || in_rows(&listed))
    }
}

fn in_rows(listed: &Listed) -> String {
    if listed.codes.is_empty() {
        return "No codes. `hypercerts pds invite create` makes one.".to_owned();
    }
    let rows: Vec<[String; 4]> = listed.codes.iter().map(row).collect();
    let more = listed.cursor.as_deref().map(text::more).unwrap_or_default();
    format!("{}{more}", text::table(&rows))
}

fn row(code: &Code) -> [String; 4] {
    let disabled = if code.disabled { ", disabled" } else { "" };
    [
        text::line(&code.code),
        format!("used {} of {}{disabled}", code.uses.len(), code.available),
        text::date(&code.created_at),
        text::line(&code.for_account),
    ]
}

impl Disable {
    async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let mut accounts = Vec::new();
        if let Some(account) = &self.account {
            accounts.push(did_of(&operator, account).await?);
        }
        let input = json!({ "codes": self.codes, "accounts": accounts });
        operator.command(admin::DISABLE_INVITE_CODES, &input).await?;
        self.format.answer(&input, || {
            let of = self.account.as_ref().map(|account| format!("All codes of {account}"));
            let disabled: Vec<String> = self.codes.into_iter().chain(of).collect();
            format!("Disabled: {}", disabled.join(", "))
        })
    }
}
