//! Client ids.

use std::fmt;

use url::{Host, Url};

use crate::oauth::error::OAuthError;

const MAX_BYTES: usize = 2048;

/// Who an app says it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientId {
    /// The address of a document that the app publishes about itself.
    Document(Url),
    /// An app that is being developed on the user's own machine, and has no address yet.
    Loopback(LoopbackId),
}

/// `http://localhost?redirect_uri=…&scope=…`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoopbackId {
    text: String,
    pub redirect_uris: Vec<String>,
    pub scope: String,
}

impl ClientId {
    /// Reads a client id. In private networks (`plain`) documents may be fetched over plain HTTP and
    /// from addresses.
    pub fn parse(text: &str, plain: bool) -> Result<Self, OAuthError> {
        if text.len() > MAX_BYTES {
            return Err(refused("it is too long"));
        }
        if text == "http://localhost" || text.starts_with("http://localhost?") {
            return loopback(text);
        }
        if text == "http://localhost/" || text.starts_with("http://localhost/?") {
            return loopback(text);
        }
        document(text, plain)
    }

    /// The host, which is all that an app cannot make up.
    pub fn host(&self) -> &str {
        match self {
            Self::Document(url) => url.host_str().unwrap_or_default(),
            Self::Loopback(_) => "localhost",
        }
    }
}

fn document(text: &str, plain: bool) -> Result<ClientId, OAuthError> {
    let url = Url::parse(text).map_err(|_| refused("it is not a URL"))?;
    let secure = url.scheme() == "https" || (plain && url.scheme() == "http");
    let address = !matches!(url.host(), Some(Host::Domain(_)));
    let why = if !secure {
        "it is not an https URL"
    } else if url.as_str() != text {
        "it is not written as a URL is normally written"
    } else if !url.username().is_empty() || url.password().is_some() {
        "it carries a user name or password"
    } else if url.fragment().is_some() {
        "it has a fragment"
    } else if url.path() == "/" || url.path().ends_with('/') {
        "it does not name a document: its path is missing or ends in a slash"
    } else if address && !plain {
        "its host is an address instead of a name"
    } else {
        return Ok(ClientId::Document(url));
    };
    Err(refused(why))
}

fn loopback(text: &str) -> Result<ClientId, OAuthError> {
    let url = Url::parse(text).map_err(|_| refused("it is not a URL"))?;
    if url.fragment().is_some() {
        return Err(refused("it has a fragment"));
    }
    let (mut redirect_uris, mut scope) = (Vec::new(), None);
    for (name, value) in url.query_pairs() {
        match &*name {
            "redirect_uri" if redirect_uris.len() < 32 => redirect_uris.push(value.into_owned()),
            "scope" if scope.is_none() => scope = Some(value.into_owned()),
            _ => return Err(refused("only redirect_uri and one scope may stand in its query")),
        }
    }
    if redirect_uris.is_empty() {
        redirect_uris = vec!["http://127.0.0.1/".to_owned(), "http://[::1]/".to_owned()];
    }
    let scope = scope.unwrap_or_else(|| "atproto".to_owned());
    Ok(ClientId::Loopback(LoopbackId { text: text.to_owned(), redirect_uris, scope }))
}

fn refused(why: &str) -> OAuthError {
    OAuthError::client(format!("This client_id cannot be used: {why}."))
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(url) => f.write_str(url.as_str()),
            Self::Loopback(loopback) => f.write_str(&loopback.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_name_a_path_and_nothing_hidden() {
        let parse = |text| ClientId::parse(text, false);
        assert!(parse("https://app.example.org/client-metadata.json").is_ok());
        for bad in [
            "https://app.example.org",
            "https://app.example.org/",
            "https://app.example.org/a/",
            "http://app.example.org/client.json",
            "https://127.0.0.1/client.json",
            "https://user@app.example.org/client.json",
            "https://app.example.org/client.json#x",
            "https://app.example.org/a/../client.json",
            "https://APP.example.org/client.json",
            "app",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(ClientId::parse("http://127.0.0.1:9000/client.json", true).is_ok());
    }

    #[test]
    fn an_app_on_the_own_machine_says_only_where_to_and_how_much() {
        let parse = |text| ClientId::parse(text, false);
        let Ok(ClientId::Loopback(plain)) = parse("http://localhost") else { panic!() };
        assert_eq!((plain.scope.as_str(), plain.redirect_uris.len()), ("atproto", 2));
        let id = "http://localhost/?redirect_uri=http%3A%2F%2F127.0.0.1%3A80%2Fcb&scope=atproto%20repo%3A*";
        let Ok(ClientId::Loopback(full)) = parse(id) else { panic!() };
        assert_eq!(full.scope, "atproto repo:*");
        assert!(parse("http://localhost?colour=red").is_err());
        assert!(parse("http://localhost?scope=a&scope=b").is_err());
        assert!(parse("http://localhost:8080").is_err());
        assert!(parse("http://localhost/path").is_err());
    }
}
