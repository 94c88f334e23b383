//! From a verified record to one that is ready to be stored: validated, its links and its facts found.

use hypercerts_lexicon::{Datetime, Value};
use hypercerts_records::{catalogue, judge, links};
use hypercerts_repo::{RepoPath, VerifiedRecord};

use crate::query::facts;
use crate::store::records::{Checked, Prepared, Target};
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

/// Looks at a record.
///
/// # Errors
/// The reason why its bytes are no data: an account can sign anything.
pub(super) fn prepare(record: &VerifiedRecord) -> Result<Prepared, String> {
    let value = record.value().map_err(|error| error.to_string())?;
    let today = today(&record.path().collection(), &value);
    Ok(Prepared {
        validity: check(record.path(), &value),
        created_at: created_at(&value),
        links: targets(&value),
        facts: facts(&today),
        kind: today.kind,
        path: record.path().clone(),
        cid: record.cid(),
        value: record.bytes().to_vec(),
    })
}

fn check(path: &RepoPath, value: &Value) -> Checked {
    judge(catalogue(), &path.collection(), &path.rkey(), value).validity.into()
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
