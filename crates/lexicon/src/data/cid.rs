//! CIDs: content addresses, the only kind repositories use.

use std::fmt;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use sha2::{Digest, Sha256};

use crate::syntax::shorten;

const VERSION: u8 = 1;
const SHA_256: u8 = 0x12;
const DIGEST_LENGTH: u8 = 32;
/// Length of the binary form: version, codec, hash, length, then the digest.
const LENGTH: usize = 36;
/// Length of the text form: the letter `b`, then 36 bytes in base 32.
const TEXT_LENGTH: usize = 59;

/// What the bytes behind a CID are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// A blob: any bytes.
    Raw = 0x55,
    /// A value in DRISL, also known as dag-cbor.
    Drisl = 0x71,
}

/// The address of a value or blob by its SHA-256 hash: CID version 1 in the profile of the AT
/// Protocol (data model page, "Links").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid {
    codec: Codec,
    digest: [u8; 32],
}

/// Text or bytes that are not a CID of the AT Protocol's profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CidError {
    /// Text that is no CID, shortened.
    #[error("{0:?} is not a CID: it must be “b” and 58 digits of lower-case base 32")]
    Text(String),
    /// So many bytes instead of 36.
    #[error("a CID has 36 bytes, not {0}")]
    Length(usize),
    /// Another version, codec or hash.
    #[error("a CID must be of version 1 with codec 0x71 or 0x55 and a SHA-256 hash")]
    Profile,
}

impl Cid {
    /// A CID from its parts.
    pub fn new(codec: Codec, digest: [u8; 32]) -> Self {
        Self { codec, digest }
    }

    /// The address of a value, given its DRISL encoding.
    pub fn of_drisl(bytes: &[u8]) -> Self {
        Self::new(Codec::Drisl, sha_256(bytes))
    }

    /// The address of a blob.
    pub fn of_raw(bytes: &[u8]) -> Self {
        Self::new(Codec::Raw, sha_256(bytes))
    }

    /// What the bytes it addresses are.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// The SHA-256 hash.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Whether `bytes` are what this CID addresses.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.digest == sha_256(bytes)
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, CidError> {
        let mut bytes = [0; LENGTH];
        text.strip_prefix('b')
            .filter(|_| text.len() == TEXT_LENGTH)
            .and_then(|digits| base32().decode_mut(digits.as_bytes(), &mut bytes).ok())
            .ok_or_else(|| CidError::Text(shorten(text, 80)))?;
        Self::from_bytes(&bytes)
    }

    /// Reads the binary form, exactly 36 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CidError> {
        let bytes: &[u8; LENGTH] = bytes.try_into().map_err(|_| CidError::Length(bytes.len()))?;
        let ([VERSION, codec, SHA_256, DIGEST_LENGTH], digest) =
            bytes.split_first_chunk::<4>().ok_or(CidError::Profile)?
        else {
            return Err(CidError::Profile);
        };
        let codec = match codec {
            0x55 => Codec::Raw,
            0x71 => Codec::Drisl,
            _ => return Err(CidError::Profile),
        };
        Ok(Self::new(codec, digest.try_into().map_err(|_| CidError::Profile)?))
    }

    /// The binary form.
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&[VERSION, self.codec as u8, SHA_256, DIGEST_LENGTH]);
        bytes[4..].copy_from_slice(&self.digest);
        bytes
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'b'; TEXT_LENGTH];
        base32().encode_mut(&self.to_bytes(), &mut text[1..]);
        f.write_str(std::str::from_utf8(&text).expect("invariant: base 32 is ASCII"))
    }
}

impl fmt::Debug for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cid({self})")
    }
}

impl std::str::FromStr for Cid {
    type Err = CidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl serde::Serialize for Cid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Cid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

fn sha_256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case base 32 of RFC 4648 without padding, refusing stray bits at the end.
pub(crate) fn base32() -> &'static Encoding {
    static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
        let mut specification = Specification::new();
        specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
        specification.encoding().expect("invariant: 32 different ASCII symbols")
    });
    &BASE32
}
