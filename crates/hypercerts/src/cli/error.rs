//! Why a command did not do what was asked, in words, with the way out.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use hypercerts_identity::{NetError, ResolveError};
use hypercerts_index::IndexError;
use hypercerts_lexicon::{AtUri, Nsid, Violation};
use hypercerts_xrpc::client::{ClientError, Session};
use hypercerts_xrpc::nsid::{identity, server};

use super::Exit;
use hypercerts_verify::bundle::MakeError;
use hypercerts_verify::{Report, Verdict};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Usage(String),

    #[error("no account is logged in here")]
    NotLoggedIn,

    #[error("{}", printable(.0))]
    Call(#[from] ClientError),

    #[error("{}", printable(.0))]
    Identity(#[from] ResolveError),

    #[error("the server of this account was not found: {}", printable(.0))]
    NoHome(#[source] ResolveError),

    #[error(
        "the account has no e-mail address, and its server will mail a code there before it lets it move"
    )]
    NoEmail,

    #[error("{}", printable(.0))]
    Index(#[from] IndexError),

    #[error("outgoing connections cannot be set up: {0}")]
    Net(#[from] NetError),

    #[error("this {collection} record would not be valid:\n{}", list(.violations))]
    Invalid { collection: Nsid, violations: Vec<Violation> },

    #[error("{uri} was not verified, so nothing was written about it:\n{}", last_step(.report))]
    Unverified { uri: AtUri, report: Box<Report> },

    #[error("{}", printable(.0))]
    Bundle(#[from] MakeError),

    /// Not a failure: the next step is the person's.
    #[error("{host} has mailed a code to the account's address.")]
    CodeMailed { host: String },

    #[error("{0}")]
    ByHand(String),

    #[error(transparent)]
    Backup(#[from] hypercerts_pds::backup::BackupError),

    #[error("this entry shows nothing, so it was not added: {}", super::text::clean(.0))]
    NotAttested(String),

    #[error("{uri} was not verified, so there is nothing to check:\n{}", last_step(.report))]
    Unproved { uri: AtUri, report: Box<Report> },

    #[error("the server stored something else than it was given: {0}")]
    Altered(String),

    #[error("{} cannot be {action}: {source}", .path.display())]
    File { path: PathBuf, action: &'static str, source: io::Error },

    #[error("the answer could not be written: {0}")]
    Output(#[source] io::Error),

    #[error("the question could not be asked: {0}")]
    Asking(#[from] inquire::InquireError),

    #[error("the server's answer makes no sense: {0}")]
    Answer(String),

    #[error(transparent)]
    Up(#[from] Box<crate::up::UpError>),

    #[error("the program cannot start: {0}")]
    Runtime(#[source] io::Error),
}

impl CliError {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(super) fn answer(why: impl std::fmt::Display) -> Self {
        Self::Answer(why.to_string())
    }

    /// The next step needs the code that `session`'s server has mailed.
    pub(super) fn code_mailed(session: &Session) -> Self {
        let host = session.client().base().host_str().unwrap_or_default().to_owned();
        Self::CodeMailed { host }
    }

    /// What the person can do now, if it is not clear from what happened.
    fn way_out(&self) -> Option<&'static str> {
        match self {
            Self::NotLoggedIn => Some(
                "Log in with `hypercerts account login`, or make an account with \
                 `hypercerts account create`.",
            ),
            Self::Call(error) if session_ended(error) => {
                Some("The session has ended. Log in again with `hypercerts account login`.")
            }
            Self::Call(ClientError::Net(_)) => Some(
                "Is the server running? `hypercerts up` starts a network on this machine; \
                 --pds, --app and --server name other servers.",
            ),
            Self::Call(error) if error.name() == Some("AccountTakedown") => Some(
                "If it is your account: `hypercerts account login --allow-takendown`, then `hypercerts account move`.",
            ),
            Self::CodeMailed { .. } => {
                Some("Run the same command again with --token CODE; it goes on where it was.")
            }
            Self::Call(error) if code_refused(error) => {
                Some("To have a new code mailed, run the same command without --token.")
            }
            Self::NoHome(_) => Some("If you know the server, name it with --pds URL."),
            Self::NoEmail => Some(
                "Give it one with `hypercerts account email ADDRESS`, then move. Nothing was changed.",
            ),
            Self::Invalid { .. } => Some("Nothing was written."),
            _ => None,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::Asking(_) => Exit::Usage,
            Self::NotLoggedIn | Self::Call(ClientError::Refused { status: 401 | 403, .. }) => {
                Exit::NotLoggedIn
            }
            Self::Call(error) if session_ended(error) => Exit::NotLoggedIn,
            Self::Call(error) if error.status().is_none() => Exit::Unreachable,
            Self::Identity(error) | Self::NoHome(error) if error.is_transient() => {
                Exit::Unreachable
            }
            Self::Index(IndexError::Identity { .. }) => Exit::Unreachable,
            Self::Unverified { report, .. } | Self::Unproved { report, .. }
                if report.verdict == Verdict::NotChecked =>
            {
                Exit::Usage
            }
            Self::Net(_) => Exit::Unreachable,
            _ => Exit::Refused,
        }
    }

    /// Tells the person at the terminal, and gives the exit status.
    pub(super) fn report(&self) -> ExitCode {
        match self {
            Self::CodeMailed { .. } => eprintln!("{self}"),
            _ => eprintln!("error: {self}"),
        }
        if let Some(way_out) = self.way_out() {
            eprintln!("{way_out}");
        }
        ExitCode::from(self.exit().status())
    }
}

/// The tokens that were kept are worth nothing any more.
fn session_ended(error: &ClientError) -> bool {
    names_token(error) && !code_refused(error)
}

/// The code from a mail is wrong or too old. It is refused by the same names as a session's token, but not
/// with the status of one who is not let in.
fn code_refused(error: &ClientError) -> bool {
    let ClientError::Refused { status, method, .. } = error else { return false };
    let takes_code = [identity::SIGN_PLC_OPERATION, server::UPDATE_EMAIL, server::CONFIRM_EMAIL]
        .contains(&method.as_str());
    takes_code && *status == 400 && names_token(error)
}

fn names_token(error: &ClientError) -> bool {
    matches!(error.name(), Some("ExpiredToken" | "InvalidToken"))
}

fn printable(error: &impl std::fmt::Display) -> String {
    super::text::clean(&error.to_string())
}

fn list(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations.iter().map(|violation| format!("  {violation}")).collect();
    lines.join("\n")
}

fn last_step(report: &Report) -> String {
    report.steps.last().map(super::text::step).unwrap_or_default()
}
