//! Accounts to load a server with, and the claim they write.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use hypercerts_lexicon::Handle;
use hypercerts_records::nsid;
use hypercerts_xrpc::client::{NewAccount, Session, XrpcClient};
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::{Value, json};

use crate::Outcome;

/// The largest repository that is read back, in bytes.
const REPO_BUDGET: u64 = 1 << 30;

pub const PASSWORD: &str = "correct horse battery";

/// Enough distinct text for a claim of about a kilobyte.
const STORY: &str = "Planted on every spring tide, counted each quarter on fixed plots, replanted where the tide took it. ";

/// Signs up `count` accounts named after `prefix`.
pub async fn sign_up(client: &XrpcClient, prefix: &str, count: usize) -> Outcome<Vec<Session>> {
    stream::iter(0..count)
        .map(|number| async move {
            let handle = Handle::parse(&format!("{prefix}{number}.test"))?;
            let email = format!("{prefix}{number}@people.example");
            let new = NewAccount {
                handle: &handle,
                password: PASSWORD,
                email: Some(&email),
                invite_code: None,
            };
            Ok(Session::create_account(client.clone(), &new).await?)
        })
        .buffered(8)
        .try_collect()
        .await
}

/// A claim of about one kilobyte.
pub fn claim(number: usize) -> Value {
    json!({
        "$type": nsid::ACTIVITY,
        "title": format!("Coastal mangrove restoration, plot {number}"),
        "shortDescription": "Two hectares of tidal flat replanted with four species.",
        "description": {
            "$type": "org.hypercerts.defs#descriptionString",
            "value": STORY.repeat(7),
        },
        "workScope": { "$type": "org.hypercerts.claim.activity#workScopeString", "scope": "mangrove-restoration" },
        "startDate": "2025-01-01T00:00:00Z",
        "endDate": "2025-12-31T23:59:59Z",
        "createdAt": "2026-01-08T07:00:00.000Z",
    })
}

/// Writes one claim; says how long the acknowledgement took.
pub async fn create(session: &Session, number: usize) -> Outcome<Duration> {
    let begun = Instant::now();
    let input = json!({
        "repo": session.did(), "collection": nsid::ACTIVITY, "record": claim(number),
    });
    let _: Value = session.procedure(repo::CREATE_RECORD, &input).await?;
    Ok(begun.elapsed())
}

/// Fills a repository with `count` claims, a hundred a commit.
pub async fn fill(session: &Session, count: usize) -> Outcome<()> {
    const BATCH: usize = 100;
    for first in (0..count).step_by(BATCH) {
        let writes: Vec<Value> = (first..count.min(first + BATCH))
            .map(|number| {
                json!({
                    "$type": "com.atproto.repo.applyWrites#create",
                    "collection": nsid::ACTIVITY,
                    "rkey": format!("claim-{number:06}"),
                    "value": claim(number),
                })
            })
            .collect();
        let input = json!({ "repo": session.did(), "writes": writes });
        let _: Value = session.procedure(repo::APPLY_WRITES, &input).await?;
    }
    Ok(())
}

/// Reads a whole repository and hands over its bytes as they come.
pub async fn read_repo(
    client: &XrpcClient,
    session: &Session,
    mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> Outcome<()> {
    let params = [("did", session.did().as_str())];
    let mut body = client.query_stream(sync::GET_REPO, &params, REPO_BUDGET).await?;
    while let Some(chunk) = body.chunk().await? {
        take(&chunk)?;
    }
    Ok(())
}
