//! The PDS: writes that are on disk before they are acknowledged, reads, and whole repositories.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use hypercerts_xrpc::client::{Session, XrpcClient};
use hypercerts_xrpc::nsid::{repo, sync};
use serde_json::Value;

use crate::Outcome;
use crate::accounts::{create, fill, sign_up};
use crate::process::Server;
use crate::report::{Latencies, Line};

/// The largest repository that is read back, in bytes.
const REPO_BUDGET: u64 = 1 << 30;

pub async fn measure(binary: &Path, divide: usize) -> Outcome<()> {
    let server = Server::start(binary, "plc,pds", &[])?;
    let client = server.client("pds")?;
    let one = sign_up(&client, "single", 1).await?;
    let many = sign_up(&client, "many", 50).await?;

    requests(&server, "createRecord, 1 account, in sequence", 1, 3_000 / divide, |n| {
        create(&one[0], n)
    })
    .await?;
    requests(&server, "createRecord, 50 accounts, 16 at once", 16, 40_000 / divide, |n| {
        create(&many[n % many.len()], n)
    })
    .await?;

    let large = sign_up(&client, "large", 1).await?;
    let records = 50_000 / divide;
    whole(&server, "applyWrites, 100 a commit", records, fill(&large[0], records)).await?;
    requests(&server, "createRecord, 50,000 records in the repository", 1, 3_000 / divide, |n| {
        create(&large[0], n)
    })
    .await?;
    requests(&server, "createRecord, the same, 16 at once", 16, 10_000 / divide, |n| {
        create(&large[0], n)
    })
    .await?;
    requests(&server, "getRecord, 8 at once", 8, 20_000 / divide, |n| {
        get(&client, &large[0], n % records)
    })
    .await?;
    read_repo(&server, &client, &large[0]).await
}

async fn get(client: &XrpcClient, session: &Session, number: usize) -> Outcome<Duration> {
    let begun = Instant::now();
    let rkey = format!("claim-{number:06}");
    let params = [
        ("repo", session.did().as_str()),
        ("collection", "org.hypercerts.claim.activity"),
        ("rkey", &rkey),
    ];
    let _: Value = client.query(repo::GET_RECORD, &params).await?;
    Ok(begun.elapsed())
}

/// Makes `count` requests, `at_once` of them at any time, and prints a line.
async fn requests<F, R>(
    server: &Server,
    name: &str,
    at_once: usize,
    count: usize,
    request: F,
) -> Outcome<()>
where
    F: Fn(usize) -> R,
    R: Future<Output = Outcome<Duration>>,
{
    let before = server.usage();
    let begun = Instant::now();
    let each: Vec<Duration> =
        stream::iter(0..count).map(request).buffer_unordered(at_once).try_collect().await?;
    let elapsed = begun.elapsed();
    let line = Line {
        name,
        amount: count as f64,
        unit: "req",
        elapsed,
        latencies: Latencies::of(each),
        before,
        after: server.usage(),
    };
    line.print();
    Ok(())
}

async fn whole(
    server: &Server,
    name: &str,
    records: usize,
    work: impl Future<Output = Outcome<()>>,
) -> Outcome<()> {
    let before = server.usage();
    let begun = Instant::now();
    work.await?;
    let elapsed = begun.elapsed();
    let line = Line {
        name,
        amount: records as f64,
        unit: "rec",
        elapsed,
        latencies: Latencies::of(Vec::new()),
        before,
        after: server.usage(),
    };
    line.print();
    Ok(())
}

async fn read_repo(server: &Server, client: &XrpcClient, session: &Session) -> Outcome<()> {
    let before = server.usage();
    let begun = Instant::now();
    let bytes = repo_bytes(client, session).await?;
    let megabytes = bytes as f64 / 1e6;
    let name = format!("getRepo, {megabytes:.0} MB");
    let line = Line {
        name: &name,
        amount: megabytes,
        unit: "MB",
        elapsed: begun.elapsed(),
        latencies: Latencies::of(Vec::new()),
        before,
        after: server.usage(),
    };
    line.print();
    Ok(())
}

/// Reads a whole repository and counts its bytes.
async fn repo_bytes(client: &XrpcClient, session: &Session) -> Outcome<usize> {
    let params = [("did", session.did().as_str())];
    let mut body = client.query_stream(sync::GET_REPO, &params, REPO_BUDGET).await?;
    let mut bytes = 0;
    while let Some(chunk) = body.chunk().await? {
        bytes += chunk.len();
    }
    Ok(bytes)
}
