//! The server under measurement: a child process in a folder of its own, with its memory and CPU time.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hypercerts_identity::net::{HttpClient, NetPolicy};
use hypercerts_xrpc::client::XrpcClient;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::Outcome;

/// `hypercerts up` with some of its roles, killed when dropped.
pub struct Server {
    child: Child,
    folder: TempDir,
    addresses: Value,
}

impl Server {
    /// Starts it on free ports with its data beside the binary, so that the machine's own disk is measured.
    pub fn start(binary: &Path, roles: &str, more: &[&str]) -> Outcome<Self> {
        let folder = folder_beside(binary)?;
        let mut command = Command::new(binary);
        command.args(["up", "--json", "--roles", roles, "--data"]).arg(folder.path()).args(more);
        for part in ["--app", "--pds", "--plc"] {
            command.args([part, "127.0.0.1:0"]);
        }
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let addresses = first_line(&mut child)?;
        Ok(Self { child, folder, addresses: serde_json::from_str(&addresses)? })
    }

    /// The address of a part, such as `pds`.
    pub fn address(&self, part: &str) -> Outcome<&str> {
        self.addresses[part].as_str().ok_or_else(|| format!("the server named no {part}").into())
    }

    pub fn client(&self, part: &str) -> Outcome<XrpcClient> {
        client(self.address(part)?)
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn usage(&self) -> Usage {
        Usage::of(self.pid())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder on the disk that the binary is on, removed when dropped.
pub fn folder_beside(binary: &Path) -> Outcome<TempDir> {
    let mut folder = tempfile::Builder::new();
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    Ok(folder.tempdir_in(binary.parent().unwrap_or(Path::new(".")))?)
}

/// Of this project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn first_line(child: &mut Child) -> Outcome<String> {
    use std::io::{BufRead, BufReader};
    let stdout = child.stdout.take().ok_or("the server has no standard output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    Ok(line)
}

/// A client for a server on this machine.
pub fn client(base: &str) -> Outcome<XrpcClient> {
    let http = HttpClient::new(NetPolicy::allow_private())?;
    Ok(XrpcClient::new(http, Url::parse(base)?))
}

/// Runs a command of the binary to its end and watches its memory.
pub fn run(command: &mut Command) -> Outcome<Usage> {
    let mut child = command.stdout(Stdio::null()).stdin(Stdio::null()).spawn()?;
    let mut usage = Usage::default();
    let status = loop {
        usage = usage.max(Usage::of(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(usage)
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// The most memory that was resident at any time, in bytes.
    pub peak_memory: u64,
    /// User and system time together.
    pub cpu: Duration,
}

impl Usage {
    pub fn of(pid: u32) -> Self {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        Self {
            peak_memory: memory(&folder, "VmHWM:").unwrap_or_default(),
            cpu: cpu_time(&folder).unwrap_or_default(),
        }
    }

    fn max(self, later: Self) -> Self {
        Self { peak_memory: self.peak_memory.max(later.peak_memory), cpu: self.cpu.max(later.cpu) }
    }
}

/// Bytes of memory that are resident now.
pub fn resident(pid: u32) -> u64 {
    memory(&PathBuf::from(format!("/proc/{pid}")), "VmRSS:").unwrap_or_default()
}

/// A line of `status` (see proc(5)).
fn memory(folder: &Path, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(folder.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Fields 14 and 15 of `stat`, in ticks of a hundredth of a second (see proc(5)).
fn cpu_time(folder: &Path) -> Option<Duration> {
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    let ticks: u64 =
        after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}
