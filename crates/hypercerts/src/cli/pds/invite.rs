//! `pds invite …`: who may make an account.

use clap::{Args, Subcommand};
use hypercerts_lexicon::AtIdentifier;
use hypercerts_xrpc::nsid::server;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::operator::{OperatorOptions, did_of};
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};

/// Invite people to make an account
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Create(Create),
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
