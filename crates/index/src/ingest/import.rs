//! Taking in a repository from a CAR file.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hypercerts_lexicon::{Did, Tid};
use hypercerts_repo::Commit;
use hypercerts_repo::car::{CarLimits, CarReader};
use tokio::sync::oneshot;

use super::ImportReport;
use super::fetch::{Claim, Fetcher};
use super::input::{Inbox, Input};
use crate::error::IndexError;

/// Finds out whose repository a file holds, and takes it in.
pub(super) async fn import_car(
    fetcher: &Arc<Fetcher>,
    inbox: &Inbox,
    path: &Path,
) -> Result<ImportReport, IndexError> {
    let file = path.to_owned();
    let peeked = tokio::task::spawn_blocking(move || peek(&file)).await;
    let (did, rev) = peeked.map_err(|_| IndexError::Stopped)??;
    let found = fetcher.look_up(&did).await;
    let found = found.map_err(|reason| IndexError::Identity { did: did.clone(), reason })?;
    let key = found.identity.key.clone();
    let (reply, answer) = oneshot::channel();
    let (ready, welcome) = oneshot::channel();
    let identity = Box::new(found);
    let brought = Input::Brought { did: did.clone(), identity, rev, reply, ready };
    inbox.send(brought).await.map_err(|_| IndexError::Stopped)?;
    if welcome.await.map_err(|_| IndexError::Stopped)? {
        let claim = Claim { did: did.clone(), key, origin: name_of(path) };
        let result = fetcher.clone().take_in(File::open(path)?, claim).await;
        inbox.send(Input::TakenIn { did, result }).await.map_err(|_| IndexError::Stopped)?;
    }
    answer.await.map_err(|_| IndexError::Stopped)?
}

/// What the commit of a CAR says of itself: nothing of it is believed yet.
fn peek(path: &PathBuf) -> Result<(Did, Tid), IndexError> {
    let unfit = |reason: String| IndexError::NotARepository { reason };
    let mut car = CarReader::new(BufReader::new(File::open(path)?), CarLimits::default())
        .map_err(|error| unfit(error.to_string()))?;
    let root = car.root().map_err(|error| unfit(error.to_string()))?;
    let commit = car.find_map(|block| match block {
        Ok((cid, bytes)) if cid == root => Some(Ok(bytes)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    let commit =
        commit.ok_or_else(|| unfit(String::from("it does not hold the commit it names")))?;
    let commit = Commit::decode(&commit.map_err(|error| unfit(error.to_string()))?);
    let commit = commit.map_err(|error| unfit(error.to_string()))?;
    Ok((commit.did().clone(), commit.rev()))
}

/// The file's name, without the directories that are nobody else's business.
fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| String::from("file"), |name| name.to_string_lossy().into_owned())
}
