//! The command line: what can be asked for, and how the answer is told.
//!
//! Each command is a module with its arguments and one function that returns an [`Answer`]: text
//! for people, JSON for scripts, and the exit status. Nothing but [`main`] prints or exits.
//!
//! Words from the network end up in a terminal here; [`text`] takes out what would steer it.

mod account;
mod answer;
mod ask;
mod attach;
mod attest;
mod batch;
mod bundle;
mod check;
mod connect;
mod create;
mod email;
mod error;
mod evaluate;
mod index;
mod input;
mod lock;
mod ls;
mod measure;
mod password;
mod pds;
pub mod reference;
mod relocate;
mod session;
mod show;
mod subject;
mod text;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use answer::Answer;
pub use answer::Exit;
pub use error::CliError;

const EXIT_STATUS: &str = "\
Exit status:
  0  done; for verify: verified
  1  refused, failed, or not valid; for verify: not verified
  2  the command line is not right; for verify: could not be checked
  3  a server could not be reached
  4  not logged in, or not let in";

/// Hypercerts on the AT Protocol: claims of work done, signed by whoever made them
///
/// Make an account, claim what was done, evaluate and measure what others claim, and check for
/// yourself who signed what.
#[derive(Debug, Parser)]
#[command(name = "hypercerts", version, max_term_width = 100, after_help = EXIT_STATUS)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(Box<crate::up::Up>),
    #[command(subcommand)]
    Account(account::Command),
    Create(Box<create::Create>),
    Evaluate(evaluate::Evaluate),
    Measure(measure::Measure),
    Attach(attach::Attach),
    #[command(subcommand)]
    Attest(attest::Command),
    Show(show::Show),
    Ls(ls::Ls),
    Verify(verify::Verify),
    Check(check::Check),
    Bundle(bundle::BundleArgs),
    Lock(lock::Lock),
    #[command(subcommand)]
    Index(index::Command),
    #[command(subcommand)]
    Pds(pds::Command),
}

/// Runs the command of this process's arguments, prints its answer and gives its exit status.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = tokio::runtime::Runtime::new()
        .map_err(CliError::Runtime)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match outcome {
        Ok(answer) => answer.print(),
        Err(error) => error.report(),
    }
}

async fn run(cli: Cli) -> Result<Answer, CliError> {
    match cli.command {
        Command::Up(options) => {
            crate::up::run(*options).await.map_err(Box::new)?;
            Ok(Answer::nothing())
        }
        Command::Account(command) => account::run(command).await,
        Command::Create(create) => create::run(*create).await,
        Command::Evaluate(evaluate) => evaluate::run(evaluate).await,
        Command::Measure(measure) => measure::run(measure).await,
        Command::Attach(attach) => attach::run(attach).await,
        Command::Attest(command) => attest::run(command).await,
        Command::Show(show) => show::run(show).await,
        Command::Ls(ls) => ls::run(ls).await,
        Command::Verify(verify) => verify::run(verify).await,
        Command::Check(check) => check::run(check).await,
        Command::Bundle(bundle) => bundle::run(bundle).await,
        Command::Lock(lock) => lock::run(lock).await,
        Command::Index(command) => index::run(command).await,
        Command::Pds(command) => pds::run(command).await,
    }
}
