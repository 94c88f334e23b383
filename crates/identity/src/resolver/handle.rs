//! From a handle to the DID it points at.
//!
//! Two ways, asked at once: a TXT record at `_atproto.<handle>`, which wins when there is one, and the file
//! `https://<handle>/.well-known/atproto-did`. Handles of a private network have a server that is asked instead.

use std::pin::pin;

use futures_util::future::{Either, select};
use hypercerts_lexicon::{Did, Handle};
use url::Url;

use super::dns::{Answer, Dns};
use super::{HandleHost, ResolveError};
use crate::net::{HttpClient, NetError, Request};

const WELL_KNOWN: &str = "/.well-known/atproto-did";
/// A DID and a line's end fit in here.
const MAX_ANSWER: u64 = 4 * 1024;

pub(super) struct HandleLookup {
    http: HttpClient,
    dns: Dns,
    hosts: Vec<HandleHost>,
}

impl HandleLookup {
    pub fn new(http: HttpClient, dns: Dns, hosts: Vec<HandleHost>) -> Self {
        Self { http, dns, hosts }
    }

    /// The DID a handle points at.
    pub async fn find(&self, handle: &Handle) -> Result<Did, ResolveError> {
        let answer = match self.own_hosts(handle).next() {
            Some(_) => self.ask_own_hosts(handle).await,
            None if handle.is_registrable() => self.ask_internet(handle).await,
            None => Answer::Nothing,
        };
        match answer {
            Answer::Found(did) => Ok(did),
            Answer::Nothing => Err(ResolveError::HandleNotFound(handle.clone())),
            Answer::Failed(reason) => {
                Err(ResolveError::HandleUnreachable { handle: handle.clone(), reason })
            }
        }
    }

    fn own_hosts(&self, handle: &Handle) -> impl Iterator<Item = &Url> {
        let ends_so = move |host: &&HandleHost| handle.as_str().ends_with(&host.suffix);
        self.hosts.iter().filter(ends_so).map(|host| &host.base)
    }

    /// Asks the private network's servers for it, in turn.
    async fn ask_own_hosts(&self, handle: &Handle) -> Answer {
        let mut answer = Answer::Nothing;
        for base in self.own_hosts(handle) {
            match self.ask_file(base, handle).await {
                found @ Answer::Found(_) => return found,
                other => answer = answer.or(other),
            }
        }
        answer
    }

    async fn ask_internet(&self, handle: &Handle) -> Answer {
        let Ok(base) = Url::parse(&format!("https://{handle}")) else { return Answer::Nothing };
        let (dns, file) = (pin!(self.ask_dns(handle)), pin!(self.ask_file(&base, handle)));
        match select(dns, file).await {
            Either::Left((Answer::Found(did), _)) => Answer::Found(did),
            Either::Left((nothing, file)) => nothing.or(file.await),
            Either::Right((file, dns)) => dns.await.or(file),
        }
    }

    async fn ask_file(&self, base: &Url, handle: &Handle) -> Answer {
        let mut url = base.clone();
        url.set_path(WELL_KNOWN);
        let mut request = Request::get(url).max_body(MAX_ANSWER);
        if base.host_str() != Some(handle.as_str()) {
            request = request.host(handle.as_str());
        }
        match self.http.send(request).await {
            Ok(answer) if answer.status() == 200 => answer.text().map_or(Answer::Nothing, did_in),
            Ok(answer) if answer.status() >= 500 => {
                Answer::Failed(format!("its host answered {}", answer.status()))
            }
            // A host without an address serves no file; whether its name exists at all, DNS tells.
            Ok(_) | Err(NetError::UnknownHost { .. }) => Answer::Nothing,
            Err(error) if error.is_transient() => Answer::Failed(error.to_string()),
            Err(_) => Answer::Nothing,
        }
    }

    async fn ask_dns(&self, handle: &Handle) -> Answer {
        self.dns.did_at(&format!("_atproto.{handle}")).await
    }
}

fn did_in(text: &str) -> Answer {
    Did::parse(text.trim()).map_or(Answer::Nothing, Answer::Found)
}
