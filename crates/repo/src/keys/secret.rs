//! Secret keys and signing.

use std::fmt;

use aws_lc_rs::agreement::{self, ECDH_P256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::public::decode_base58;
use super::signature::{self, SIGNATURE_LEN};
use super::{Curve, KeyError, PublicKey};

/// A secret key. Its bytes are wiped when it is dropped and never appear in `Debug` output.
pub struct SecretKey {
    bytes: Zeroizing<[u8; 32]>,
    signer: Signer,
    public: PublicKey,
}

enum Signer {
    K256(K256Secret),
    P256(Box<EcdsaKeyPair>),
}

/// secp256k1 keeps secrets in a `Copy` type that does not wipe itself.
struct K256Secret(secp256k1::SecretKey);

impl Drop for K256Secret {
    fn drop(&mut self) {
        self.0.non_secure_erase();
    }
}

impl SecretKey {
    /// Takes 32 bytes as a secret key. Any random bytes will do: all but about one in 2³² (P-256)
    /// or 2¹²⁸ (K-256) choices are keys, the others are refused.
    pub fn from_bytes(curve: Curve, bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let (signer, public) = match curve {
            Curve::K256 => k256(bytes),
            Curve::P256 => p256(bytes),
        }
        .ok_or(KeyError::NotASecret(curve))?;
        Ok(SecretKey { bytes: Zeroizing::new(*bytes), signer, public })
    }

    /// Reads the multibase text of a secret key, `z…`: curve prefix and 32 bytes, as the tools of
    /// AT Protocol print it.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(decode_base58(text)?);
        let (prefix, secret) = bytes.split_first_chunk::<2>().ok_or(KeyError::NotASecretText)?;
        let curve = [Curve::K256, Curve::P256]
            .into_iter()
            .find(|curve| curve.secret_multicodec() == *prefix)
            .ok_or(KeyError::NotASecretText)?;
        Self::from_bytes(curve, secret.try_into().map_err(|_| KeyError::NotASecretText)?)
    }

    /// The multibase text, `z…`. Whoever reads it can sign as this key.
    pub fn to_multibase(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(self.curve().secret_multicodec().to_vec());
        bytes.extend_from_slice(&*self.bytes);
        Zeroizing::new(format!("z{}", bs58::encode(&*bytes).into_string()))
    }

    /// The 32 secret bytes.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.bytes.clone()
    }

    /// The curve this key belongs to.
    pub fn curve(&self) -> Curve {
        self.public.curve()
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> PublicKey {
        self.public.clone()
    }

    /// Signs the SHA-256 of `message`: 64 bytes r‖s with a low s.
    ///
    /// K-256 signatures are deterministic (RFC 6979); for P-256 the library draws a fresh nonce
    /// from the operating system.
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LEN] {
        match &self.signer {
            Signer::K256(secret) => {
                let digest = secp256k1::Message::from_digest(Sha256::digest(message).into());
                secret.0.sign_ecdsa(digest).serialize_compact()
            }
            Signer::P256(pair) => {
                let signature = pair
                    .sign(&SystemRandom::new(), message)
                    .expect("invariant: a checked P-256 key can sign");
                signature::with_low_s(Curve::P256, signature.as_ref())
            }
        }
    }
}

fn k256(bytes: &[u8; 32]) -> Option<(Signer, PublicKey)> {
    let secret = K256Secret(secp256k1::SecretKey::from_secret_bytes(*bytes).ok()?);
    let public = PublicKey::from_point(Curve::K256, &secret.0.public_key().serialize()).ok()?;
    Some((Signer::K256(secret), public))
}

fn p256(bytes: &[u8; 32]) -> Option<(Signer, PublicKey)> {
    let scalar = agreement::PrivateKey::from_private_key(&ECDH_P256, bytes).ok()?;
    let point = scalar.compute_public_key().ok()?;
    let public = PublicKey::from_point(Curve::P256, point.as_ref()).ok()?;
    let pair = EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        bytes,
        point.as_ref(),
    )
    .ok()?;
    Some((Signer::P256(Box::new(pair)), public))
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}
