//! `pds account …`: the operator looks after the accounts of a running server.

mod delete;
mod look;
mod make;

use clap::{Args, Subcommand};
use hypercerts_lexicon::AtIdentifier;

use super::operator::OperatorOptions;
use super::takedown::{AccountName, Takedown, Untakedown};
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};

/// Look after the accounts of a running PDS
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    List(look::List),
    Info(look::Info),
    Create(make::Create),
    /// Take an account out of the world
    ///
    /// Nobody is served any of it, its sessions end, and followers are told. Its owner can still log in to move it to
    /// another server.
    Takedown(Takedown<AccountName>),
    /// Give an account that was taken down back to the world
    Untakedown(Untakedown<AccountName>),
    ResetPassword(make::ResetPassword),
    Delete(delete::Delete),
}

/// An account, and how to speak to its server.
#[derive(Debug, Args)]
struct Target {
    /// The account, by its handle or DID
    account: AtIdentifier,

    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::List(list) => list.run().await,
        Command::Info(info) => info.run().await,
        Command::Create(create) => create.run().await,
        Command::Takedown(takedown) => takedown.run().await,
        Command::Untakedown(untakedown) => untakedown.run().await,
        Command::ResetPassword(reset) => reset.run().await,
        Command::Delete(delete) => delete.run().await,
    }
}
