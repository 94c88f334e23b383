//! Asking a source which accounts it has, for those whose events the stream no longer holds.

use std::sync::Arc;

use hypercerts_identity::net::HttpClient;
use hypercerts_lexicon::{Did, Tid};
use hypercerts_records::catalogue;
use hypercerts_xrpc::client::{ClientError, XrpcClient};
use hypercerts_xrpc::nsid::sync;
use serde::Deserialize;
use tokio::sync::oneshot;
use url::Url;

use super::input::{Inbox, Input, ListedRepo, Origin};
use super::source::Pause;
use crate::view::SourceKind;

/// Accounts asked for at a time.
const PAGE: u32 = 1000;

/// More pages than any host needs; a list without end stops here.
const PAGES: usize = 100_000;

/// One listing of one source.
pub(super) struct Lister {
    pub origin: Arc<Origin>,
    pub url: Url,
    pub http: HttpClient,
    pub inbox: Inbox,
    pub pause: Pause,
}

/// Lists the accounts of a source, and tries again until it succeeded or the index stops.
pub(super) async fn list_accounts(mut lister: Lister) {
    loop {
        match lister.list().await {
            Ok(()) => return,
            Err(reason) => {
                tracing::warn!(source = %lister.origin.url, %reason, "the accounts of a source could not be listed");
                tokio::time::sleep(lister.pause.next()).await;
            }
        }
    }
}

#[derive(Deserialize)]
struct ReposPage {
    cursor: Option<String>,
    repos: Vec<ReposEntry>,
}

#[derive(Deserialize)]
struct ReposEntry {
    did: String,
    rev: Option<String>,
}

impl Lister {
    /// A PDS is asked for all its accounts; a relay, which has those of the whole network, for the ones
    /// that have records of the types known here.
    async fn list(&self) -> Result<(), String> {
        match self.origin.kind {
            SourceKind::Pds => self.pages(sync::LIST_REPOS, None).await?,
            SourceKind::Relay => {
                for collection in catalogue().record_types() {
                    let method = sync::LIST_REPOS_BY_COLLECTION;
                    self.pages(method, Some(collection.as_str())).await?;
                }
            }
        }
        let all = Input::AllListed { source: self.origin.id };
        // A closed inbox means that the index is stopping; the next start lists again.
        let _ = self.inbox.send(all).await;
        Ok(())
    }

    async fn pages(&self, method: &str, collection: Option<&str>) -> Result<(), String> {
        let mut cursor = None;
        for _ in 0..PAGES {
            let page = self.page(method, collection, cursor.as_deref()).await;
            let page = page.map_err(|error| error.to_string())?;
            let next = page.cursor.clone();
            if self.hand_on(page).await.is_none() || next.is_none() {
                return Ok(());
            }
            if next == cursor {
                return Err(String::from("the host's list goes round in a circle"));
            }
            cursor = next;
        }
        Err(String::from("the host's list does not end"))
    }

    async fn page(
        &self,
        method: &str,
        collection: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<ReposPage, ClientError> {
        let client = XrpcClient::new(self.http.clone(), http_origin(&self.url));
        let mut params = vec![("limit", PAGE.to_string())];
        params.extend(collection.map(|collection| ("collection", collection.to_owned())));
        params.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        client.query(method, &params).await
    }

    /// Waits until a page is stored; `None` when the index is stopping.
    async fn hand_on(&self, page: ReposPage) -> Option<()> {
        let repos = page.repos.iter().filter_map(|entry| {
            let rev = entry.rev.as_deref().and_then(|rev| Tid::parse(rev).ok());
            Some(ListedRepo { did: Did::parse(&entry.did).ok()?, rev })
        });
        let (done, stored) = oneshot::channel();
        let input = Input::Listed { source: self.origin.id, repos: repos.collect(), done };
        self.inbox.send(input).await.ok()?;
        stored.await.ok()
    }
}

/// The origin for requests, of a source that may be named by its WebSocket address.
fn http_origin(url: &Url) -> Url {
    let mut origin = url.clone();
    let scheme = match url.scheme() {
        "wss" => "https",
        "ws" => "http",
        _ => return origin,
    };
    // Both are schemes of the same sort, so the change cannot be refused.
    let _ = origin.set_scheme(scheme);
    origin
}
