//! DID documents, and the three things AT Protocol reads from them: the signing key, the PDS, the claimed handle.
//!
//! Documents come from strangers and hold whatever other protocols put there. What AT Protocol has no use for is
//! passed over in silence; what it does use is read strictly, or reported as missing.

use hypercerts_lexicon::{Did, Handle};
use hypercerts_repo::keys::{Curve, PublicKey};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value;
use url::Url;

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// The fragment of the signing key's id.
const SIGNING_KEY: &str = "#atproto";
/// The fragment of the PDS's id.
const PDS: &str = "#atproto_pds";
/// The type of the PDS's service.
pub(crate) const PDS_TYPE: &str = "AtprotoPersonalDataServer";
const MULTIKEY: &str = "Multikey";

/// A DID document, as far as AT Protocol reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    pub(crate) context: Vec<String>,
    pub(crate) id: Did,
    pub(crate) also_known_as: Vec<String>,
    pub(crate) verification_methods: Vec<VerificationMethod>,
    pub(crate) services: Vec<Service>,
}

/// A public key of a document, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMethod {
    /// Absolute (`did:…#atproto`) or relative (`#atproto`).
    pub id: String,
    /// `Multikey`, or a legacy type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The DID that controls the key.
    pub controller: String,
    /// The key, in the form its type says.
    pub public_key_multibase: String,
}

/// A service of a document, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Absolute or relative.
    pub id: String,
    /// What kind of service it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub service_endpoint: String,
}

/// What a document lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a DID document at all.
    #[error("this is not a DID document: {0}")]
    Malformed(String),
    /// It describes somebody else.
    #[error("the document describes {found} instead of {expected}")]
    WrongDid {
        /// Whose document was asked for.
        expected: Did,
        /// Whose document it is.
        found: Did,
    },
    /// It has no signing key that can be read.
    #[error("the DID document of {did} has no usable signing key: {reason}")]
    NoSigningKey {
        /// Whose document it is.
        did: Did,
        /// What is wrong with the key.
        reason: String,
    },
    /// It names no such service that can be asked.
    #[error("the DID document of {did} names no usable service {id}: {reason}")]
    NoService {
        /// Whose document it is.
        did: Did,
        /// The service's id, which begins with `#`.
        id: String,
        /// What is wrong with the service.
        reason: String,
    },
    /// It names no PDS that can be asked.
    #[error("the DID document of {did} names no usable PDS: {reason}")]
    NoPds {
        /// Whose document it is.
        did: Did,
        /// What is wrong with the service.
        reason: String,
    },
}

impl DidDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] when it is too large, not JSON, or has no DID as its id.
    pub fn from_json(bytes: &[u8]) -> Result<Self, DocumentError> {
        if bytes.len() > MAX_DOCUMENT {
            return Err(DocumentError::Malformed(format!(
                "it is larger than {MAX_DOCUMENT} bytes"
            )));
        }
        let json: Value = serde_json::from_slice(bytes)
            .map_err(|error| DocumentError::Malformed(error.to_string()))?;
        let id = json["id"]
            .as_str()
            .ok_or_else(|| DocumentError::Malformed("it has no id".to_owned()))?;
        Ok(Self {
            context: strings(&json["@context"]),
            id: Did::parse(id).map_err(|error| DocumentError::Malformed(error.to_string()))?,
            also_known_as: strings(&json["alsoKnownAs"]),
            verification_methods: items(&json["verificationMethod"], VerificationMethod::read),
            services: items(&json["service"], Service::read),
        })
    }

    /// The same document, if it is that of `did`.
    pub fn of(self, did: &Did) -> Result<Self, DocumentError> {
        match self.id == *did {
            true => Ok(self),
            false => Err(DocumentError::WrongDid { expected: did.clone(), found: self.id }),
        }
    }

    /// Whom the document describes.
    pub fn id(&self) -> &Did {
        &self.id
    }

    /// The other names the document claims, `at://` handles among them.
    pub fn also_known_as(&self) -> &[String] {
        &self.also_known_as
    }

    /// The keys.
    pub fn verification_methods(&self) -> &[VerificationMethod] {
        &self.verification_methods
    }

    /// The services.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The key that signs the repository: the first method whose id is `#atproto`.
    pub fn signing_key(&self) -> Result<PublicKey, DocumentError> {
        self.key(SIGNING_KEY)
            .map_err(|reason| DocumentError::NoSigningKey { did: self.id.clone(), reason })
    }

    /// The key of the first method whose id ends in this fragment, given without its `#`.
    ///
    /// # Errors
    /// What is wrong, beginning in lower case and without a full stop.
    pub fn key_named(&self, fragment: &str) -> Result<PublicKey, String> {
        self.key(&format!("#{fragment}"))
    }

    fn key(&self, id: &str) -> Result<PublicKey, String> {
        let mut methods = self.verification_methods.iter();
        let method = methods.find(|method| self.names(&method.id, id));
        method.ok_or_else(|| format!("no verification method has the id {id}"))?.key()
    }

    /// The origin of the PDS: the first service whose id is `#atproto_pds`.
    pub fn pds(&self) -> Result<Url, DocumentError> {
        let unusable = |reason: String| DocumentError::NoPds { did: self.id.clone(), reason };
        let service = self.service(PDS).map_err(unusable)?;
        if service.kind != PDS_TYPE {
            return Err(unusable(format!("the service {PDS} is of another type than {PDS_TYPE}")));
        }
        origin(&service.service_endpoint).map_err(unusable)
    }

    /// The origin of the first service whose id ends in this fragment, given without its `#`.
    pub fn service_named(&self, fragment: &str) -> Result<Url, DocumentError> {
        let id = format!("#{fragment}");
        let service = self.service(&id).and_then(|service| origin(&service.service_endpoint));
        service.map_err(|reason| DocumentError::NoService { did: self.id.clone(), id, reason })
    }

    fn service(&self, id: &str) -> Result<&Service, String> {
        let mut services = self.services.iter();
        let service = services.find(|service| self.names(&service.id, id));
        service.ok_or_else(|| format!("no service has the id {id}"))
    }

    /// The handle the document claims: the first `at://` entry of its other names. A claim, until the handle's
    /// domain points back here.
    pub fn claimed_handle(&self) -> Option<Handle> {
        let claim = self.also_known_as.iter().find_map(|name| name.strip_prefix("at://"))?;
        Handle::parse(claim).ok()
    }

    /// Whether an id in this document, absolute or relative, is that of `fragment`.
    fn names(&self, id: &str, fragment: &str) -> bool {
        id.strip_prefix(self.id.as_str()).unwrap_or(id) == fragment
    }
}

impl VerificationMethod {
    fn read(json: &Value) -> Option<Self> {
        Some(Self {
            id: text(json, "id")?,
            kind: text(json, "type")?,
            controller: text(json, "controller").unwrap_or_default(),
            public_key_multibase: text(json, "publicKeyMultibase")?,
        })
    }

    fn key(&self) -> Result<PublicKey, String> {
        let text = &self.public_key_multibase;
        match self.kind.as_str() {
            MULTIKEY => PublicKey::from_multibase(text),
            "EcdsaSecp256k1VerificationKey2019" => PublicKey::from_legacy(Curve::K256, text),
            "EcdsaSecp256r1VerificationKey2019" => PublicKey::from_legacy(Curve::P256, text),
            _ => return Err("keys of its type are not used in AT Protocol".to_owned()),
        }
        .map_err(|error| error.to_string())
    }
}

impl Service {
    fn read(json: &Value) -> Option<Self> {
        Some(Self {
            id: text(json, "id")?,
            kind: text(json, "type")?,
            service_endpoint: text(json, "serviceEndpoint")?,
        })
    }
}

impl Serialize for DidDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("DidDocument", 5)?;
        json.serialize_field("@context", &self.context)?;
        json.serialize_field("id", &self.id)?;
        json.serialize_field("alsoKnownAs", &self.also_known_as)?;
        json.serialize_field("verificationMethod", &self.verification_methods)?;
        json.serialize_field("service", &self.services)?;
        json.end()
    }
}

/// Reads a service's address: scheme, host and port, nothing behind them.
fn origin(endpoint: &str) -> Result<Url, String> {
    let url =
        Url::parse(endpoint).map_err(|error| format!("its endpoint is not a URL ({error})"))?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    match matches!(url.scheme(), "http" | "https") && url.has_host() && bare && anonymous {
        true => Ok(url),
        false => Err("its endpoint is more than scheme, host and port".to_owned()),
    }
}

fn text(json: &Value, key: &str) -> Option<String> {
    json[key].as_str().map(str::to_owned)
}

fn items<T>(list: &Value, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    list.as_array().into_iter().flatten().filter_map(read).collect()
}

fn strings(list: &Value) -> Vec<String> {
    match list {
        Value::String(single) => vec![single.clone()],
        list => items(list, |item| item.as_str().map(str::to_owned)),
    }
}
