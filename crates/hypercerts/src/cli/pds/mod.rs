//! `pds …`: what the operator of a PDS does beside running it.

mod account;
mod backup;
mod invite;
mod operator;
mod takedown;

use clap::Subcommand;

use super::CliError;
use super::answer::Answer;

/// Look after a PDS
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(subcommand)]
    Account(account::Command),
    #[command(subcommand)]
    Record(takedown::RecordCommand),
    #[command(subcommand)]
    Blob(takedown::BlobCommand),
    #[command(subcommand)]
    Invite(invite::Command),
    Backup(backup::Backup),
    Restore(backup::Restore),
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Account(command) => account::run(command).await,
        Command::Record(command) => command.run().await,
        Command::Blob(command) => command.run().await,
        Command::Invite(command) => invite::run(command).await,
        Command::Backup(backup) => backup.run().await,
        Command::Restore(restore) => restore.run().await,
    }
}
