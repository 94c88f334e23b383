//! What a type's editions before today's are, and the steps that lead from them to today's.

use hypercerts_lexicon::{Map, Nsid, Value};

use super::mend::Mend;
use super::{Edition, certified, claim, collection, context};

/// The editions of one record type before today's.
pub(super) struct Lineage {
    /// The collection that holds such records today.
    pub today: &'static str,
    /// From the oldest on.
    pub eras: &'static [Era],
}

/// One edition of a type: what gives it away, and the way to today's.
pub(super) struct Era {
    pub edition: Edition,
    /// A sentence for people.
    pub words: &'static str,
    collections: &'static [&'static str],
    steps: &'static [Step],
    fill: &'static [(&'static str, &'static str)],
}

impl Era {
    pub const fn earlier(name: &'static str, words: &'static str) -> Self {
        Self { edition: Edition::Earlier(name), words, collections: &[], steps: &[], fill: &[] }
    }

    pub const fn document() -> Self {
        let words = "Written in the edition of the activity claim's documentation: a description as plain text, \
                     a work scope kept in records of its own.";
        Self { edition: Edition::Document, words, collections: &[], steps: &[], fill: &[] }
    }

    /// Collections whose records are all of this edition, unless they show signs of an older one.
    pub const fn kept_in(self, collections: &'static [&'static str]) -> Self {
        Self { collections, ..self }
    }

    /// Each step is at once a sign of the edition and what brings the sign up to date.
    pub const fn told_by(self, steps: &'static [Step]) -> Self {
        Self { steps, ..self }
    }

    /// Fields that today's schema requires and that records in these collections could leave out, with the
    /// text they get.
    pub const fn without(self, fill: &'static [(&'static str, &'static str)]) -> Self {
        Self { fill, ..self }
    }

    fn keeps(&self, collection: &Nsid) -> bool {
        self.collections.contains(&collection.as_str())
    }
}

/// One difference from today's form. All steps of a lineage are taken, whatever the edition, so a record that
/// mixes editions is read too.
pub(super) enum Step {
    /// A field that is called otherwise today.
    Rename(&'static str, &'static str),
    /// A field with one value where today's has a list.
    List(&'static str, &'static str),
    /// A field whose value looks different today.
    Field(&'static str, Mend),
    /// A list whose items look different today.
    Items(&'static str, Mend),
    /// Something that today's schema has no place for. It stays.
    Sign(fn(&Map) -> bool),
    /// Fields that make up others today: whether they are there, and the change.
    Reshape(fn(&Map) -> bool, fn(&mut Map)),
}

/// Every lineage.
pub(super) static ALL: &[&Lineage] = &[
    &claim::CLAIM,
    &claim::CONTRIBUTION,
    &claim::CONTRIBUTOR_INFORMATION,
    &claim::RIGHTS,
    &claim::WORK_SCOPE_EXPR,
    &claim::OPS,
    &claim::WORKSCOPE_TAG,
    &context::EVALUATION,
    &context::MEASUREMENT,
    &context::ATTACHMENT,
    &context::ACKNOWLEDGEMENT,
    &context::RECEIPT,
    &collection::COLLECTION,
    &certified::LOCATION,
    &certified::PROFILE,
    &certified::BADGE_AWARD,
    &certified::BADGE_DEFINITION,
];

/// Every edition of every type but today's.
pub(super) fn eras() -> impl Iterator<Item = &'static Era> {
    ALL.iter().flat_map(|lineage| lineage.eras)
}

impl Lineage {
    /// The oldest era that a record shows a sign of.
    pub fn oldest_sign(&self, collection: &Nsid, record: &Map) -> Option<&'static Era> {
        self.eras.iter().find(|era| {
            era.keeps(collection) || era.steps.iter().any(|step| step.is_needed(record))
        })
    }

    /// Brings a record up to date.
    pub fn modernise(&self, collection: &Nsid, record: &mut Map) {
        for step in self.eras.iter().flat_map(|era| era.steps) {
            step.take(record);
        }
        let home = self.eras.iter().filter(|era| era.keeps(collection));
        for (field, text) in home.flat_map(|era| era.fill) {
            if !record.contains_key(field) {
                record.insert(*field, *text);
            }
        }
        if record.get("$type").and_then(Value::as_str) == Some(collection.as_str()) {
            record.insert("$type", self.today);
        }
    }
}

impl Step {
    fn is_needed(&self, record: &Map) -> bool {
        match self {
            Self::Rename(from, to) => record.contains_key(from) && !record.contains_key(to),
            Self::List(from, to) => match record.get(from) {
                Some(Value::List(_)) => from != to,
                Some(_) => from == to || !record.contains_key(to),
                None => false,
            },
            Self::Field(name, mend) => record.get(name).is_some_and(|value| mend(value).is_some()),
            Self::Items(name, mend) => record
                .get(name)
                .and_then(Value::as_list)
                .is_some_and(|items| items.iter().any(|item| mend(item).is_some())),
            Self::Sign(found) | Self::Reshape(found, _) => found(record),
        }
    }

    fn take(&self, record: &mut Map) {
        if !self.is_needed(record) {
            return;
        }
        match self {
            Self::Rename(from, to) => rename(record, from, to),
            Self::List(from, to) => into_list(record, from, to),
            Self::Field(name, mend) => mend_in_place(record.get_mut(name), *mend),
            Self::Items(name, mend) => {
                if let Some(Value::List(items)) = record.get_mut(name) {
                    items.iter_mut().for_each(|item| mend_in_place(Some(item), *mend));
                }
            }
            Self::Sign(_) => {}
            Self::Reshape(_, change) => change(record),
        }
    }
}

/// Takes the steps that an object within a record needs; `None` if it needs none.
pub(super) fn mended_object(steps: &[Step], value: &Value) -> Option<Value> {
    let object = value.as_map()?;
    if !steps.iter().any(|step| step.is_needed(object)) {
        return None;
    }
    let mut mended = object.clone();
    steps.iter().for_each(|step| step.take(&mut mended));
    Some(mended.into())
}

fn rename(record: &mut Map, from: &str, to: &str) {
    if let Some(value) = record.remove(from) {
        record.insert(to, value);
    }
}

fn into_list(record: &mut Map, from: &str, to: &str) {
    match record.remove(from) {
        Some(list @ Value::List(_)) => record.insert(to, list),
        Some(one) => record.insert(to, vec![one]),
        None => None,
    };
}

fn mend_in_place(place: Option<&mut Value>, mend: Mend) {
    if let Some(value) = place
        && let Some(mended) = mend(value)
    {
        *value = mended;
    }
}
