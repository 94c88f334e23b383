//! What did:plc says about an account, and the DID document made of it.

use std::collections::BTreeMap;

use hypercerts_lexicon::{Did, Handle, Map, Value};
use hypercerts_repo::keys::{Curve, PublicKey};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::document::{DidDocument, PDS_TYPE, Service, VerificationMethod};

/// The state of an account: what an operation sets and a DID document shows.
///
/// Keys are kept as the text they were signed as. A verification method may be of a kind AT Protocol does not use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlcData {
    /// The did:keys that may change this state, strongest first.
    pub rotation_keys: Vec<String>,
    /// Keys by their id without `#`; the signing key is `atproto`.
    pub verification_methods: BTreeMap<String, String>,
    /// Other names; the handle is `at://…`.
    pub also_known_as: Vec<String>,
    /// Services by their id without `#`; the PDS is `atproto_pds`.
    pub services: BTreeMap<String, PlcService>,
}

/// A service of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlcService {
    /// What kind of service it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub endpoint: String,
}

impl PlcData {
    /// The state of an AT Protocol account. `pds` is taken as an origin: its scheme, host and port.
    pub fn account(
        signing: &PublicKey,
        rotation: &[PublicKey],
        handle: &Handle,
        pds: &Url,
    ) -> Self {
        Self::with_texts(
            rotation.iter().map(PublicKey::to_did_key).collect(),
            signing.to_did_key(),
            format!("at://{handle}"),
            pds.origin().ascii_serialization(),
        )
    }

    pub(super) fn with_texts(
        rotation_keys: Vec<String>,
        signing_key: String,
        name: String,
        endpoint: String,
    ) -> Self {
        let pds = PlcService { kind: PDS_TYPE.to_owned(), endpoint };
        Self {
            rotation_keys,
            verification_methods: BTreeMap::from([("atproto".to_owned(), signing_key)]),
            also_known_as: vec![name],
            services: BTreeMap::from([("atproto_pds".to_owned(), pds)]),
        }
    }

    /// The same state under another handle.
    #[must_use]
    pub fn with_handle(mut self, handle: &Handle) -> Self {
        self.also_known_as.retain(|name| !name.starts_with("at://"));
        self.also_known_as.insert(0, format!("at://{handle}"));
        self
    }

    /// The DID document, in the form the public directory gives it.
    pub fn document(&self, did: &Did) -> DidDocument {
        let mut context = vec![
            "https://www.w3.org/ns/did/v1".to_owned(),
            "https://w3id.org/security/multikey/v1".to_owned(),
        ];
        for suite in self.verification_methods.values().filter_map(|key| suite_of(key)) {
            if !context.iter().any(|known| known == suite) {
                context.push(suite.to_owned());
            }
        }
        DidDocument {
            context,
            id: did.clone(),
            also_known_as: self.also_known_as.clone(),
            verification_methods: self.methods(did).collect(),
            services: self.services.iter().map(|(id, service)| service.entry(id)).collect(),
        }
    }

    fn methods(&self, did: &Did) -> impl Iterator<Item = VerificationMethod> {
        self.verification_methods.iter().map(move |(id, key)| VerificationMethod {
            id: format!("{did}#{id}"),
            kind: "Multikey".to_owned(),
            controller: did.to_string(),
            public_key_multibase: key.strip_prefix("did:key:").unwrap_or(key).to_owned(),
        })
    }

    /// The state as the fields of a signed operation.
    pub(super) fn fields(&self) -> Map {
        let list = |texts: &[String]| {
            Value::List(texts.iter().map(|text| Value::from(text.as_str())).collect())
        };
        let methods: Map =
            self.verification_methods.iter().map(|(id, key)| (id.as_str(), key.as_str())).collect();
        let services: Map =
            self.services.iter().map(|(id, service)| (id.as_str(), service.fields())).collect();
        Map::from_iter([
            ("rotationKeys", list(&self.rotation_keys)),
            ("verificationMethods", Value::Map(methods)),
            ("alsoKnownAs", list(&self.also_known_as)),
            ("services", Value::Map(services)),
        ])
    }
}

impl PlcService {
    fn entry(&self, id: &str) -> Service {
        Service {
            id: format!("#{id}"),
            kind: self.kind.clone(),
            service_endpoint: self.endpoint.clone(),
        }
    }

    fn fields(&self) -> Value {
        Value::Map(Map::from_iter([
            ("type", self.kind.as_str()),
            ("endpoint", self.endpoint.as_str()),
        ]))
    }
}

/// The context that explains a key of this curve.
fn suite_of(did_key: &str) -> Option<&'static str> {
    match PublicKey::from_did_key(did_key).ok()?.curve() {
        Curve::K256 => Some("https://w3id.org/security/suites/secp256k1-2019/v1"),
        Curve::P256 => Some("https://w3id.org/security/suites/ecdsa-2019/v1"),
    }
}
