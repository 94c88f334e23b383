//! From a verified record to one that is ready to be stored: validated, its links and its facts found.

use hypercerts_lexicon::{Datetime, Validity, Value};
use hypercerts_records::{catalogue, links};
use hypercerts_repo::{RepoPath, VerifiedRecord};
use hypercerts_schemas::Schemas;

use crate::query::facts;
use crate::store::records::{Prepared, Target};
use crate::today::today;

/// The most links of one record that are stored.
const LINKS: usize = 5_000;

/// Which collections are kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    prefixes: Vec<String>,
}

impl Kept {
    pub(super) fn new(prefixes: Vec<String>) -> Self {
        Self { prefixes }
    }

    /// Whether records at a path are kept.
    pub(super) fn keeps(&self, path: &RepoPath) -> bool {
        let (collection, _) = path.parts();
        self.prefixes.iter().any(|prefix| collection.starts_with(prefix.as_str()))
            || catalogue().contains(&path.collection())
    }
}

/// Looks at a record. If no schema is known for it, one is looked for in the background.
///
/// # Errors
/// The reason why its bytes are no data: an account can sign anything.
pub(super) fn prepare(record: &VerifiedRecord, schemas: &Schemas) -> Result<Prepared, String> {
    let value = record.value().map_err(|error| error.to_string())?;
    let (collection, rkey) = (record.path().collection(), record.path().rkey());
    let today = today(&collection, &value);
    let snapshot = schemas.snapshot();
    let validity = today.validity(snapshot.catalogue(), &collection, &rkey);
    if validity == Validity::UnknownType {
        schemas.ask(&collection);
    }
    Ok(Prepared {
        validity: validity.into(),
        judged_by: snapshot.fingerprint(&collection),
        created_at: created_at(&value),
        links: targets(&value),
        facts: facts(&today),
        kind: today.kind,
        path: record.path().clone(),
        cid: record.cid(),
        value: record.bytes().to_vec(),
    })
}

fn created_at(value: &Value) -> Option<i64> {
    let text = value.get("createdAt")?.as_str()?;
    Some(Datetime::parse(text).ok()?.unix_micros())
}

/// Where a record points.
pub(crate) fn targets(value: &Value) -> Vec<Target> {
    let links = links(value).into_iter().take(LINKS);
    links.map(|link| Target { path: link.path, uri: link.uri, cid: link.cid }).collect()
}
