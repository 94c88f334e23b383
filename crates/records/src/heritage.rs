//! What records of earlier editions say that today's schemas have no field for. Nothing of it is written any
//! more; it stays among a record's `extra` fields under its old name, and is read from there.

use hypercerts_lexicon::{AtUri, Uri, Value, json};
use serde::de::DeserializeOwned;

use crate::claim::{Claim, Contribution};
use crate::context::Attachment;
use crate::link::StrongRef;
use crate::object::{Extra, object};
use crate::work_scope::Cel;

/// One piece of the evidence that early claims list.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Evidence {
    /// An [`Attachment`] record.
    Record(StrongRef),
    Page(EvidencePage),
}

object! {
    /// Evidence at an address.
    EvidencePage {
        required { uri: Uri, }
        optional {
            title: String,
            description: String,
        }
        lists {}
    }
}

impl Claim {
    /// The evidence that an early claim lists. Today evidence is attached to a claim from outside.
    #[must_use]
    pub fn evidence(&self) -> Vec<Evidence> {
        items(&self.extra, "evidence").filter_map(read).collect()
    }

    /// The project that an early claim says it belongs to. Today projects name their claims.
    #[must_use]
    pub fn project(&self) -> Option<AtUri> {
        AtUri::parse(self.extra.get("project")?.as_str()?).ok()
    }
}

impl Attachment {
    /// How early evidence bears on its subject: `supports`, `challenges`, `clarifies`, or another word.
    #[must_use]
    pub fn relation(&self) -> Option<&str> {
        self.extra.get("relationType")?.as_str()
    }
}

impl Contribution {
    /// Whom an early contribution names: DIDs, names, pseudonyms.
    pub fn contributors(&self) -> impl Iterator<Item = &str> {
        items(&self.extra, "contributors").filter_map(Value::as_str)
    }
}

impl Cel {
    /// The keys of tags that an early expression lists beside it.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        items(&self.extra, "labels").filter_map(Value::as_str)
    }
}

fn items<'a>(extra: &'a Extra, name: &str) -> impl Iterator<Item = &'a Value> {
    extra.get(name).and_then(Value::as_list).unwrap_or_default().iter()
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(json::to_json(value)).ok()
}
