//! Which port each part listens on. A part that was given port 0 takes a free one the first time and the
//! same one ever after: identity documents name the PDS's address, so it must not wander between runs.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;

use super::NetworkError;

/// The ports that were taken for port 0, by part, kept in a file of the data directory.
pub struct Ports {
    file: PathBuf,
    taken: BTreeMap<String, u16>,
}

impl Ports {
    /// Reads what earlier runs chose; nothing was chosen when there is no file yet.
    pub fn open(data: &Path) -> io::Result<Self> {
        let file = data.join("ports.json");
        let taken = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { file, taken })
    }

    /// Listens on `wanted`, or for port 0 on the port this part had before, or on a free one.
    pub async fn bind(
        &mut self,
        part: &str,
        wanted: SocketAddr,
    ) -> Result<TcpListener, NetworkError> {
        let mut address = wanted;
        if wanted.port() == 0 {
            address.set_port(self.taken.get(part).copied().unwrap_or(0));
        }
        let failed = |source| NetworkError::Listen { part: part.to_owned(), address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        if address.port() == 0 {
            let port = listener.local_addr().map_err(failed)?.port();
            self.taken.insert(part.to_owned(), port);
            self.save().map_err(|source| NetworkError::Data { path: self.file.clone(), source })?;
        }
        Ok(listener)
    }

    fn save(&self) -> io::Result<()> {
        std::fs::write(&self.file, serde_json::to_vec_pretty(&self.taken)?)
    }
}
