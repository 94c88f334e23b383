//! From a DID to its document.

use bytes::Bytes;
use hypercerts_lexicon::{Did, DidMethod};
use url::{Host, Url};

use super::{Inner, ResolveError};
use crate::document::{DidDocument, MAX_DOCUMENT};
use crate::net::Request;
use crate::plc;

impl Inner {
    /// The document, which is that of the DID.
    pub(super) async fn document(&self, did: &Did) -> Result<DidDocument, ResolveError> {
        match did.method() {
            DidMethod::Plc if plc::is_plc_did(did) => Ok(self.plc.document(did).await?),
            DidMethod::Plc => Err(bad(did, "a did:plc has 24 letters and digits behind it")),
            DidMethod::Web => self.web_document(did).await,
            DidMethod::Other => Err(ResolveError::UnsupportedMethod(did.clone())),
        }
    }

    async fn web_document(&self, did: &Did) -> Result<DidDocument, ResolveError> {
        Ok(DidDocument::from_json(&self.served(did).await?)?.of(did)?)
    }

    /// The bytes that the host of a did:web serves.
    pub(super) async fn served(&self, did: &Did) -> Result<Bytes, ResolveError> {
        let request =
            Request::get(web_url(did, self.http.allows_private())?).max_body(MAX_DOCUMENT as u64);
        let answer = self.http.send(request).await.and_then(|answer| answer.ok());
        let answer = answer.map_err(|source| ResolveError::Web { did: did.clone(), source })?;
        Ok(answer.body().clone())
    }
}

/// Where a did:web's document is. AT Protocol takes hosts only, no paths; a port only on `localhost`, where plain HTTP
/// is spoken.
fn web_url(did: &Did, private: bool) -> Result<Url, ResolveError> {
    let id = did.method_specific_id();
    if id.contains(':') {
        return Err(bad(did, "a did:web names a host only, without a path"));
    }
    let (scheme, authority) = match id.split_once("%3A").or_else(|| id.split_once("%3a")) {
        None if private && id == "localhost" => ("http", id.to_owned()),
        None => ("https", id.to_owned()),
        Some(("localhost", port)) if private => ("http", format!("localhost:{port}")),
        Some(_) => return Err(bad(did, "only localhost, on a private network, may have a port")),
    };
    let url = Url::parse(&format!("{scheme}://{authority}/.well-known/did.json"));
    let url = url.map_err(|_| bad(did, "it names no host"))?;
    match url.host() {
        Some(Host::Domain(name)) if authority.starts_with(name) => Ok(url),
        _ => Err(bad(did, "it has to name its host by a domain name in lower case")),
    }
}

fn bad(did: &Did, reason: &'static str) -> ResolveError {
    ResolveError::BadDid { did: did.clone(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_of(did: &str, private: bool) -> Option<String> {
        web_url(&Did::parse(did).expect("a DID"), private).ok().map(Url::into)
    }

    #[test]
    fn a_did_web_is_a_host_that_serves_its_document() {
        let expected = "https://pds.example.org/.well-known/did.json";
        assert_eq!(url_of("did:web:pds.example.org", false).as_deref(), Some(expected));
    }

    #[test]
    fn localhost_with_a_port_is_for_private_networks() {
        let expected = "http://localhost:8080/.well-known/did.json";
        assert_eq!(url_of("did:web:localhost%3A8080", true).as_deref(), Some(expected));
        assert_eq!(url_of("did:web:localhost%3A8080", false), None);
    }

    #[test]
    fn anything_but_a_host_is_refused() {
        for did in [
            "did:web:example.org:user:alice",
            "did:web:example.org%3A8443",
            "did:web:127.0.0.1",
            "did:web:2130706433",
            "did:web:0x7f.1",
            "did:web:user%40example.org",
            "did:web:example.org%2Fetc",
            "did:web:localhost%3A80%2Fx",
            "did:web:localhost%3A80%40example.org",
        ] {
            assert_eq!(url_of(did, true), None, "{did}");
        }
    }
}
