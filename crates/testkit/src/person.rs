//! Somebody with an account, and what such people do.

use hypercerts_lexicon::{Did, Handle, Nsid};
use hypercerts_records::nsid;
use hypercerts_xrpc::client::{ClientError, Session, Written};
use serde_json::{Value, json};

/// An account on the test network's PDS.
pub struct Person {
    handle: Handle,
    session: Session,
}

impl Person {
    pub(crate) fn new(handle: Handle, session: Session) -> Self {
        Self { handle, session }
    }

    pub fn did(&self) -> &Did {
        self.session.did()
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Makes a claim with this title.
    pub async fn claims(&self, title: &str) -> Written {
        self.writes(nsid::ACTIVITY, claim(title)).await.unwrap()
    }

    /// Evaluates a claim as it is now.
    pub async fn evaluates(&self, claim: &Written, summary: &str) -> Written {
        let evaluation = json!({
            "subject": { "uri": claim.uri, "cid": claim.cid },
            "evaluators": [{ "did": self.did() }],
            "summary": summary,
            "createdAt": "2026-01-23T15:00:00Z",
        });
        self.writes(nsid::EVALUATION, evaluation).await.unwrap()
    }

    /// Puts a new title on a claim of one's own.
    pub async fn retitles(&self, claim: &Written, title: &str) -> Written {
        let rkey = claim.uri.rkey().unwrap();
        let record = self::claim(title);
        self.session.put_record(&collection(nsid::ACTIVITY), &rkey, &record).await.unwrap()
    }

    /// Takes a record of one's own away.
    pub async fn deletes(&self, record: &Written) {
        let (collection, rkey) = (record.uri.collection().unwrap(), record.uri.rkey().unwrap());
        self.session.delete_record(&collection, &rkey).await.unwrap();
    }

    /// Writes any record.
    pub async fn writes(&self, nsid: &str, record: Value) -> Result<Written, ClientError> {
        self.session.create_record(&collection(nsid), &record).await
    }
}

/// A small, valid claim.
pub fn claim(title: &str) -> Value {
    json!({
        "$type": nsid::ACTIVITY,
        "title": title,
        "shortDescription": "Three hectares of storm damage replanted with oak and hornbeam.",
        "createdAt": "2026-01-08T07:00:00Z",
    })
}

fn collection(nsid: &str) -> Nsid {
    Nsid::parse(nsid).unwrap()
}
