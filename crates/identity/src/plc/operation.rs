//! Operations: their bytes, signatures, CIDs and the DIDs they make.

use std::borrow::Cow;

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use hypercerts_lexicon::{Cid, Did, Map, Value, drisl, json};
use hypercerts_repo::keys::{PublicKey, SecretKey};
use serde::{Deserialize, Deserializer, Serialize};

use super::{PlcData, PlcError};

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Sets the whole state, or, without `prev`, makes a new DID with it.
    Set {
        /// The state from now on.
        data: PlcData,
        /// The operation this one builds on.
        prev: Option<Cid>,
    },
    /// Gives the DID up.
    Tombstone {
        /// The operation this one builds on.
        prev: Cid,
    },
    /// The first form of a first operation; long out of use, but such DIDs live on.
    Create(LegacyCreate),
}

/// The content of a legacy `create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyCreate {
    /// Signs the repository, and is the weaker rotation key.
    pub signing_key: String,
    /// The stronger rotation key.
    pub recovery_key: String,
    /// With or without `at://`.
    pub handle: String,
    /// The PDS, with or without a scheme.
    pub service: String,
}

/// An operation with a signature of the right form; whether it holds depends on the keys in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct SignedOperation {
    operation: Operation,
    signature: [u8; 64],
}

impl Operation {
    /// Signs the operation.
    pub fn sign(self, key: &SecretKey) -> SignedOperation {
        let signature = key.sign(&drisl::encode(&Value::Map(self.fields())));
        SignedOperation { operation: self, signature }
    }

    /// The operation this one builds on.
    pub fn prev(&self) -> Option<Cid> {
        match self {
            Self::Set { prev, .. } => *prev,
            Self::Tombstone { prev } => Some(*prev),
            Self::Create(_) => None,
        }
    }

    /// The state after this operation; none after a tombstone.
    pub fn data(&self) -> Option<Cow<'_, PlcData>> {
        match self {
            Self::Set { data, .. } => Some(Cow::Borrowed(data)),
            Self::Tombstone { .. } => None,
            Self::Create(create) => Some(Cow::Owned(create.data())),
        }
    }

    /// All fields but the signature. `prev` is always there, as null where there is none.
    fn fields(&self) -> Map {
        let prev = || self.prev().map_or(Value::Null, |cid| Value::Text(cid.to_string()));
        let mut fields = match self {
            Self::Set { data, .. } => data.fields(),
            Self::Tombstone { .. } => Map::new(),
            Self::Create(create) => create.fields(),
        };
        fields.insert("type", self.kind());
        fields.insert("prev", prev());
        fields
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Set { .. } => "plc_operation",
            Self::Tombstone { .. } => "plc_tombstone",
            Self::Create(_) => "create",
        }
    }
}

impl LegacyCreate {
    /// The state a modern operation would have set.
    fn data(&self) -> PlcData {
        let name = match self.handle.starts_with("at://") {
            true => self.handle.clone(),
            false => format!("at://{}", without_scheme(&self.handle)),
        };
        let endpoint =
            match self.service.starts_with("http://") || self.service.starts_with("https://") {
                true => self.service.clone(),
                false => format!("https://{}", self.service),
            };
        let rotation_keys = vec![self.recovery_key.clone(), self.signing_key.clone()];
        PlcData::with_texts(rotation_keys, self.signing_key.clone(), name, endpoint)
    }

    fn fields(&self) -> Map {
        Map::from_iter([
            ("signingKey", self.signing_key.as_str()),
            ("recoveryKey", self.recovery_key.as_str()),
            ("handle", self.handle.as_str()),
            ("service", self.service.as_str()),
        ])
    }
}

fn without_scheme(text: &str) -> &str {
    text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text)
}

impl SignedOperation {
    /// Reads an operation from JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PlcError> {
        serde_json::from_slice(bytes).map_err(|error| PlcError::Malformed(error.to_string()))
    }

    /// Reads the bytes that [`to_bytes`](Self::to_bytes) gives, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PlcError> {
        let malformed = |why: String| PlcError::Malformed(why);
        let value = drisl::decode(bytes).map_err(|error| malformed(error.to_string()))?;
        let operation: Self = serde_json::from_value(json::to_json(&value))
            .map_err(|error| malformed(error.to_string()))?;
        match operation.to_bytes() == bytes {
            true => Ok(operation),
            false => Err(malformed("its bytes are not those that are signed".to_owned())),
        }
    }

    /// What it does.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The operation this one builds on.
    pub fn prev(&self) -> Option<Cid> {
        self.operation.prev()
    }

    /// The bytes that are hashed: the operation with its signature.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut fields = self.operation.fields();
        fields.insert("sig", BASE64URL_NOPAD.encode(&self.signature));
        drisl::encode(&Value::Map(fields))
    }

    /// The CID by which later operations name this one.
    pub fn cid(&self) -> Cid {
        Cid::of_drisl(&self.to_bytes())
    }

    /// The DID this operation makes, if it is a first one.
    pub fn did(&self) -> Option<Did> {
        let first = !matches!(self.operation, Operation::Tombstone { .. }) && self.prev().is_none();
        first.then(|| did_of(&self.cid()))
    }

    /// The place of the first of these did:keys whose signature this is. Keys that cannot be read sign nothing.
    pub fn signer(&self, did_keys: &[String]) -> Option<usize> {
        let message = drisl::encode(&Value::Map(self.operation.fields()));
        did_keys.iter().position(|text| {
            PublicKey::from_did_key(text)
                .is_ok_and(|key| key.verify(&message, &self.signature).is_ok())
        })
    }
}

/// The number of characters of a did:plc behind `did:plc:`.
const ID_LENGTH: usize = 24;

fn did_of(genesis: &Cid) -> Did {
    let hash = BASE32_NOPAD.encode(genesis.digest()).to_ascii_lowercase();
    Did::parse(&format!("did:plc:{}", &hash[..ID_LENGTH]))
        .expect("invariant: base 32 digits make a DID")
}

/// Whether a DID can have come from an operation: `did:plc:` and 24 digits of lower-case base 32.
pub fn is_plc_did(did: &Did) -> bool {
    let id = did.method_specific_id();
    did.is_plc()
        && id.len() == ID_LENGTH
        && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
}

/// More rotation keys than any directory ever took: checking a signature costs in proportion to them.
const MAX_ROTATION_KEYS: usize = 32;

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
enum Wire {
    #[serde(rename = "plc_operation", rename_all = "camelCase")]
    Set {
        rotation_keys: Vec<String>,
        verification_methods: std::collections::BTreeMap<String, String>,
        also_known_as: Vec<String>,
        services: std::collections::BTreeMap<String, super::PlcService>,
        #[serde(deserialize_with = "present")]
        prev: Option<Cid>,
        sig: String,
    },
    #[serde(rename = "plc_tombstone")]
    Tombstone { prev: Cid, sig: String },
    #[serde(rename = "create", rename_all = "camelCase")]
    Create {
        signing_key: String,
        recovery_key: String,
        handle: String,
        service: String,
        #[serde(deserialize_with = "present")]
        prev: Option<()>,
        sig: String,
    },
}

/// A field that may be null but not absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

impl TryFrom<Wire> for SignedOperation {
    type Error = PlcError;

    fn try_from(wire: Wire) -> Result<Self, PlcError> {
        if let Wire::Set { rotation_keys, .. } = &wire
            && rotation_keys.len() > MAX_ROTATION_KEYS
        {
            let reason = format!("it lists more than {MAX_ROTATION_KEYS} rotation keys");
            return Err(PlcError::Malformed(reason));
        }
        let (operation, sig) = match wire {
            Wire::Set {
                rotation_keys,
                verification_methods,
                also_known_as,
                services,
                prev,
                sig,
            } => {
                let data = PlcData { rotation_keys, verification_methods, also_known_as, services };
                (Operation::Set { data, prev }, sig)
            }
            Wire::Tombstone { prev, sig } => (Operation::Tombstone { prev }, sig),
            Wire::Create { signing_key, recovery_key, handle, service, prev: _, sig } => (
                Operation::Create(LegacyCreate { signing_key, recovery_key, handle, service }),
                sig,
            ),
        };
        Ok(Self { operation, signature: signature(&sig)? })
    }
}

impl From<SignedOperation> for Wire {
    fn from(signed: SignedOperation) -> Self {
        let sig = BASE64URL_NOPAD.encode(&signed.signature);
        match signed.operation {
            Operation::Set { data, prev } => {
                let PlcData { rotation_keys, verification_methods, also_known_as, services } = data;
                Self::Set {
                    rotation_keys,
                    verification_methods,
                    also_known_as,
                    services,
                    prev,
                    sig,
                }
            }
            Operation::Tombstone { prev } => Self::Tombstone { prev, sig },
            Operation::Create(create) => {
                let LegacyCreate { signing_key, recovery_key, handle, service } = create;
                Self::Create { signing_key, recovery_key, handle, service, prev: None, sig }
            }
        }
    }
}

/// 64 bytes in the one base64url form: no padding, no spare bits, no white space.
fn signature(text: &str) -> Result<[u8; 64], PlcError> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|error| {
        PlcError::Malformed(format!("its signature is not plain base64url ({error})"))
    })?;
    let length = bytes.len();
    bytes.try_into().map_err(|_| {
        PlcError::Malformed(format!(
            "its signature has {length} bytes, but 64 are needed (r and s; DER is not taken)"
        ))
    })
}
