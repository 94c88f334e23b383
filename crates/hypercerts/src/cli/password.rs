//! Getting a password without it being seen: never from a flag, never echoed.

use std::io::{self, BufRead, IsTerminal};

use clap::Args;
use inquire::{Password, PasswordDisplayMode};

use super::CliError;

const VARIABLE: &str = "HYPERCERTS_PASSWORD";

/// Longer than any server takes.
const MAX_BYTES: u64 = 4096;

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct PasswordOption {
    /// Read the password from the first line of standard input
    ///
    /// Without this, it is taken from the environment variable HYPERCERTS_PASSWORD, or asked for.
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordOption {
    /// The password of an account that exists.
    pub fn get(self) -> Result<String, CliError> {
        self.given().unwrap_or_else(|| ask(Password::new("Password:").without_confirmation()))
    }

    /// A password for a new account, asked for twice.
    pub fn choose(self) -> Result<String, CliError> {
        self.given().unwrap_or_else(|| ask(Password::new("Choose a password:")))
    }

    fn given(self) -> Option<Result<String, CliError>> {
        if self.password_stdin {
            return Some(from_stdin());
        }
        std::env::var(VARIABLE).ok().map(Ok)
    }
}

/// The first line of standard input.
pub(super) fn from_stdin() -> Result<String, CliError> {
    first_line(io::stdin().lock())
}

fn first_line(input: impl BufRead) -> Result<String, CliError> {
    let mut line = String::new();
    let read = io::Read::take(input, MAX_BYTES).read_line(&mut line);
    let password = line.trim_end_matches(['\r', '\n']);
    match read {
        Ok(_) if !password.is_empty() => Ok(password.to_owned()),
        Ok(_) => Err(CliError::usage("no password came on standard input")),
        Err(error) => Err(CliError::usage(format!("no password can be read: {error}"))),
    }
}

fn ask(question: Password<'_>) -> Result<String, CliError> {
    if !io::stdin().is_terminal() {
        return Err(CliError::usage(format!(
            "a password is needed: give it with --password-stdin or in {VARIABLE}, \
             or run this in a terminal"
        )));
    }
    Ok(question.with_display_mode(PasswordDisplayMode::Hidden).prompt()?)
}
