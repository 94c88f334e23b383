//! What the operator takes out of the world: an account, a record, or a file.
//!
//! An account that is taken down is told to followers as such, everything that was begun with it
//! ends, and its owner can log in only to leave ([`crate::permission::Need`]). A record or a file is
//! no longer handed out by name. The repository stays as its owner signed it, with the record in
//! it: nobody but them can sign another one.

use std::fmt;
use std::sync::Arc;

use hypercerts_lexicon::Cid;
use hypercerts_repo::RepoPath;
use rusqlite::Connection;

use crate::account::{session, status};
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::accounts::{self, Account};
use crate::store::{WriteTx, blobs, records, takedowns};

/// Bytes written, roughly.
const WEIGHT: usize = 4096;

/// What is taken down.
#[derive(Clone, Debug)]
pub struct Subject {
    pub account: Arc<Account>,
    pub part: Part,
}

/// How much of an account.
#[derive(Clone, Debug)]
pub enum Part {
    Whole,
    /// Whatever stands at the path, now or later.
    Record(RepoPath),
    Blob(Cid),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the account"),
            Self::Record(path) => write!(f, "the record {path}"),
            Self::Blob(cid) => write!(f, "the file {cid}"),
        }
    }
}

/// How a subject stands.
pub struct Standing {
    /// The operator's word for why it is taken down, if it is.
    pub takedown: Option<String>,
    /// Of a whole account, whether its owner has deactivated it.
    pub deactivated: Option<bool>,
    /// The present version of a record.
    pub cid: Option<Cid>,
}

/// How a subject stands; `None` if there is nothing of the kind. A file may be gone and still be
/// taken down.
pub async fn standing(server: &Server, subject: &Subject) -> Result<Option<Standing>, Error> {
    let (id, part) = (subject.account.id, subject.part.clone());
    let read = move |connection: &Connection| {
        let (takedown, deactivated, cid, here) = match &part {
            Part::Whole => {
                let Some(details) = accounts::details(connection, id)? else { return Ok(None) };
                (details.takedown, Some(details.deactivated_at.is_some()), None, true)
            }
            Part::Record(path) => {
                let cid = records::current_cid(connection, id, path)?;
                (takedowns::of_record(connection, id, path)?, None, cid, cid.is_some())
            }
            Part::Blob(cid) => {
                let takedown = takedowns::of_blob(connection, id, cid)?;
                let here = takedown.is_some() || blobs::get(connection, id, cid)?.is_some();
                (takedown, None, None, here)
            }
        };
        Ok(here.then_some(Standing { takedown, deactivated, cid }))
    };
    server.store.readers.read(read).await
}

/// Takes a subject down, or says another word for why it is.
pub async fn apply(server: &Server, subject: &Subject, reference: String) -> Result<(), Error> {
    let subject = subject.clone();
    let (did, part) = (subject.account.did.clone(), subject.part.to_string());
    let apply = move |tx: &mut WriteTx<'_>| {
        let (id, reference) = (subject.account.id, Some(reference.as_str()));
        match &subject.part {
            Part::Whole => {
                let before = status::present(tx, id)?;
                takedowns::set_account(tx.connection, id, reference)?;
                session::end_everything(tx, id)?;
                return status::settle(tx, &before);
            }
            Part::Record(path) => {
                let here = records::current_cid(tx.connection, id, path)?;
                here.ok_or_else(|| Refusal::RecordNotFound(path.to_string()))?;
                takedowns::set_record(tx.connection, id, path, reference)?;
            }
            Part::Blob(cid) => {
                let missing =
                    || Refusal::BlobNotFound { did: subject.account.did.clone(), cid: *cid };
                blobs::get(tx.connection, id, cid)?.ok_or_else(missing)?;
                takedowns::set_blob(tx.connection, id, cid, reference)?;
            }
        }
        Ok(())
    };
    server.store.writer.write(WEIGHT, apply).await?;
    server.accounts.forget(&did);
    tracing::info!(%did, part, "the operator took something down");
    Ok(())
}

/// Gives a subject back to the world; one that is not taken down stays as it is.
pub async fn lift(server: &Server, subject: &Subject) -> Result<(), Error> {
    let subject = subject.clone();
    let (did, part) = (subject.account.did.clone(), subject.part.to_string());
    let lift = move |tx: &mut WriteTx<'_>| {
        let id = subject.account.id;
        match &subject.part {
            Part::Whole => {
                let before = status::present(tx, id)?;
                takedowns::set_account(tx.connection, id, None)?;
                return status::settle(tx, &before);
            }
            Part::Record(path) => takedowns::set_record(tx.connection, id, path, None)?,
            Part::Blob(cid) => takedowns::set_blob(tx.connection, id, cid, None)?,
        }
        Ok(())
    };
    server.store.writer.write(WEIGHT, lift).await?;
    server.accounts.forget(&did);
    tracing::info!(%did, part, "the operator lifted a takedown");
    Ok(())
}
