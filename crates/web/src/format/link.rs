//! Addresses: of our own pages, and of the outside world.

use hypercerts_lexicon::{AtIdentifier, AtUri, Did};

/// The page that shows a hypercert.
pub fn hypercert(uri: &AtUri) -> String {
    in_repository("hypercert", uri)
}

/// The page that compares a hypercert with others.
pub fn overlaps(uri: &AtUri) -> String {
    format!("{}/overlaps", hypercert(uri))
}

/// The page that shows any record as it is.
pub fn record(uri: &AtUri) -> String {
    in_repository("record", uri)
}

/// The page of one DID.
pub fn actor(did: &Did) -> String {
    format!("/actor/{}", segment(did.as_str()))
}

/// The page of an account under whichever name is at hand.
pub fn actor_named(name: &AtIdentifier) -> String {
    format!("/actor/{}", segment(name.as_ref()))
}

/// The app's own address of a picture that a repository holds.
pub fn blob(did: &Did, cid: &str) -> String {
    format!("/blob/{}/{cid}", segment(did.as_str()))
}

/// A query string value.
pub fn query(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn in_repository(page: &str, uri: &AtUri) -> String {
    let path = uri.as_str().strip_prefix("at://").unwrap_or_default();
    format!("/{page}/{}", segment(path))
}

/// Every character of DIDs, NSIDs and record keys may stand in a path, but a `%` must not be
/// read as the start of an escape.
fn segment(text: &str) -> String {
    text.replace('%', "%25")
}

/// A URI somebody wrote into a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// What may be followed: web addresses, and records through our own redirect.
    pub href: Option<String>,
    /// What is shown: the whole address; only a web address loses its scheme.
    pub shown: String,
}

impl Outside {
    /// Reads a URI. Anything but http, https and at is shown and cannot be followed.
    pub fn of(uri: &str) -> Self {
        let safe = !uri.chars().any(|c| c.is_control() || c.is_whitespace());
        let rest = web_rest(uri).filter(|rest| safe && !rest.is_empty());
        match rest {
            Some(rest) => Self { href: Some(uri.to_owned()), shown: rest.to_owned() },
            None if safe && uri.starts_with("at://") => {
                Self { href: Some(format!("/at?uri={}", query(uri))), shown: uri.to_owned() }
            }
            None => Self { href: None, shown: uri.to_owned() },
        }
    }

    /// Whether following it leaves this app.
    pub fn leaves(&self) -> bool {
        self.href.as_deref().is_some_and(|href| !href.starts_with('/'))
    }
}

fn web_rest(uri: &str) -> Option<&str> {
    ["https://", "http://"].iter().find_map(|scheme| {
        let start = uri.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &uri[scheme.len()..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_and_records_can_be_followed() {
        assert_eq!(Outside::of("https://numpy.org/").href.as_deref(), Some("https://numpy.org/"));
        assert_eq!(Outside::of("HTTP://numpy.org").shown, "numpy.org");
        for uri in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ipfs://bafy",
            "https://",
            "https://a b",
            "é",
        ] {
            assert_eq!(Outside::of(uri), Outside { href: None, shown: uri.to_owned() }, "{uri}");
        }
    }

    #[test]
    fn a_record_opens_here() {
        let link = Outside::of("at://did:plc:abc/org.example.thing/1");
        assert_eq!(
            link.href.as_deref(),
            Some("/at?uri=at%3A%2F%2Fdid%3Aplc%3Aabc%2Forg.example.thing%2F1")
        );
        assert!(!link.leaves());
    }

    #[test]
    fn a_percent_sign_in_a_did_survives_the_path() {
        let did = Did::parse("did:web:localhost%3A2583").expect("a valid DID");
        assert_eq!(actor(&did), "/actor/did:web:localhost%253A2583");
    }
}
