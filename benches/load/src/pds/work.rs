//! Records written and read, and what others read of whole repositories.

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use hypercerts_records::nsid;
use hypercerts_xrpc::client::{Session, Subscription, XrpcClient};
use hypercerts_xrpc::nsid::repo;

use super::weight::disk_use;
use super::{Amounts, Target};
use crate::Outcome;
use crate::accounts::{self, create, fill, sign_up};
use crate::report::{Figure, Measurement};

/// Bytes of an answer that are read.
const PAGE_BUDGET: u64 = 10_000_000;
/// Accounts that write together.
const WRITERS: usize = 50;

pub async fn writing(target: &Target, amounts: &Amounts) -> Outcome<Vec<Figure>> {
    let one = target.one("single").await?;
    let many = sign_up(&target.client, "many", WRITERS).await?;
    let alone =
        requests(target, "createRecord, 1 account, in sequence", 1, amounts.in_sequence, |n| {
            create(&one, n)
        })
        .await?;
    let before = disk_use(&target.data);
    let together =
        requests(target, "createRecord, 50 accounts, 16 at once", 16, amounts.creates, |n| {
            create(&many[n % many.len()], n)
        })
        .await?;
    let grown = disk_use(&target.data).saturating_sub(before);
    let each = Figure::amount(
        "disk for each of these records",
        grown as f64 / amounts.creates as f64,
        "B",
    );
    let replayed = replay(target, amounts).await?;
    Ok(vec![alone, together, each, replayed])
}

pub async fn reading(target: &Target, amounts: &Amounts) -> Outcome<Vec<Figure>> {
    let large = target.one("large").await?;
    let measurement = Measurement::begin("applyWrites, 100 a commit", target.usage());
    fill(&large, amounts.filled).await?;
    let filled = measurement.end(amounts.filled, "rec", target.usage());

    let name = "createRecord into that repository, in sequence";
    let into =
        requests(target, name, 1, amounts.in_sequence, |number| create(&large, number)).await?;
    let got = requests(target, "getRecord, 8 at once", 8, amounts.gets, |number| {
        get(&target.client, &large, number % amounts.filled)
    })
    .await?;
    let listed =
        requests(target, "listRecords, 100 a page, 4 at once", 4, amounts.lists, |number| {
            list(&target.client, &large, number * 100 % amounts.filled)
        })
        .await?;
    Ok(vec![filled, into, got, listed, read_repo(target, &large).await?])
}

/// Makes `count` requests, `at_once` of them at any time.
pub async fn requests<F, R>(
    target: &Target,
    name: &'static str,
    at_once: usize,
    count: usize,
    request: F,
) -> Outcome<Figure>
where
    F: Fn(usize) -> R,
    R: Future<Output = Outcome<Duration>>,
{
    let measurement = Measurement::begin(name, target.usage());
    let answers = stream::iter(0..count).map(request).buffer_unordered(at_once);
    let each: Vec<Duration> = answers.try_collect().await?;
    Ok(measurement.end_with(count, "req", target.usage(), each))
}

async fn get(client: &XrpcClient, session: &Session, number: usize) -> Outcome<Duration> {
    let begun = Instant::now();
    let rkey = key(number);
    let params =
        [("repo", session.did().as_str()), ("collection", nsid::ACTIVITY), ("rkey", &rkey)];
    client.query_bytes(repo::GET_RECORD, &params, PAGE_BUDGET).await?;
    Ok(begun.elapsed())
}

async fn list(client: &XrpcClient, session: &Session, after: usize) -> Outcome<Duration> {
    let begun = Instant::now();
    let cursor = key(after);
    let params = [
        ("repo", session.did().as_str()),
        ("collection", nsid::ACTIVITY),
        ("limit", "100"),
        ("reverse", "true"),
        ("cursor", &cursor),
    ];
    client.query_bytes(repo::LIST_RECORDS, &params, PAGE_BUDGET).await?;
    Ok(begun.elapsed())
}

fn key(number: usize) -> String {
    format!("claim-{number:06}")
}

/// Reads the stream from its beginning, again and again until there were enough events.
async fn replay(target: &Target, amounts: &Amounts) -> Outcome<Figure> {
    // At least the commits of the records written so far.
    let events = amounts.creates + amounts.in_sequence;
    let rounds = amounts.events.div_ceil(events);
    let measurement =
        Measurement::begin("subscribeRepos from the beginning, a record a commit", target.usage());
    for _ in 0..rounds {
        let http = target.client.http();
        let mut stream = Subscription::open(http, target.client.base(), Some(0)).await?;
        for _ in 0..events {
            stream.next().await?.ok_or("the stream ended")?;
        }
    }
    Ok(measurement.end(rounds * events, "event", target.usage()))
}

async fn read_repo(target: &Target, session: &Session) -> Outcome<Figure> {
    const ROUNDS: usize = 3;
    let measurement = Measurement::begin("getRepo of that repository", target.usage());
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        accounts::read_repo(&target.client, session, |chunk| {
            bytes += chunk.len();
            Ok(())
        })
        .await?;
    }
    Ok(measurement.end(bytes / 1_000_000, "MB", target.usage()))
}
