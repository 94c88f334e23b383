//! All schemas of one moment, compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use hypercerts_lexicon::{Catalogue, Nsid, RecordKey, Value};
use hypercerts_records::{DOCUMENT_CLAIM, Judgement, LEXICONS, catalogue, judge, judge_new};
use sha2::{Digest, Sha256};

use crate::document::Document;

/// Says by which schemas a collection is judged: those built in, and of the others all that its own leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// For keeping it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// All schemas known at one moment. Never changes.
pub struct Snapshot {
    generation: u64,
    catalogue: Catalogue,
    /// Those that are not built in.
    added: BTreeMap<Nsid, Arc<Document>>,
    fingerprints: BTreeMap<Nsid, Fingerprint>,
}

static BUILT_IN: LazyLock<Arc<Snapshot>> =
    LazyLock::new(|| Arc::new(Snapshot::with(0, BTreeMap::new())));

/// Covers everything that is compiled in and takes part in a verdict.
static BUILT_IN_FINGERPRINT: LazyLock<Fingerprint> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    for (file, text) in LEXICONS.iter().chain([&DOCUMENT_CLAIM]) {
        hash.update(file);
        hash.update(Sha256::digest(text));
    }
    Fingerprint(hash.finalize().into())
});

/// Whether a name is taken by a lexicon built in, of today's edition or an earlier one.
pub(crate) fn is_built_in(nsid: &Nsid) -> bool {
    catalogue().contains(nsid) || hypercerts_records::nsid::EARLIER.contains(&nsid.as_str())
}

impl Snapshot {
    /// Only what is built in.
    pub(crate) fn built_in() -> Arc<Self> {
        BUILT_IN.clone()
    }

    /// What is built in and these, each under its own NSID. What is built in stays as it is.
    pub(crate) fn with(generation: u64, mut added: BTreeMap<Nsid, Arc<Document>>) -> Self {
        let mut catalogue = Catalogue::new();
        for (file, text) in LEXICONS {
            if let Err(error) = catalogue.add_json(text) {
                unreachable!(
                    "invariant: lexicons/{file} is a schema, which a test checks: {error}"
                );
            }
        }
        added.retain(|nsid, document| {
            !is_built_in(nsid) && catalogue.add_json(document.text()).is_ok()
        });
        let fingerprints = added.keys().map(|nsid| (nsid.clone(), fingerprint(nsid, &added)));
        let fingerprints = fingerprints.collect();
        Self { generation, catalogue, added, fingerprints }
    }

    /// Rises with every change.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The compiled schemas.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Whether a schema is known under this name.
    #[must_use]
    pub fn contains(&self, nsid: &Nsid) -> bool {
        self.catalogue.contains(nsid) || is_built_in(nsid)
    }

    /// The lexicon of this name as JSON, if it is known in today's edition.
    #[must_use]
    pub fn text(&self, nsid: &Nsid) -> Option<&str> {
        if let Some(document) = self.added.get(nsid) {
            return Some(document.text());
        }
        let file = format!("{}.json", nsid.as_str().replace('.', "/"));
        LEXICONS.iter().find(|(name, _)| *name == file).map(|(_, text)| *text)
    }

    /// Checks a record by the rules of the edition it is written in.
    #[must_use]
    pub fn judge(&self, collection: &Nsid, rkey: &RecordKey, value: &Value) -> Judgement {
        judge(&self.catalogue, collection, rkey, value)
    }

    /// Checks a record that is about to be written, which earlier editions no longer are.
    #[must_use]
    pub fn judge_new(&self, collection: &Nsid, rkey: &RecordKey, value: &Value) -> Judgement {
        judge_new(&self.catalogue, collection, rkey, value)
    }

    /// By what records of this collection are judged.
    #[must_use]
    pub fn fingerprint(&self, collection: &Nsid) -> Fingerprint {
        self.fingerprints.get(collection).copied().unwrap_or(*BUILT_IN_FINGERPRINT)
    }

    /// What the added lexicons refer to and nothing defines.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (&Nsid, &Nsid)> {
        self.added.iter().flat_map(|(nsid, document)| {
            let unknown =
                document.refers_to().iter().filter(|other| !self.catalogue.contains(other));
            unknown.map(move |other| (nsid, other))
        })
    }
}

/// Of a lexicon with all added ones that it leads to.
fn fingerprint(root: &Nsid, added: &BTreeMap<Nsid, Arc<Document>>) -> Fingerprint {
    let mut reached = BTreeSet::from([root]);
    let mut waiting = vec![root];
    while let Some(document) = waiting.pop().and_then(|nsid| added.get(nsid)) {
        waiting.extend(
            document
                .refers_to()
                .iter()
                .filter(|other| added.contains_key(*other) && reached.insert(*other)),
        );
    }
    let mut hash = Sha256::new();
    hash.update(BUILT_IN_FINGERPRINT.as_bytes());
    for document in reached.into_iter().filter_map(|nsid| added.get(nsid)) {
        hash.update(document.hash());
    }
    Fingerprint(hash.finalize().into())
}
