//! Writing in a group. Runs inside the writer, in the transaction that makes the commit.

use hypercerts_records::nsid::{ORGANIZATION, PROFILE};
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::nsid::group::BLUESKY_PROFILE;

use crate::error::Error;
use crate::group::act::Act;
use crate::group::acting::Acting;
use crate::group::role::Deed;
use crate::store::groups::authors;
use crate::store::{WriteTx, records};
use crate::writes::change::{Action, Change, ChangeSet, Committed};
use crate::writes::commit::commit;

/// What the group says of itself, each at the record key `self`.
const PROFILES: [&str; 3] = [PROFILE, ORGANIZATION, BLUESKY_PROFILE];

/// Makes changes that the member's role allows, and remembers who made them.
pub fn write(
    tx: &mut WriteTx<'_>,
    acting: &Acting,
    set: &ChangeSet,
) -> Result<Option<Committed>, Error> {
    let mut acts = Vec::with_capacity(set.changes.len());
    for Change { path, action, .. } in &set.changes {
        let is_new = records::current_cid(tx.connection, acting.id(), path)?.is_none();
        let act = Act::on(deed(tx, acting, path, action, is_new)?, path);
        acting.require(tx.connection, &act)?;
        acts.push((act, is_new.then_some(path)));
    }
    let Some(made) = commit(tx, acting.id(), set)? else { return Ok(None) };
    for (act, new) in acts {
        if let Some(path) = new {
            authors::insert(tx.connection, acting.id(), path, &acting.actor)?;
        }
        act.note(tx, acting.id(), &acting.actor)?;
    }
    Ok(Some(made))
}

/// What a change comes to. Records that nobody is known to have written are somebody else's.
fn deed(
    tx: &WriteTx<'_>,
    acting: &Acting,
    path: &RepoPath,
    action: &Action,
    is_new: bool,
) -> Result<Deed, Error> {
    let author = authors::get(tx.connection, acting.id(), path)?;
    let own = is_new || author.is_some_and(|author| author == acting.actor);
    Ok(match action {
        Action::Delete | Action::DeleteIfPresent if own && !is_profile(path) => {
            Deed::DeleteOwnRecord
        }
        Action::Delete | Action::DeleteIfPresent => Deed::DeleteAnyRecord,
        Action::Create(_) | Action::Update(_) | Action::Put(_) if is_profile(path) => {
            Deed::PutProfile
        }
        Action::Create(_) => Deed::CreateRecord,
        Action::Update(_) | Action::Put(_) if is_new => Deed::CreateRecord,
        Action::Update(_) | Action::Put(_) if own => Deed::PutOwnRecord,
        Action::Update(_) | Action::Put(_) => Deed::PutAnyRecord,
    })
}

fn is_profile(path: &RepoPath) -> bool {
    let (collection, rkey) = path.parts();
    rkey == "self" && PROFILES.contains(&collection)
}
