//! Who is logged in: the session, kept between commands in a file only its owner can read.

use std::io;
use std::path::PathBuf;

use hypercerts_xrpc::client::{Session, SessionData};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{CliError, connect};
use crate::files::{make_private_folder, write_private};

/// The session of one command, and what is stored of it.
pub(super) struct LoggedIn {
    session: Session,
    stored: SessionFile,
}

#[derive(Serialize, Deserialize)]
struct SessionFile {
    pds: Url,
    /// The did:plc directory that the account is in.
    directory: Option<Url>,
    session: SessionData,
}

impl LoggedIn {
    /// The session of the last login.
    pub fn load() -> Result<Self, CliError> {
        let stored = read()?.ok_or(CliError::NotLoggedIn)?;
        let session = Session::resume(connect::client(&stored.pds)?, stored.session.clone());
        Ok(Self { session, stored })
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Keeps the tokens if they were refreshed meanwhile; the old ones are soon worth nothing.
    pub async fn keep(&self) -> Result<(), CliError> {
        if self.session.data().await == self.stored.session {
            return Ok(());
        }
        write(&self.session, self.stored.directory.clone()).await
    }
}

/// The did:plc directory of the account that is logged in, if one is.
pub(super) fn directory() -> Result<Option<Url>, CliError> {
    Ok(read()?.and_then(|stored| stored.directory))
}

/// Makes this the session of the commands to come.
pub(super) async fn store(session: &Session, directory: Url) -> Result<(), CliError> {
    write(session, Some(directory)).await
}

fn read() -> Result<Option<SessionFile>, CliError> {
    let path = file()?;
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CliError::File { path, action: "read", source }),
    };
    let file = serde_json::from_slice(&bytes);
    file.map_err(|why| CliError::File { path, action: "understood", source: why.into() })
}

async fn write(session: &Session, directory: Option<Url>) -> Result<(), CliError> {
    let path = file()?;
    let pds = session.client().base().clone();
    let file = SessionFile { pds, directory, session: session.data().await };
    let bytes = serde_json::to_vec_pretty(&file).map_err(CliError::answer)?;
    let failed = |source| CliError::File { path: path.clone(), action: "written", source };
    path.parent().map_or(Ok(()), make_private_folder).map_err(failed)?;
    write_private(&path, &bytes).map_err(failed)
}

fn file() -> Result<PathBuf, CliError> {
    Ok(folder()?.join("session.json"))
}

/// `$XDG_CONFIG_HOME/hypercerts`, by default below `~/.config`.
pub(super) fn folder() -> Result<PathBuf, CliError> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let config = folder("XDG_CONFIG_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".config")))
        .ok_or_else(|| {
            CliError::usage("neither HOME nor XDG_CONFIG_HOME says where to keep the session")
        })?;
    Ok(config.join("hypercerts"))
}
