//! Where the references of the records in a bundle lead.

use std::collections::BTreeMap;

use hypercerts_lexicon::{AtUri, Cid, Value};
use hypercerts_records::links;
use serde::Serialize;

/// References of one record that are told one by one.
const MAX_TOLD: usize = 1_000;

/// A reference from a record in the bundle to another record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// Where in the record, such as `subject`.
    pub path: String,
    pub uri: AtUri,
    #[serde(flatten)]
    pub target: Target,
}

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Target {
    /// To the version that is in the bundle, or to whatever version there is.
    Here,
    /// To another version than the one in the bundle: the record was edited after it was referred to.
    OtherVersion {
        /// The version meant.
        referenced: Cid,
        /// The version in the bundle.
        here: Cid,
    },
    /// To a record that is not in the bundle.
    NotHere,
}

/// The references in `record`, held against what is in the bundle.
pub(super) fn references(record: &Value, here: &BTreeMap<AtUri, Cid>) -> Vec<Reference> {
    let target = |uri: &AtUri, meant: Option<Cid>| match (here.get(uri), meant) {
        (None, _) => Target::NotHere,
        (Some(here), Some(referenced)) if *here != referenced => {
            Target::OtherVersion { referenced, here: *here }
        }
        _ => Target::Here,
    };
    let found = links(record).into_iter().take(MAX_TOLD);
    found
        .map(|link| Reference {
            target: target(&link.uri, link.cid),
            path: link.path,
            uri: link.uri,
        })
        .collect()
}

/// All in one sentence; `None` when there are no references.
pub(super) fn in_words(references: &[Reference]) -> Option<String> {
    if references.is_empty() {
        return None;
    }
    let parts: Vec<String> = references.iter().filter_map(Reference::in_words).collect();
    Some(match parts.is_empty() {
        true => "all records it refers to are here, in the version it meant".to_owned(),
        false => parts.join("; "),
    })
}

impl Reference {
    /// What is worth saying about it.
    fn in_words(&self) -> Option<String> {
        let Self { path, uri, target } = self;
        match target {
            Target::Here => None,
            Target::OtherVersion { referenced, here } => Some(format!(
                "{path} means an earlier version of {uri} ({referenced}); here is {here}"
            )),
            Target::NotHere => Some(format!("{path} leads to {uri}, which is not in the bundle")),
        }
    }
}
