//! The binary as its operator meets it: a process that can be asked to stop, or killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use hypercerts_identity::{HttpClient, NetPolicy};
use hypercerts_xrpc::client::XrpcClient;
use serde_json::Value;
use url::Url;

/// A running `hypercerts up`; killed when dropped.
pub struct Up {
    child: Child,
    pub addresses: Value,
}

impl Up {
    /// Starts it on ports that stay the same for one data folder.
    pub fn start(data: &Path) -> Self {
        Self::started(command(data))
    }

    /// The same with settings of its own.
    pub fn started(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, addresses: serde_json::from_str(&line).expect("up says where it is") }
    }

    pub fn client(&self, part: &str) -> XrpcClient {
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        XrpcClient::new(http, Url::parse(self.addresses[part].as_str().unwrap()).unwrap())
    }

    /// Memory it holds, in KiB, as Linux counts it.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// The power goes out.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name and waits for the end.
    pub fn signal(mut self, name: &str) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `hypercerts up` on free ports, saying where it is as JSON.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hypercerts"));
    command.args(["up", "--json", "--data"]).arg(data);
    for part in ["--app", "--pds", "--plc"] {
        command.args([part, "127.0.0.1:0"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
