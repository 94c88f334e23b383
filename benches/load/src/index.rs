//! The index: from a firehose's beginning, and from a CAR file; every commit and record verified on the way.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hypercerts_records::nsid;
use hypercerts_xrpc::client::{Session, XrpcClient};
use serde_json::Value;

use crate::Outcome;
use crate::accounts::{self, create, fill, sign_up};
use crate::process::{self, Server, Usage};
use crate::report::Measurement;

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
async fn replay(binary: &Path, host: &Server, name: &'static str, records: usize) -> Outcome<()> {
    let follow = host.address("pds")?.replacen("http", "ws", 1);
    let measurement = Measurement::begin(name, Usage::default());
    let index =
        Server::start(binary, "app", &["--plc-url", host.address("plc")?, "--follow", &follow])?;
    let app = index.client("app")?;
    while indexed(&app).await? < records {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    measurement.end(records, "rec", index.usage());
    Ok(())
}

async fn indexed(app: &XrpcClient) -> Outcome<usize> {
    let status: Value = app.query(nsid::GET_STATUS, &()).await?;
    Ok(status["counts"]["records"].as_u64().unwrap_or_default() as usize)
}

async fn import(
    binary: &Path,
    host: &Server,
    client: &XrpcClient,
    session: &Session,
    records: usize,
) -> Outcome<()> {
    let car = host.data().join("repository.car");
    let mut file = std::fs::File::create(&car)?;
    accounts::read_repo(client, session, |chunk| file.write_all(chunk)).await?;

    let measurement = Measurement::begin("import of a CAR file", Usage::default());
    let mut command = Command::new(binary);
    command.args(["index", "import"]).arg(&car).arg("--data").arg(host.data().join("import"));
    command.args(["--plc-url", host.address("plc")?]);
    let usage = process::run(&mut command)?;
    measurement.end(records, "rec", usage);
    Ok(())
}
