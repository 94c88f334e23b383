//! From what a client sent to a record that can be written.
//!
//! Some rules always hold: the data model, a fitting `$type`, well-formed blob references, a
//! bounded size. Whether the record fits its lexicon is checked as the client asks (`validate`):
//! `true` demands a known lexicon, `false` leaves the check out, and by default a record of a known
//! lexicon must fit and one of an unknown lexicon is taken as it is. Lexicons that may be found on the
//! network are [looked up](learn) first: `true` waits for that, otherwise it goes on in the background.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use hypercerts_lexicon::{
    Blob, Cid, Map, Nsid, RecordKey, Validity, Value, Violation, blobs_in, drisl,
};
use hypercerts_schemas::Schemas;
use serde::Serialize;

use crate::error::Refusal;

/// Bytes of an encoded record.
const MAX_RECORD_BYTES: usize = 1_000_000;
/// Violations told in one answer.
const TOLD_VIOLATIONS: usize = 5;

/// How long a request waits for lexicons to be found on the network.
const LEARNING: Duration = Duration::from_secs(5);

/// Has the lexicons of records that are about to be checked looked up, as far as they are unknown.
pub async fn learn(
    schemas: &Schemas,
    collections: impl IntoIterator<Item = &Nsid>,
    validate: Option<bool>,
) {
    if validate == Some(false) {
        return;
    }
    let collections: BTreeSet<&Nsid> = collections.into_iter().collect();
    let asked: Vec<&Nsid> = collections.into_iter().filter(|nsid| schemas.ask(nsid)).collect();
    if validate == Some(true) {
        let all = join_all(asked.into_iter().map(|nsid| schemas.know(nsid)));
        // What is still unknown then is said when the record is checked.
        let _ = tokio::time::timeout(LEARNING, all).await;
    }
}

/// A record ready to be written.
#[derive(Clone, Debug)]
pub struct NewRecord {
    pub cid: Cid,
    /// DRISL.
    pub bytes: Bytes,
    /// The blobs it refers to, each once.
    pub blobs: Vec<Blob>,
    pub status: Option<ValidationStatus>,
}

/// What the answer says about the check against the lexicon, if there was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ValidationStatus {
    Valid,
    Unknown,
}

impl NewRecord {
    /// Checks and encodes `value`.
    pub fn prepare(
        schemas: &Schemas,
        collection: &Nsid,
        rkey: &RecordKey,
        value: Value,
        validate: Option<bool>,
    ) -> Result<Self, Refusal> {
        let Value::Map(mut fields) = value else {
            return Err(Refusal::invalid("A record is an object."));
        };
        set_type(&mut fields, collection)?;
        let value = Value::Map(fields);
        check_references(&value)?;
        let status = check_lexicon(schemas, collection, rkey, &value, validate)?;
        let bytes = Bytes::from(drisl::encode(&value));
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(Refusal::invalid(format!(
                "The record has {} bytes when encoded; at most {MAX_RECORD_BYTES} are allowed.",
                bytes.len()
            )));
        }
        Ok(Self { cid: Cid::of_drisl(&bytes), bytes, blobs: distinct_blobs(&value), status })
    }
}

impl NewRecord {
    /// `bytes` encode `value`; nothing is checked.
    pub fn unchecked(value: &Value, bytes: Bytes) -> Self {
        Self { cid: Cid::of_drisl(&bytes), bytes, blobs: distinct_blobs(value), status: None }
    }
}

/// Fills in a missing `$type`; one that names something else is a mistake.
fn set_type(fields: &mut Map, collection: &Nsid) -> Result<(), Refusal> {
    match fields.get("$type") {
        None => {
            fields.insert("$type", Value::from(collection.as_str()));
            Ok(())
        }
        Some(Value::Text(found)) if found == collection.as_str() => Ok(()),
        Some(found) => Err(Refusal::invalid(format!(
            "The record says its $type is {}, but its collection is {collection}; leave $type \
             out or make them equal.",
            found.as_str().map_or_else(|| "no text".to_owned(), |text| format!("\"{text}\""))
        ))),
    }
}

/// Refuses what looks like a blob reference and is none, and the form blobs had long ago, which
/// may be read but no longer written.
fn check_references(value: &Value) -> Result<(), Refusal> {
    match value {
        Value::List(items) => items.iter().try_for_each(check_references),
        Value::Map(fields) => {
            check_reference(value, fields)?;
            fields.iter().try_for_each(|(_, field)| check_references(field))
        }
        _ => Ok(()),
    }
}

fn check_reference(value: &Value, fields: &Map) -> Result<(), Refusal> {
    let text = |key| fields.get(key).and_then(Value::as_str);
    match fields.get("$type") {
        None if fields.len() == 2 && text("cid").is_some() && text("mimeType").is_some() => {
            Err(Refusal::invalid(
                "The record refers to a blob as {cid, mimeType}, a form that is no longer \
                 written; use the object that uploadBlob answered with.",
            ))
        }
        Some(Value::Text(kind)) if kind == "blob" && Blob::from_value(value).is_none() => {
            Err(Refusal::invalid(
                "The record holds an object of $type blob that is no blob reference; use the \
                 object that uploadBlob answered with, unchanged.",
            ))
        }
        None => Ok(()),
        Some(Value::Text(kind)) if !kind.is_empty() => Ok(()),
        Some(_) => Err(Refusal::invalid(
            "The record holds an object whose $type is empty or no text; name a type or leave \
             $type out.",
        )),
    }
}

fn check_lexicon(
    schemas: &Schemas,
    collection: &Nsid,
    rkey: &RecordKey,
    value: &Value,
    validate: Option<bool>,
) -> Result<Option<ValidationStatus>, Refusal> {
    if validate == Some(false) {
        return Ok(None);
    }
    match schemas.snapshot().judge_new(collection, rkey, value).validity {
        Validity::Valid => Ok(Some(ValidationStatus::Valid)),
        Validity::UnknownType if validate == Some(true) => Err(unknown(schemas, collection)),
        Validity::UnknownType => Ok(Some(ValidationStatus::Unknown)),
        Validity::Invalid(violations) => {
            Err(Refusal::InvalidRequest(told(collection, &violations)))
        }
    }
}

fn unknown(schemas: &Schemas, collection: &Nsid) -> Refusal {
    let tried = schemas.failure(collection).map(|why| format!(" ({why})")).unwrap_or_default();
    Refusal::invalid(format!(
        "Unknown lexicon type {collection}: this server cannot check it{tried}. Leave validate out \
         to write it unchecked."
    ))
}

fn told(collection: &Nsid, violations: &[Violation]) -> String {
    let mut text = format!("Invalid {collection} record:");
    for violation in violations.iter().take(TOLD_VIOLATIONS) {
        text.push(' ');
        text.push_str(&violation.to_string());
    }
    if violations.len() > TOLD_VIOLATIONS {
        text.push_str(&format!(" ({} more.)", violations.len() - TOLD_VIOLATIONS));
    }
    text
}

fn distinct_blobs(value: &Value) -> Vec<Blob> {
    let mut blobs: Vec<Blob> = Vec::new();
    for blob in blobs_in(value) {
        if !blobs.contains(&blob) {
            blobs.push(blob);
        }
    }
    blobs
}
