//! `pds …`: what the operator of a PDS does beside running it.

mod backup;

use clap::Subcommand;

use super::CliError;
use super::answer::Answer;

/// Look after a PDS
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Backup(backup::Backup),
    Restore(backup::Restore),
}

pub(super) async fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Backup(backup) => backup.run().await,
        Command::Restore(restore) => restore.run().await,
    }
}
