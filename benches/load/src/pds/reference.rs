//! The reference PDS as a process beside a directory of ours, with its data on the same disk.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::Target;
use crate::Outcome;
use crate::process::{self, Server, root};

const PATIENCE: Duration = Duration::from_secs(30);

/// Killed when dropped.
pub struct Reference {
    child: Child,
    _data: TempDir,
    target: Target,
    /// The directory it knows.
    _plc: Server,
}

impl Reference {
    /// `None` if it is not installed, or Node is not in PATH.
    pub async fn start(binary: &Path) -> Outcome<Option<Self>> {
        let home = home();
        if !home.join("node_modules/@atproto/pds").exists() {
            return Ok(None);
        }
        let plc = Server::start(binary, "plc", &[])?;
        let data = process::folder_beside(binary)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut node = Command::new("node");
        node.arg("serve.mjs").current_dir(&home);
        node.env("PDS_PORT", port.to_string()).env("PDS_DATA_DIRECTORY", data.path());
        node.env("PDS_DID_PLC_URL", plc.address("plc")?);
        let Ok(child) = node.stdin(Stdio::null()).stdout(Stdio::null()).spawn() else {
            return Ok(None);
        };
        let target = Target {
            client: process::client(&format!("http://localhost:{port}"))?,
            pid: child.id(),
            data: data.path().to_owned(),
        };
        let reference = Self { child, _data: data, target, _plc: plc };
        reference.until_it_answers().await?;
        Ok(Some(reference))
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    pub fn version(&self) -> Outcome<String> {
        let package = std::fs::read(home().join("node_modules/@atproto/pds/package.json"))?;
        let package: Value = serde_json::from_slice(&package)?;
        Ok(package["version"].as_str().unwrap_or("of unknown version").to_owned())
    }

    async fn until_it_answers(&self) -> Outcome<()> {
        let begun = Instant::now();
        while let Err(error) = self.target.client.query::<Value>("_health", &()).await {
            if begun.elapsed() > PATIENCE {
                return Err(format!("the reference PDS does not answer: {error}").into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn home() -> PathBuf {
    root().join("e2e/reference")
}
