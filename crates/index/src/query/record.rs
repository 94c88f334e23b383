//! One record with its links both ways.

use hypercerts_lexicon::AtUri;
use rusqlite::Connection;

use super::edges::{Beholder, inward, outward};
use super::findings::note;
use super::rows;
use crate::error::IndexError;
use crate::view::{RecordPicture, Related};

/// The record at `uri`, if it is held and visible.
pub(crate) fn record(db: &Connection, uri: &AtUri) -> Result<Option<RecordPicture>, IndexError> {
    let Some(found) = rows::by_uri(db, uri)? else { return Ok(None) };
    let mut beholder = Beholder::of(db, &found)?;
    let links = beholder.group(&outward(db, found.id)?)?;
    let backlinks = beholder.group(&inward(db, &found.view.uri)?)?;
    let author = beholder.actors.brief(&found.view.did)?;
    let mut picture = RecordPicture { record: found.view.clone(), author, links, backlinks };
    note(&mut picture.record);
    let tied = picture.links.items.iter_mut().chain(&mut picture.backlinks.items);
    tied.flat_map(Related::records_mut).for_each(note);
    Ok(Some(picture))
}
