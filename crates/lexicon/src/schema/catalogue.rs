//! All the documents that are known, ready to validate with.

use std::collections::HashMap;

use super::compile::{Compiler, full_name};
use super::document::Document;
use super::error::SchemaError;
use super::shape::{Definition, Method, Place, Shape};
use super::validate::Validator;
use super::violation::Validity;
use crate::data::value::Value;
use crate::syntax::nsid::Nsid;
use crate::syntax::record_key::RecordKey;

/// Compiled Lexicon documents.
///
/// Documents may come in any order and refer to one another in circles. A reference to a document
/// that was never added is a violation when data reaches it; [`unresolved`](Self::unresolved) lists
/// such references beforehand.
#[derive(Default)]
pub struct Catalogue {
    names: Names,
    /// By place; `None` where a name was mentioned and its document not added.
    definitions: Vec<Option<Definition>>,
    /// The place of each document's `main`, if it has one.
    documents: HashMap<Nsid, Option<Place>>,
}

/// Which place each definition's full name has.
#[derive(Default)]
pub(super) struct Names {
    places: HashMap<Box<str>, Place>,
}

impl Names {
    /// The place of a name, a new one at its first mention.
    pub(super) fn place(&mut self, name: &str) -> Place {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = Place(self.places.len());
        self.places.insert(name.into(), place);
        place
    }
}

impl Catalogue {
    /// A catalogue without documents.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks a Lexicon document and adds it. On an error nothing was added.
    pub fn add_json(&mut self, json: &str) -> Result<Nsid, SchemaError> {
        let Document { id, definitions } = Document::parse(json)?;
        if self.documents.contains_key(&id) {
            return Err(SchemaError::Duplicate(id));
        }
        let mentioned_before = self.names.places.len();
        let mut compiler = Compiler::new(&id, &mut self.names);
        let compiled: Result<Vec<(String, Definition)>, SchemaError> = definitions
            .into_iter()
            .map(|(name, written)| compiler.definition(&name, written).map(|done| (name, done)))
            .collect();
        if compiled.is_err() {
            self.names.places.retain(|_, place| place.0 < mentioned_before);
        }
        for (name, definition) in compiled? {
            let place = self.names.place(&full_name(&id, &name));
            self.put(place, definition);
        }
        let main = self.names.places.get(id.as_str()).copied();
        self.documents.insert(id.clone(), main);
        Ok(id)
    }

    /// Whether a document for this NSID was added.
    pub fn contains(&self, nsid: &Nsid) -> bool {
        self.documents.contains_key(nsid)
    }

    /// The record types, in no particular order.
    pub fn record_types(&self) -> impl Iterator<Item = &Nsid> {
        self.documents.iter().filter_map(|(nsid, place)| {
            matches!(self.main(*place), Some(Definition::Record(_))).then_some(nsid)
        })
    }

    /// Full names (`nsid` or `nsid#name`) that documents refer to and that nothing defines.
    pub fn unresolved(&self) -> impl Iterator<Item = &str> {
        let defined = |place: &Place| self.definition(*place).is_some();
        self.names.places.iter().filter(move |(_, place)| !defined(place)).map(|(name, _)| &**name)
    }

    /// Checks a record that is, or is to be, stored in `collection` under `rkey`: its key, its
    /// `$type` and every rule of its schema.
    pub fn validate_record(&self, collection: &Nsid, rkey: &RecordKey, record: &Value) -> Validity {
        let Some(place) = self.documents.get(collection) else { return Validity::UnknownType };
        let mut validator = Validator::new(self);
        match self.main(*place) {
            Some(Definition::Record(rules)) => validator.record(rules, collection, rkey, record),
            _ => validator.not_a_record(collection),
        }
        validator.verdict()
    }

    /// Checks the parameters of a query, procedure or subscription, given as an object whose values
    /// have the types the schema names (a repeated parameter is a list).
    pub fn validate_query_params(&self, nsid: &Nsid, parameters: &Value) -> Validity {
        let Some(method) = self.method(nsid) else { return Validity::UnknownType };
        let mut validator = Validator::new(self);
        validator.whole(&method.parameters, parameters);
        validator.verdict()
    }

    /// Checks what a procedure is given.
    pub fn validate_input(&self, nsid: &Nsid, input: &Value) -> Validity {
        self.validate_body(nsid, input, |method| method.input.as_ref())
    }

    /// Checks what a query or procedure answers.
    pub fn validate_output(&self, nsid: &Nsid, output: &Value) -> Validity {
        self.validate_body(nsid, output, |method| method.output.as_ref())
    }

    /// Checks a message of a subscription. Its `$type` is the full name of a member of the union.
    pub fn validate_message(&self, nsid: &Nsid, message: &Value) -> Validity {
        self.validate_body(nsid, message, |method| method.message.as_ref())
    }

    /// A body for which the schema asks nothing is valid.
    fn validate_body(
        &self,
        nsid: &Nsid,
        body: &Value,
        part: impl Fn(&Method) -> Option<&Shape>,
    ) -> Validity {
        let Some(method) = self.method(nsid) else { return Validity::UnknownType };
        let mut validator = Validator::new(self);
        if let Some(shape) = part(method) {
            validator.whole(shape, body);
        }
        validator.verdict()
    }

    fn method(&self, nsid: &Nsid) -> Option<&Method> {
        match self.main(*self.documents.get(nsid)?)? {
            Definition::Method(method) => Some(method),
            _ => None,
        }
    }

    fn main(&self, place: Option<Place>) -> Option<&Definition> {
        self.definition(place?)
    }

    pub(super) fn definition(&self, place: Place) -> Option<&Definition> {
        self.definitions.get(place.0)?.as_ref()
    }

    /// The full name of what stands, or should stand, in a place. For messages: it searches.
    pub(super) fn name(&self, place: Place) -> &str {
        let mut names = self.names.places.iter();
        names.find(|(_, other)| **other == place).map(|(name, _)| &**name).unwrap_or_default()
    }

    fn put(&mut self, place: Place, definition: Definition) {
        if self.definitions.len() <= place.0 {
            self.definitions.resize_with(place.0 + 1, || None);
        }
        self.definitions[place.0] = Some(definition);
    }
}
