//! Why the server does not start ([`OpenError`]) and why a request is not carried out ([`Error`]).
//!
//! A [`Refusal`] is about the request: it has a name that programs know and a sentence that says
//! the way out. Everything else in [`Error`] is about the server. Both become XRPC errors here and
//! nowhere else.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::StatusCode;
use hypercerts_lexicon::{Cid, Did, Handle};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::XrpcError;

use crate::disk;
use crate::group::refused::GroupRefusal;
use crate::store::StoreError;
use crate::store::accounts::Status;
use crate::vault::SealBroken;

/// Why a server could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data directory {path} cannot be used: {source}")]
    DataDirectory { path: PathBuf, source: io::Error },
    #[error("another server is running on the data directory {path}; stop it first")]
    InUse { path: PathBuf },
    #[error("the master key {path} cannot be used: {source}")]
    MasterKey { path: PathBuf, source: io::Error },
    #[error(
        "there is no master key {path}, without which nothing opens the keys in the database beside it; put back the \
         file from your backup"
    )]
    LostMasterKey { path: PathBuf },
    #[error(
        "{why}; the file {path} has to be the one this database was made with, so put that back"
    )]
    OtherMasterKey { path: PathBuf, why: SealBroken },
    #[error(transparent)]
    Seal(#[from] SealBroken),
    #[error("the database cannot be used: {0}")]
    Database(#[from] StoreError),
    #[error(
        "the database has schema version {found}, this program knows up to {known}; use a newer program"
    )]
    NewerSchema { found: i64, known: i64 },
    #[error(
        "the repository of {did} has lost the root of its tree; restore the database from a backup"
    )]
    LostTree { did: String },
    #[error("{0}")]
    Config(String),
}

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a file could not be read or written: {0}")]
    File(#[from] io::Error),
    #[error("the did:plc directory could not be used: {0}")]
    Directory(String),
    #[error("the store of blobs could not be used: {0}")]
    BlobStore(String),
    #[error("too many requests of this kind are waiting")]
    Busy,
    #[error("something is wrong inside: {0}")]
    Internal(String),
}

/// Why a request was turned down. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    InvalidRequest(String),
    #[error("{0}")]
    InvalidHandle(String),
    #[error("The handle {0} is taken; choose another one.")]
    HandleNotAvailable(Handle),
    #[error("The handle {0} is reserved; choose another one.")]
    HandleReserved(Handle),
    #[error(
        "The address {0} belongs to an account already; log in to it, or give another address."
    )]
    EmailTaken(String),
    #[error("{0}")]
    InvalidEmail(String),
    #[error("The code is wrong or too old; look again, or have a new one sent.")]
    WrongCode,
    #[error("The code has expired; ask for a new one.")]
    ExpiredCode,
    #[error("A code was mailed to the present address; give it as token.")]
    CodeRequired,
    #[error("{0}")]
    UnsupportedDomain(String),
    #[error("{0}")]
    InvalidPassword(String),
    #[error("{0}")]
    UnresolvableDid(String),
    #[error("{0}")]
    IncompatibleDidDoc(String),
    #[error("The service token is not by {0}; its own server has to vouch for it.")]
    NotYourDid(Did),
    #[error("{0} has an account here already; log in to it.")]
    AlreadyHere(Did),
    #[error("{0}")]
    BadExpiration(String),
    #[error("The identifier or the password is wrong.")]
    WrongCredentials,
    #[error("Too many failed logins; wait a little.")]
    TooManyLogins(Duration),
    #[error(
        "The operator's methods are switched off here. To switch them on, start the server with a password in \
         --pds-admin-password-file or HYPERCERTS_ADMIN_PASSWORD."
    )]
    NoOperator,
    #[error(
        "This method is the operator's; it takes the name admin and the server's admin password, \
         by HTTP Basic authorization."
    )]
    OperatorOnly,
    #[error("The admin password is wrong; it is the one that the server was started with.")]
    WrongAdminPassword,
    #[error("Too many requests; wait until the bound in the RateLimit headers is free again.")]
    TooManyRequests(Duration),
    #[error("The session has ended; log in again.")]
    SessionEnded,
    #[error("{}", missing(.0))]
    ScopeMissing(Option<String>),
    #[error(
        "The account has been taken down by whoever runs this server. To move it to another one, log in with \
         its own password and allowTakendown."
    )]
    AccountTakedown,
    #[error("The account is taken down; all it can do here is move to another server.")]
    OnlyLeaving,
    #[error("This file was taken down by whoever runs this server; it is not taken in again.")]
    BlobTakedown,
    #[error("An account here takes an invitation; ask whoever runs the server for a code.")]
    InviteMissing,
    #[error("The invitation is not good, or not any more; ask for another one.")]
    InviteWrong,
    #[error("There is nothing of that kind here: {0}.")]
    SubjectNotFound(String),
    #[error("App passwords cannot do this; log in with the account's own password.")]
    AppPasswordNotEnough,
    #[error("An app password named \"{0}\" exists already; revoke it first or take another name.")]
    DuplicateAppPassword(String),
    #[error("No account here has the handle {0}.")]
    HandleNotFound(Handle),
    #[error("The account {who} is {}.", .status.words())]
    Inactive { who: Did, status: Status },
    #[error(
        "The account {0} is not active, so no app can act for it. Activate it on its page first, or \
         use another account."
    )]
    InactiveForApps(Handle),
    #[error("This server has no repository of {0}.")]
    RepoNotFound(String),
    #[error("You can write to your own repository only, not to {0}.")]
    NotYourRepo(String),
    #[error("There is no such record: {0}.")]
    RecordNotFound(String),
    #[error("There is a record at {0} already; use putRecord to replace it.")]
    RecordExists(RepoPath),
    #[error(
        "The repository's commit is {actual} now, not {expected}; read again before you write."
    )]
    CommitMoved { expected: Cid, actual: Cid },
    #[error("The record at {path} is {} now, not {}; read it again before you write.", or_absent(.actual), or_absent(.expected))]
    RecordMoved { path: RepoPath, expected: Option<Cid>, actual: Option<Cid> },
    #[error(
        "The record refers to the blob {0}, which this account has not uploaded; call uploadBlob first."
    )]
    BlobMissing(Cid),
    #[error("{0}")]
    BlobMimeType(String),
    #[error("{0}")]
    BlobSize(String),
    #[error("{0}")]
    BlobTooLarge(String),
    #[error("The repository has no block {0}.")]
    BlockNotFound(Cid),
    #[error("This server has no blob {cid} of {did}.")]
    BlobNotFound { did: Did, cid: Cid },
    #[error(transparent)]
    Group(#[from] GroupRefusal),
}

fn missing(scope: &Option<String>) -> String {
    match scope {
        Some(scope) => format!("The app was not given the scope \"{scope}\"; ask for it."),
        None => {
            "Apps connected by OAuth cannot do this; it takes the account's password.".to_owned()
        }
    }
}

fn or_absent(cid: &Option<Cid>) -> String {
    cid.map_or_else(|| "absent".to_owned(), |cid| cid.to_string())
}

impl Refusal {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidRequest(message.into())
    }

    /// The name programs know it by, from the methods' lexicons.
    fn name(&self) -> &'static str {
        match self {
            Self::InvalidHandle(_) => "InvalidHandle",
            Self::HandleNotAvailable(_) | Self::HandleReserved(_) => "HandleNotAvailable",
            Self::InvalidEmail(_) => "InvalidEmail",
            Self::WrongCode => "InvalidToken",
            Self::ExpiredCode => "ExpiredToken",
            Self::CodeRequired => "TokenRequired",
            Self::UnsupportedDomain(_) => "UnsupportedDomain",
            Self::InvalidPassword(_) => "InvalidPassword",
            Self::UnresolvableDid(_) => "UnresolvableDid",
            Self::IncompatibleDidDoc(_) => "IncompatibleDidDoc",
            Self::BadExpiration(_) => "BadExpiration",
            Self::SessionEnded => "ExpiredToken",
            Self::AppPasswordNotEnough | Self::OnlyLeaving => "InvalidToken",
            Self::InviteMissing | Self::InviteWrong => "InvalidInviteCode",
            Self::SubjectNotFound(_) => "NotFound",
            Self::HandleNotFound(_) => "HandleNotFound",
            Self::Inactive { status: Status::TakenDown, .. } => "RepoTakendown",
            Self::Inactive { status: Status::Suspended, .. } => "RepoSuspended",
            Self::Inactive { .. } => "RepoDeactivated",
            Self::RepoNotFound(_) => "RepoNotFound",
            Self::RecordNotFound(_) => "RecordNotFound",
            Self::CommitMoved { .. } | Self::RecordMoved { .. } => "InvalidSwap",
            Self::BlobMissing(_) | Self::BlobNotFound { .. } => "BlobNotFound",
            Self::BlockNotFound(_) => "BlockNotFound",
            Self::BlobMimeType(_) => "InvalidMimeType",
            Self::BlobSize(_) => "InvalidSize",
            _ => "InvalidRequest",
        }
    }
}

impl From<Refusal> for XrpcError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::WrongCredentials
            | Refusal::NoOperator
            | Refusal::OperatorOnly
            | Refusal::WrongAdminPassword => Self::auth_required(message),
            Refusal::TooManyLogins(wait) | Refusal::TooManyRequests(wait) => {
                Self::rate_limited(wait)
            }
            Refusal::AccountTakedown => {
                Self::new(StatusCode::UNAUTHORIZED, "AccountTakedown", message)
            }
            Refusal::ScopeMissing(_) => {
                Self::new(StatusCode::FORBIDDEN, "ScopeMissingError", message)
            }
            Refusal::NotYourRepo(_) | Refusal::NotYourDid(_) => Self::forbidden(message),
            Refusal::Group(refusal) => refusal.into(),
            Refusal::BlobTooLarge(_) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
            }
            other => Self::named(other.name(), message),
        }
    }
}

impl From<Error> for XrpcError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Store(StoreError::Full) => disk_full(),
            Error::Store(StoreError::Closed) => {
                Self::not_enough_resources("The server is shutting down; try again later.")
            }
            Error::File(source) if disk::is_full(&source) => disk_full(),
            Error::Busy => Self::not_enough_resources(
                "Too many requests of this kind are waiting; try again in a moment.",
            ),
            Error::Directory(why) => Self::upstream_failure(format!(
                "The did:plc directory could not be used: {why}. Try again later."
            )),
            Error::BlobStore(why) => {
                tracing::error!(error = %why, "the store of blobs could not be used");
                Self::upstream_failure("The store of blobs could not be used; try again later.")
            }
            other => Self::internal(other),
        }
    }
}

impl From<StoreError> for XrpcError {
    fn from(error: StoreError) -> Self {
        Error::Store(error).into()
    }
}

fn disk_full() -> XrpcError {
    XrpcError::not_enough_resources(
        "The server's storage is full; nothing was changed. Reading still works, writing will \
         once the operator has made room.",
    )
}
