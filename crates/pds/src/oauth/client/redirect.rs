//! Where an answer may be sent: the addresses an app has registered.

use url::{Host, Position, Url};

use crate::oauth::client::ClientId;
use crate::oauth::client::document::Kind;

const MAX_BYTES: usize = 2048;

/// Checks an address that an app registers; the error says why it is not taken.
pub fn check_registered(text: &str, client: &ClientId, kind: Kind) -> Result<(), String> {
    let no = |why: &str| Err(format!("the redirect address {text:?} {why}"));
    let Some(url) = exact(text) else {
        return no("is not a URL, or is not written as browsers write it");
    };
    if text.len() > MAX_BYTES || !url.username().is_empty() || url.password().is_some() {
        return no("is too long or carries credentials");
    }
    if url.fragment().is_some() {
        return no("has a fragment");
    }
    match (url.scheme(), client) {
        // A private network has no certificates to give out.
        ("http", ClientId::Document(id)) if id.scheme() == "http" => Ok(()),
        ("http", _) if is_loopback(&url) => match kind {
            Kind::Native => Ok(()),
            Kind::Web => no("is on the user's machine, which only a native app may use"),
        },
        ("http", _) => no("must be https, or http on 127.0.0.1 or [::1] for a native app"),
        (_, ClientId::Loopback(_)) => no("must be http on 127.0.0.1 or [::1]"),
        ("https", _) => Ok(()),
        (scheme, ClientId::Document(id)) => match kind {
            Kind::Native if is_private_scheme(scheme, id) && is_bare(text, scheme) => Ok(()),
            Kind::Native => no("must be of the form com.example.app:/path, the host reversed"),
            Kind::Web => no("must be https"),
        },
    }
}

/// Reads an address that means to every reader what it means to us: one that is written as it is
/// sent, but for the slash behind a bare host and the port that goes without saying. URL parsers
/// forgive more, such as line breaks.
fn exact(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let written = url.as_str();
    let is_same = written == text
        || written.strip_suffix('/') == Some(text)
        || with_port(&url).is_some_and(|written| written == text);
    is_same.then_some(url)
}

fn with_port(url: &Url) -> Option<String> {
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    Some(format!("{}://{host}:{port}{}", url.scheme(), &url[Position::BeforePath..]))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => v4.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        _ => false,
    }
}

/// RFC 8252: `com.example.app` for an app whose document is at app.example.com.
fn is_private_scheme(scheme: &str, id: &Url) -> bool {
    let host = id.host_str().unwrap_or_default();
    let reversed: Vec<&str> = host.rsplit('.').collect();
    scheme.contains('.') && scheme == reversed.join(".")
}

/// One slash after the scheme: a private scheme has no host.
fn is_bare(text: &str, scheme: &str) -> bool {
    let rest = text.get(scheme.len()..).unwrap_or_default();
    rest.starts_with(":/") && !rest.starts_with("://")
}

/// Whether `asked` is `registered`: letter by letter, but for the port of a native app on the user's
/// own machine, which it cannot know beforehand.
pub fn is_same(registered: &str, asked: &str) -> bool {
    if registered == asked {
        return true;
    }
    let (Some(mut registered), Some(mut asked)) = (exact(registered), exact(asked)) else {
        return false;
    };
    let local = |url: &Url| url.scheme() == "http" && is_loopback(url);
    local(&registered)
        && local(&asked)
        && registered.set_port(None).is_ok()
        && asked.set_port(None).is_ok()
        && registered == asked
}

/// How a content security policy names where a form ends up.
pub fn policy_source(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    match (url.scheme(), url.host()) {
        // Policies cannot name such an address.
        ("http" | "https", Some(Host::Ipv6(_))) => Some(format!("{}:", url.scheme())),
        ("http" | "https", Some(_)) => Some(url.origin().ascii_serialization()),
        (scheme, _) => Some(format!("{scheme}:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> ClientId {
        ClientId::parse("https://app.example.org/client.json", false).unwrap()
    }

    #[test]
    fn an_app_registers_addresses_that_are_its_own() {
        let web = |text| check_registered(text, &app(), Kind::Web).is_ok();
        let native = |text| check_registered(text, &app(), Kind::Native).is_ok();
        assert!(web("https://app.example.org/callback") && native("org.example.app:/callback"));
        assert!(native("http://127.0.0.1/callback") && native("http://[::1]:1234/callback"));
        for bad in [
            "http://app.example.org/callback",
            "http://127.0.0.1/callback",
            "http://localhost/callback",
            "org.example.app:/callback",
            "https://app.example.org/callback#x",
            "https://app.example.org/call\tback",
            "https:app.example.org/callback",
            "javascript:alert(1)",
        ] {
            assert!(!web(bad), "{bad}");
        }
        for bad in ["org.example.app://callback", "org.example.other:/x", "app:/x", "data:/x"] {
            assert!(!native(bad), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_an_own_machine_may_differ() {
        assert!(is_same("http://127.0.0.1/", "http://127.0.0.1:4711/"));
        assert!(is_same("http://[::1]/cb", "http://[::1]:80/cb"));
        assert!(!is_same("http://127.0.0.1/", "http://127.0.0.1:4711/other"));
        assert!(!is_same("http://127.0.0.1/", "http://127.0.0.2/"));
        for loose in
            ["http:127.0.0.1/", "http://127.0.0.1/\n", "HTTP://127.0.0.1/", "http://2130706433/"]
        {
            assert!(!is_same("http://127.0.0.1/", loose), "{loose:?}");
        }
        assert!(is_same("http://127.0.0.1", "http://127.0.0.1:4711/"));
        assert!(!is_same("https://a.example/cb", "https://a.example:8443/cb"));
        assert!(!is_same("https://a.example/cb", "https://a.example/cb/"));
        assert!(!is_same("https://a.example/cb", "https://a.example/cb?x=1"));
    }
}
