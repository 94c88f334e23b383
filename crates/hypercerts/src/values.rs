//! Values of flags and variables: what is not understood is answered with the form it should have.

use std::net::SocketAddr;

use hypercerts_lexicon::Handle;
use url::Url;

/// The address of a server, over HTTP.
pub fn url(text: &str) -> Result<Url, String> {
    with_scheme(text, &["https", "http"])
}

/// The address of a server whose stream of events is read; both kinds of scheme name it.
pub fn stream_url(text: &str) -> Result<Url, String> {
    with_scheme(text, &["wss", "ws", "https", "http"])
}

fn with_scheme(text: &str, schemes: &[&str]) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if schemes.contains(&url.scheme()) && url.has_host() => Ok(url),
        _ => Err(no_url(text, schemes)),
    }
}

/// A name or an address without a scheme is the usual slip.
fn no_url(text: &str, schemes: &[&str]) -> String {
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let here = host.starts_with("127.") || host.starts_with("localhost");
    let scheme = if here { schemes[1] } else { schemes[0] };
    let meant = format!("{scheme}://{host}");
    match Url::parse(&meant) {
        Ok(url) if url.has_host() => format!("it is no URL of a server; did you mean {meant}?"),
        _ => format!("it is no URL of a server; the form is {scheme}://pds.example.org"),
    }
}

/// An address of this machine to listen on.
pub fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        let port = text.trim_start_matches(':').parse::<u16>();
        let port = port.map_or_else(|_| "2583".to_owned(), |port| port.to_string());
        format!(
            "it is no address to listen on; the form is 127.0.0.1:{port}, or 0.0.0.0:{port} for every \
             address of this machine"
        )
    })
}

/// The address of a name server.
pub fn name_server(text: &str) -> Result<SocketAddr, String> {
    let form = "it is no address of a name server; the form is 192.0.2.53:53";
    text.parse().map_err(|_| form.to_owned())
}

/// The public name of a server. Names are the same in small letters and in capitals.
pub fn hostname(text: &str) -> Result<Handle, String> {
    Handle::parse(&text.to_ascii_lowercase()).map_err(|_| {
        "it is no name of a server; the form is pds.example.org, with neither https:// nor a port or path"
            .to_owned()
    })
}
