//! What an app declares about itself, checked once: whoever holds a [`Client`] need not doubt it.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::oauth::client::id::{ClientId, LoopbackId};
use crate::oauth::client::redirect;
use crate::oauth::error::OAuthError;
use crate::oauth::jwk::{Algorithm, Jwk};
use crate::oauth::scope;

/// Keys and addresses of one app.
const MAX_ENTRIES: usize = 32;
/// Bytes of all addresses of one app.
const MAX_REDIRECT_BYTES: usize = 8 * 1024;

/// An app, as its document says.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: ClientId,
    /// What it calls itself; anybody may call themselves anything.
    pub name: Option<String>,
    /// The scopes it may ask for.
    pub scope: String,
    redirect_uris: Vec<String>,
    pub method: Method,
    /// Whether it wants refresh tokens.
    pub refreshes: bool,
}

/// How it authenticates.
#[derive(Clone, Debug)]
pub enum Method {
    /// Not at all: it runs where it can keep no secret.
    Public,
    /// By a signature of one of its keys.
    PrivateKey { algorithm: Algorithm, keys: Keys },
}

/// Where the keys of a confidential client are.
#[derive(Clone, Debug)]
pub enum Keys {
    Inline(Vec<Jwk>),
    At(Url),
}

/// Where it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Web,
    Native,
}

#[derive(Deserialize)]
struct Document {
    client_id: String,
    client_name: Option<String>,
    #[serde(default)]
    application_type: Kind,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    #[serde(default)]
    response_types: Vec<String>,
    #[serde(default)]
    scope: String,
    token_endpoint_auth_method: Option<String>,
    token_endpoint_auth_signing_alg: Option<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
}

impl Client {
    /// An app whose id says everything.
    pub fn on_this_machine(id: &LoopbackId) -> Result<Self, OAuthError> {
        let client = Self {
            id: ClientId::Loopback(id.clone()),
            name: None,
            scope: id.scope.clone(),
            redirect_uris: id.redirect_uris.clone(),
            method: Method::Public,
            refreshes: true,
        };
        client.check_redirects(Kind::Native)?;
        check_scope(&client.scope)?;
        Ok(client)
    }

    /// Reads the document that was fetched from `id`.
    pub fn read(id: &ClientId, bytes: &[u8]) -> Result<Self, OAuthError> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|why| refused(format!("it is not JSON of the right form: {why}")))?;
        if document.client_id != id.to_string() {
            return Err(refused(format!("its client_id is \"{}\"", document.client_id)));
        }
        document.check()?;
        let method = document.method(id)?;
        let kind = document.application_type;
        let client = Self {
            id: id.clone(),
            name: document.client_name.map(|name| name.chars().take(100).collect()),
            scope: document.scope,
            redirect_uris: document.redirect_uris,
            method,
            refreshes: document.grant_types.iter().any(|grant| grant == "refresh_token"),
        };
        client.check_redirects(kind)?;
        Ok(client)
    }

    /// Whether its document itself holds the keys it may sign with.
    pub fn holds_keys(&self) -> bool {
        matches!(self.method, Method::PrivateKey { keys: Keys::Inline(_), .. })
    }

    fn check_redirects(&self, kind: Kind) -> Result<(), OAuthError> {
        if !(1..=MAX_ENTRIES).contains(&self.redirect_uris.len()) {
            return Err(refused(format!("redirect_uris needs 1 to {MAX_ENTRIES} entries")));
        }
        if self.redirect_uris.iter().map(String::len).sum::<usize>() > MAX_REDIRECT_BYTES {
            return Err(refused(format!("redirect_uris has more than {MAX_REDIRECT_BYTES} bytes")));
        }
        let check = |uri| redirect::check_registered(uri, &self.id, kind).map_err(refused);
        self.redirect_uris.iter().try_for_each(|uri| check(uri))
    }

    /// The address to answer at: the one asked for, if it is registered, or the only one there is.
    pub fn redirect_uri(&self, asked: Option<String>) -> Result<String, OAuthError> {
        match (asked, self.redirect_uris.as_slice()) {
            (None, [only]) => Ok(only.clone()),
            (None, _) => Err(OAuthError::request("redirect_uri is missing.")),
            (Some(asked), registered) => {
                match registered.iter().any(|uri| redirect::is_same(uri, &asked)) {
                    true => Ok(asked),
                    false => Err(OAuthError::request(format!(
                        "redirect_uri is \"{asked}\", which the client has not registered."
                    ))),
                }
            }
        }
    }
}

impl Document {
    fn check(&self) -> Result<(), OAuthError> {
        let has = |list: &[String], value: &str| list.iter().any(|item| item == value);
        if !self.dpop_bound_access_tokens {
            return Err(refused("dpop_bound_access_tokens is not true"));
        }
        if !has(&self.grant_types, "authorization_code") {
            return Err(refused("grant_types does not hold authorization_code"));
        }
        if !has(&self.response_types, "code") {
            return Err(refused("response_types does not hold code"));
        }
        check_scope(&self.scope)
    }

    fn method(&self, id: &ClientId) -> Result<Method, OAuthError> {
        match self.token_endpoint_auth_method.as_deref() {
            Some("none") if self.jwks.is_some() || self.jwks_uri.is_some() => {
                Err(refused("token_endpoint_auth_method is \"none\", yet there are keys"))
            }
            Some("none") => Ok(Method::Public),
            Some("private_key_jwt") => {
                Ok(Method::PrivateKey { algorithm: self.algorithm()?, keys: self.keys(id)? })
            }
            _ => Err(refused("token_endpoint_auth_method must be \"none\" or \"private_key_jwt\"")),
        }
    }

    fn algorithm(&self) -> Result<Algorithm, OAuthError> {
        let named = self.token_endpoint_auth_signing_alg.as_deref().and_then(Algorithm::named);
        named.ok_or_else(|| {
            refused(
                "token_endpoint_auth_signing_alg names no algorithm accepted here, such as ES256",
            )
        })
    }

    fn keys(&self, id: &ClientId) -> Result<Keys, OAuthError> {
        match (&self.jwks, &self.jwks_uri) {
            (Some(set), None) => Ok(Keys::Inline(read_keys(set)?)),
            (None, Some(uri)) => {
                let url = Url::parse(uri).map_err(|_| refused("jwks_uri is not a URL"))?;
                // The same security as the document's.
                let fits = url.scheme() == "https"
                    || matches!(id, ClientId::Document(id) if id.scheme() == url.scheme());
                if fits { Ok(Keys::At(url)) } else { Err(refused("jwks_uri is not an https URL")) }
            }
            _ => Err(refused("private_key_jwt needs jwks or jwks_uri, and not both")),
        }
    }
}

/// The keys of a set. One that is not understood here is passed over, one that holds a secret is not.
pub fn read_keys(set: &Value) -> Result<Vec<Jwk>, OAuthError> {
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or_else(|| refused("its keys are not a JSON Web Key Set"))?;
    if keys.len() > MAX_ENTRIES {
        return Err(refused(format!("it has more than {MAX_ENTRIES} keys")));
    }
    if keys.iter().any(|key| key.get("d").is_some()) {
        return Err(refused(
            "one of its keys is a private one; replace it and publish the public one",
        ));
    }
    Ok(keys.iter().filter_map(|key| Jwk::read(key).ok()).collect())
}

fn check_scope(scope: &str) -> Result<(), OAuthError> {
    if scope.len() > scope::MAX_BYTES {
        return Err(refused(format!("scope has more than {} bytes", scope::MAX_BYTES)));
    }
    match scope.split_ascii_whitespace().any(|word| word == "atproto") {
        true => Ok(()),
        false => Err(refused("scope does not hold \"atproto\"")),
    }
}

fn refused(why: impl std::fmt::Display) -> OAuthError {
    OAuthError::metadata(format!("The client's metadata is refused: {why}."))
}
