//! The service that a call is to go to: `<did>#<service>`.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, Uri};
use hypercerts_lexicon::Did;
use hypercerts_xrpc::XrpcError;
use url::Url;

use crate::server::Server;

const HEADER: HeaderName = HeaderName::from_static("atproto-proxy");

/// A service in the document of a DID.
#[derive(Debug, PartialEq, Eq)]
pub struct Destination {
    pub did: Did,
    service: String,
}

impl Destination {
    /// The one that the header names; none where there is no header.
    pub fn named(headers: &HeaderMap) -> Result<Option<Self>, XrpcError> {
        let mut values = headers.get_all(HEADER).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(only), None) => Self::parse(only.to_str().unwrap_or_default()).map(Some),
            (Some(_), Some(_)) => Err(malformed("it is there more than once")),
        }
    }

    fn parse(text: &str) -> Result<Self, XrpcError> {
        let (did, service) =
            text.split_once('#').ok_or_else(|| malformed("it names no service of the DID"))?;
        let did = Did::parse(did).map_err(|why| malformed(&why.to_string()))?;
        let plain = |c: char| c.is_ascii_graphic() && c != '#';
        match !service.is_empty() && service.chars().all(plain) {
            true => Ok(Self { did, service: service.to_owned() }),
            false => Err(malformed("the name of the service is none")),
        }
    }

    /// Where the service is asked for what this server was asked for. The document is remembered as that of an
    /// account is.
    pub async fn url(&self, server: &Server, asked: &Uri) -> Result<Url, XrpcError> {
        let unresolvable = |why: String| {
            XrpcError::invalid_request(format!(
                "The service {self} of the atproto-proxy header cannot be found: {why}."
            ))
        };
        let document = server.config.resolver.document(&self.did).await;
        let document = document.map_err(|why| unresolvable(why.to_string()))?;
        let origin = document.service_named(&self.service);
        let mut url = origin.map_err(|why| unresolvable(why.to_string()))?;
        url.set_path(asked.path());
        url.set_query(asked.query());
        Ok(url)
    }
}

fn malformed(why: &str) -> XrpcError {
    XrpcError::invalid_request(format!(
        "The atproto-proxy header has to be of the form <did>#<service>: {why}."
    ))
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.did, self.service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_one_service_of_a_did() {
        let good = Destination::parse("did:web:api.example.org#atproto_labeler").unwrap();
        assert_eq!(good.to_string(), "did:web:api.example.org#atproto_labeler");
        for bad in [
            "",
            "#",
            "nothing",
            "did:web:api.example.org",
            "did:web:api.example.org#",
            "#atproto_labeler",
            "did:web:api.example.org#a#b",
            "did:web:api.example.org#a b",
            " did:web:api.example.org#a",
            "api.example.org#a",
        ] {
            assert!(Destination::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_header_that_says_two_things_says_nothing() {
        let mut headers = HeaderMap::new();
        assert_eq!(Destination::named(&headers).unwrap(), None);
        headers.append(HEADER, "did:web:a.example#x".parse().unwrap());
        assert!(Destination::named(&headers).unwrap().is_some());
        headers.append(HEADER, "did:web:b.example#x".parse().unwrap());
        assert!(Destination::named(&headers).is_err());
    }
}
