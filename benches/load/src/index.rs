//! The index: from a firehose's beginning, and from a CAR file; every commit and record verified on the way.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hypercerts_xrpc::client::{Session, XrpcClient};
use hypercerts_xrpc::nsid::sync;
use serde_json::Value;

use crate::Outcome;
use crate::accounts::{create, fill, sign_up};
use crate::process::{self, Server, Usage};
use crate::report::{Latencies, Line};

const STATUS: &str = "rs.hypercerts.index.getStatus";
const REPO_BUDGET: u64 = 1 << 30;

pub async fn measure(binary: &Path, divide: usize) -> Outcome<()> {
    let host = Server::start(binary, "plc,pds", &[])?;
    let client = host.client("pds")?;
    let singles = 10_000 / divide;
    let batches = 100_000 / divide;

    let writers = sign_up(&client, "single", 10).await?;
    for number in 0..singles {
        create(&writers[number % writers.len()], number).await?;
    }
    replay(binary, &host, "firehose replay, one record a commit", singles).await?;

    let large = sign_up(&client, "large", 2).await?;
    for session in &large {
        fill(session, batches / 2).await?;
    }
    replay(binary, &host, "firehose replay, mostly 100 records a commit", singles + batches)
        .await?;
    import(binary, &host, &client, &large[0], batches / 2).await
}

/// A fresh index follows the host from the beginning until it has everything.
async fn replay(binary: &Path, host: &Server, name: &str, records: usize) -> Outcome<()> {
    let follow = host.address("pds")?.replacen("http", "ws", 1);
    let begun = Instant::now();
    let index =
        Server::start(binary, "app", &["--plc-url", host.address("plc")?, "--follow", &follow])?;
    let app = index.client("app")?;
    while indexed(&app).await? < records {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let elapsed = begun.elapsed();
    let line = Line {
        name,
        amount: records as f64,
        unit: "rec",
        elapsed,
        latencies: Latencies::of(Vec::new()),
        before: Usage::default(),
        after: index.usage(),
    };
    line.print();
    Ok(())
}

async fn indexed(app: &XrpcClient) -> Outcome<usize> {
    let status: Value = app.query(STATUS, &()).await?;
    Ok(status["counts"]["records"].as_u64().unwrap_or_default() as usize)
}

async fn import(
    binary: &Path,
    host: &Server,
    client: &XrpcClient,
    session: &Session,
    records: usize,
) -> Outcome<()> {
    let file = download(client, session, host.data()).await?;
    let data = host.data().join("import");
    let begun = Instant::now();
    let mut command = Command::new(binary);
    command.args(["index", "import"]).arg(&file).arg("--data").arg(&data);
    command.args(["--plc-url", host.address("plc")?]);
    let (_, usage) = process::run(&mut command)?;
    let line = Line {
        name: "import of a CAR file",
        amount: records as f64,
        unit: "rec",
        elapsed: begun.elapsed(),
        latencies: Latencies::of(Vec::new()),
        before: Usage::default(),
        after: usage,
    };
    line.print();
    Ok(())
}

async fn download(client: &XrpcClient, session: &Session, folder: &Path) -> Outcome<PathBuf> {
    let path = folder.join("repository.car");
    let mut file = std::fs::File::create(&path)?;
    let params = [("did", session.did().as_str())];
    let mut body = client.query_stream(sync::GET_REPO, &params, REPO_BUDGET).await?;
    while let Some(chunk) = body.chunk().await? {
        file.write_all(&chunk)?;
    }
    Ok(path)
}
