//! What a command has to say, and the status it ends with.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::CliError;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// Refused, failed, not valid, not verified.
    Refused,
    /// The command line is not right, or something could not be checked.
    Usage,
    /// A server could not be reached.
    Unreachable,
    /// Not logged in, or not let in.
    NotLoggedIn,
}

impl Exit {
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::NotLoggedIn => 4,
        }
    }
}

/// In which form to answer.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Format {
    /// Answer in JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// A command's answer, ready to print.
#[derive(Debug)]
pub(super) struct Answer {
    body: String,
    exit: Exit,
}

impl Format {
    pub fn is_json(self) -> bool {
        self.json
    }

    /// The answer as the caller wants it: `data` for scripts, `text` for people.
    pub fn answer(
        self,
        data: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<Answer, CliError> {
        let body = if self.json {
            let value: Value = serde_json::to_value(data).map_err(CliError::answer)?;
            format!("{value:#}")
        } else {
            text()
        };
        Ok(Answer { body, exit: Exit::Done })
    }
}

impl Answer {
    /// For a command that has said what there was to say while it ran.
    pub fn nothing() -> Self {
        Self { body: String::new(), exit: Exit::Done }
    }

    pub fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// A reader that went away, as in `… | head`, is no failure.
    pub fn print(self) -> ExitCode {
        if self.body.is_empty() {
            return ExitCode::from(self.exit.status());
        }
        match writeln!(io::stdout().lock(), "{}", self.body.trim_end()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                CliError::Output(error).report()
            }
            _ => ExitCode::from(self.exit.status()),
        }
    }
}
