//! Host names to addresses, and none but those within reach.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{NetError, Reach};

/// The addresses of a host that may be connected to. What comes out is what is connected to: nothing resolves again.
///
/// # Errors
/// [`NetError::UnknownHost`] when there is none, [`NetError::RefusedAddress`] when none is within reach.
pub(super) async fn lookup(
    reach: Reach,
    host: &str,
    port: u16,
    patience: Duration,
) -> Result<Vec<SocketAddr>, NetError> {
    let unknown = |detail: String| NetError::UnknownHost { host: host.to_owned(), detail };
    let found = tokio::time::timeout(patience, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_| NetError::TimedOut { host: host.to_owned(), waited: patience })?
        .map_err(|error| unknown(error.to_string()))?;
    let (permitted, refused): (Vec<_>, Vec<_>) =
        found.partition(|address| reach.permits(address.ip()));
    match (permitted.is_empty(), refused.first()) {
        (false, _) => Ok(permitted),
        (true, Some(first)) => {
            Err(NetError::RefusedAddress { host: host.to_owned(), address: first.ip() })
        }
        (true, None) => Err(unknown("the name exists, but has no address".to_owned())),
    }
}

/// [`lookup`] as the HTTP client calls it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckedResolver {
    pub reach: Reach,
    pub patience: Duration,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { reach, patience } = *self;
        Box::pin(async move {
            let found = lookup(reach, name.as_str(), 0, patience).await?;
            Ok::<Addrs, Box<dyn Error + Send + Sync>>(Box::new(found.into_iter()))
        })
    }
}
