//! The PDS: writes that are on disk before they are acknowledged, reads, and whole repositories.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use hypercerts_records::nsid;
use hypercerts_xrpc::client::{Session, XrpcClient};
use hypercerts_xrpc::nsid::repo;
use serde_json::Value;

use crate::Outcome;
use crate::accounts::{self, create, fill, sign_up};
use crate::process::Server;
use crate::report::Measurement;

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
    let params =
        [("repo", session.did().as_str()), ("collection", nsid::ACTIVITY), ("rkey", &rkey)];
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
    let measurement = Measurement::begin(name, server.usage());
    let answers = stream::iter(0..count).map(request).buffer_unordered(at_once);
    let each: Vec<Duration> = answers.try_collect().await?;
    measurement.end_with(count, "req", server.usage(), each);
    Ok(())
}

async fn whole(
    server: &Server,
    name: &str,
    records: usize,
    work: impl Future<Output = Outcome<()>>,
) -> Outcome<()> {
    let measurement = Measurement::begin(name, server.usage());
    work.await?;
    measurement.end(records, "rec", server.usage());
    Ok(())
}

async fn read_repo(server: &Server, client: &XrpcClient, session: &Session) -> Outcome<()> {
    let measurement = Measurement::begin("getRepo of that repository", server.usage());
    let mut bytes = 0;
    accounts::read_repo(client, session, |chunk| {
        bytes += chunk.len();
        Ok(())
    })
    .await?;
    measurement.end(bytes / 1_000_000, "MB", server.usage());
    Ok(())
}
