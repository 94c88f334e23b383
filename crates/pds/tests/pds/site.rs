//! Somebody's own web site on this machine, whose files can be changed: the home of a did:web, of a handle, or of a
//! service.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hypercerts_identity::{Resolver, ResolverConfig};
use hypercerts_lexicon::Did;
use hypercerts_pds::PdsConfig;
use hypercerts_repo::PublicKey;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

const DOCUMENT: &str = "/.well-known/did.json";
const HANDLE: &str = "/.well-known/atproto-did";

type Files = Arc<Mutex<HashMap<String, String>>>;

pub struct Site {
    pub url: Url,
    files: Files,
}

impl Site {
    pub async fn start() -> Self {
        Self::start_with(Router::new()).await
    }

    /// One that does something besides showing files.
    pub async fn start_with(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = Files::default();
        let router = router.merge(Router::new().fallback(file).with_state(Arc::clone(&files)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url: format!("http://localhost:{port}").parse().unwrap(), files }
    }

    pub fn did(&self) -> Did {
        Did::parse(&format!("did:web:localhost%3A{}", self.url.port().unwrap())).unwrap()
    }

    pub fn put(&self, path: &str, text: impl Into<String>) {
        self.files.lock().unwrap().insert(path.to_owned(), text.into());
    }

    /// Says whose the domain is, as far as handles go.
    pub fn name(&self, did: &Did) {
        self.put(HANDLE, did.to_string());
    }

    /// The document of an account that lives at `pds`.
    pub fn describe(&self, handle: &str, key: &PublicKey, pds: &Url) {
        let did = self.did();
        let document = json!({
            "id": did,
            "alsoKnownAs": [format!("at://{handle}")],
            "verificationMethod": [{
                "id": format!("{did}#atproto"), "type": "Multikey", "controller": did,
                "publicKeyMultibase": key.to_multibase(),
            }],
            "service": [service("atproto_pds", "AtprotoPersonalDataServer", pds)],
        });
        self.put(DOCUMENT, document.to_string());
    }

    /// The document of a service that is at `url`.
    pub fn offer(&self, name: &str, url: &Url) {
        let document = json!({ "id": self.did(), "service": [service(name, "Example", url)] });
        self.put(DOCUMENT, document.to_string());
    }
}

fn service(name: &str, kind: &str, url: &Url) -> Value {
    let url = url.origin().ascii_serialization();
    json!({ "id": format!("#{name}"), "type": kind, "serviceEndpoint": url })
}

async fn file(State(files): State<Files>, uri: Uri) -> Response {
    match files.lock().unwrap().get(uri.path()) {
        Some(text) => text.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Has a server ask `site` for handles that end in `suffix`, besides itself for its own.
pub fn ask_for_handles(config: &mut PdsConfig, suffix: &str, site: &Url) {
    let (plc, http) = (config.resolver.plc().base().clone(), config.resolver.http().clone());
    let asked = ResolverConfig::new(plc, http)
        .with_handle_host(".test", config.public_url.clone())
        .with_handle_host(suffix, site.clone());
    config.resolver = Resolver::new(asked).unwrap();
}
