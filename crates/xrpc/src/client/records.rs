//! The calls about single records, in their own types.

use hypercerts_lexicon::{AtUri, Cid, Nsid, RecordKey, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ClientError, Session, XrpcClient};
use crate::nsid::repo;

/// Where a record now stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub uri: AtUri,
    pub cid: Cid,
}

/// A record as a server tells it; nothing about it is verified.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RecordAnswer {
    pub uri: AtUri,
    pub cid: Option<Cid>,
    pub value: Value,
}

impl Session {
    /// Writes a new record into the account's repository, under a key the server chooses.
    pub async fn create_record(
        &self,
        collection: &Nsid,
        record: &impl Serialize,
    ) -> Result<Written, ClientError> {
        let input = json!({
            "repo": self.did(), "collection": collection, "record": as_json(record)?,
        });
        self.procedure(repo::CREATE_RECORD, &input).await
    }

    /// Writes a record under a key of one's own, replacing what was there.
    pub async fn put_record(
        &self,
        collection: &Nsid,
        rkey: &RecordKey,
        record: &impl Serialize,
    ) -> Result<Written, ClientError> {
        let input = json!({
            "repo": self.did(), "collection": collection, "rkey": rkey,
            "record": as_json(record)?,
        });
        self.procedure(repo::PUT_RECORD, &input).await
    }

    /// Takes a record out of the account's repository; not being there is no error.
    pub async fn delete_record(
        &self,
        collection: &Nsid,
        rkey: &RecordKey,
    ) -> Result<(), ClientError> {
        let input = json!({ "repo": self.did(), "collection": collection, "rkey": rkey });
        let _: serde_json::Value = self.procedure(repo::DELETE_RECORD, &input).await?;
        Ok(())
    }
}

impl XrpcClient {
    /// Reads a record as this server has it now.
    pub async fn get_record(&self, uri: &AtUri) -> Result<RecordAnswer, ClientError> {
        let incomplete = || ClientError::BadCall {
            method: repo::GET_RECORD.to_owned(),
            reason: format!("{uri} names no record"),
        };
        let params = [
            ("repo", uri.authority().to_string()),
            ("collection", uri.collection().ok_or_else(incomplete)?.to_string()),
            ("rkey", uri.rkey().ok_or_else(incomplete)?.to_string()),
        ];
        self.query(repo::GET_RECORD, &params).await
    }
}

fn as_json(record: &impl Serialize) -> Result<serde_json::Value, ClientError> {
    serde_json::to_value(record).map_err(|why| ClientError::BadCall {
        method: repo::CREATE_RECORD.to_owned(),
        reason: format!("the record cannot be written as JSON: {why}"),
    })
}
