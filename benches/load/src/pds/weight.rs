//! Memory and disk.

use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use hypercerts_xrpc::nsid::sync;
use serde_json::Value;

use super::Target;
use crate::Outcome;
use crate::accounts::sign_up;
use crate::process::resident;
use crate::report::{Figure, Measurement};

const MEGABYTE: f64 = 1024.0 * 1024.0;

/// What a server takes that has just started.
pub async fn idle(target: &Target) -> Figure {
    tokio::time::sleep(Duration::from_secs(2)).await;
    Figure::amount("memory, idle", memory(target), "MB")
}

/// Signs up so many accounts, asks for each of them, and looks at what they take.
pub async fn with_accounts(target: &Target, count: usize) -> Outcome<Vec<Figure>> {
    let before = disk_use(&target.data);
    let measurement = Measurement::begin("createAccount, 8 at once", target.usage());
    let sessions = sign_up(&target.client, "person", count).await?;
    let signed_up = measurement.end(count, "account", target.usage());
    let grown = disk_use(&target.data).saturating_sub(before);

    let asked = stream::iter(&sessions).map(|session| async move {
        let params = [("did", session.did().as_str())];
        target.client.query::<Value>(sync::GET_LATEST_COMMIT, &params).await
    });
    asked.buffer_unordered(8).try_for_each(|_| async { Ok(()) }).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("{:<52} {count:>16}", "accounts beside those");
    Ok(vec![
        signed_up,
        Figure::amount("disk for each of these accounts", grown as f64 / count as f64, "B"),
        Figure::amount("memory after all of it", memory(target), "MB"),
    ])
}

fn memory(target: &Target) -> f64 {
    resident(target.pid) as f64 / MEGABYTE
}

/// Bytes that the files under a folder take on disk.
pub fn disk_use(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => disk_use(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512,
        // Gone since it was listed.
        Err(_) => 0,
    });
    sizes.sum()
}
