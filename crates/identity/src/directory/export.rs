//! The export of all operations, as lines of JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::DirectoryError;
use super::store::After;
use crate::plc::{LogEntry, millis};

/// The most operations one answer holds.
const MAX_COUNT: u32 = 1_000;

/// The parameters as they come.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ExportQuery {
    count: Option<String>,
    after: Option<String>,
}

impl ExportQuery {
    pub fn count(&self) -> Result<u32, DirectoryError> {
        match self.count.as_deref().unwrap_or("1000").parse() {
            Ok(count) if count >= 1 => Ok(MAX_COUNT.min(count)),
            _ => Err(DirectoryError::BadRequest(
                "count has to be a number from 1 to 1000".to_owned(),
            )),
        }
    }

    /// A number goes on after a sequence number, anything else after a time.
    pub fn after(&self) -> Result<After, DirectoryError> {
        let Some(text) = self.after.as_deref() else { return Ok(After::Time(Timestamp::MIN)) };
        if let Ok(seq) = text.parse() {
            return Ok(After::Sequence(seq));
        }
        text.parse().map(After::Time).map_err(|_| {
            DirectoryError::BadRequest(
                "after has to be a sequence number or a time such as 2026-11-20T12:00:00.000Z"
                    .to_owned(),
            )
        })
    }
}

/// A line of the export by sequence. It says nothing about nullification: that can change, the line cannot.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sequenced<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    seq: i64,
    did: &'a str,
    operation: &'a crate::plc::SignedOperation,
    cid: String,
    created_at: String,
}

/// The lines, in the form the parameters ask for.
pub(super) fn lines(after: After, found: &[(i64, LogEntry)]) -> Result<String, DirectoryError> {
    let line = |(seq, entry): &(i64, LogEntry)| match after {
        After::Time(_) => serde_json::to_string(entry),
        After::Sequence(_) => serde_json::to_string(&Sequenced::new(*seq, entry)),
    };
    let lines: Result<Vec<String>, _> = found.iter().map(line).collect();
    lines.map(|lines| lines.join("\n")).map_err(|error| DirectoryError::Unusable(error.to_string()))
}

impl<'a> Sequenced<'a> {
    fn new(seq: i64, entry: &'a LogEntry) -> Self {
        Self {
            kind: "sequenced_op",
            seq,
            did: entry.did.as_str(),
            operation: &entry.operation,
            cid: entry.cid.to_string(),
            created_at: millis::text(entry.created_at),
        }
    }
}
