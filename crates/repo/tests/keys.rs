//! Keys and signatures.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{interop_json, key};
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use hypercerts_repo::{Curve, KeyError, PublicKey, SecretKey, SignatureError};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn text<'a>(vector: &'a serde_json::Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap()
}

#[test]
fn signatures_hold_against_the_interop_vectors() {
    for vector in interop_json("crypto/signature-fixtures.json") {
        let curve = match text(&vector, "algorithm") {
            "ES256K" => Curve::K256,
            _ => Curve::P256,
        };
        let key = PublicKey::from_did_key(text(&vector, "publicKeyDid")).unwrap();
        assert_eq!(key.curve(), curve);
        assert_eq!(
            PublicKey::from_legacy(curve, text(&vector, "publicKeyMultibase")),
            Ok(key.clone())
        );
        let decode = |field| BASE64_NOPAD.decode(text(&vector, field).as_bytes()).unwrap();
        let (message, signature) = (decode("messageBase64"), decode("signatureBase64"));
        let expected = match vector["tags"][0].as_str() {
            Some("high-s") => Err(SignatureError::HighS),
            Some("der-encoded") => Err(SignatureError::Length(signature.len())),
            _ => Ok(()),
        };
        assert_eq!(key.verify(&message, &signature), expected, "{}", vector["comment"]);
    }
}

#[test]
fn secret_keys_give_the_did_keys_of_the_w3c_vectors() {
    for vector in interop_json("crypto/w3c_didkey_K256.json") {
        let secret = HEXLOWER.decode(text(&vector, "privateKeyBytesHex").as_bytes()).unwrap();
        assert_did_key(Curve::K256, &secret, text(&vector, "publicDidKey"));
    }
    for vector in interop_json("crypto/w3c_didkey_P256.json") {
        let secret = bs58::decode(text(&vector, "privateKeyBytesBase58")).into_vec().unwrap();
        assert_did_key(Curve::P256, &secret, text(&vector, "publicDidKey"));
    }
}

fn assert_did_key(curve: Curve, secret: &[u8], did_key: &str) {
    let secret: [u8; 32] = secret.try_into().unwrap();
    let key = SecretKey::from_bytes(curve, &secret).unwrap();
    assert_eq!(key.public().to_did_key(), did_key);
    assert_eq!(*key.to_bytes(), secret);
}

#[test]
fn zero_and_numbers_past_the_order_are_no_secrets() {
    for curve in [Curve::K256, Curve::P256] {
        for bytes in [[0; 32], [0xff; 32]] {
            let refused = SecretKey::from_bytes(curve, &bytes);
            assert_eq!(refused.unwrap_err(), KeyError::NotASecret(curve));
        }
    }
}

#[test]
fn a_secret_key_never_shows_itself() {
    let secret = SecretKey::from_bytes(Curve::P256, &[0x41; 32]).unwrap();
    assert_eq!(format!("{secret:?}"), "SecretKey(…)");
}

#[test]
fn text_that_is_no_key_is_refused_with_the_reason() {
    let good = key(1).public().to_did_key();
    assert_eq!(PublicKey::from_did_key(&good[4..]), Err(KeyError::NotDidKey));
    assert_eq!(PublicKey::from_did_key("did:key:"), Err(KeyError::NotBase58));
    assert_eq!(PublicKey::from_did_key("did:key:zO0"), Err(KeyError::NotBase58));
    assert_eq!(PublicKey::from_multibase(&"z".repeat(100_000)), Err(KeyError::NotBase58));
    let ed25519 = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    assert_eq!(PublicKey::from_multibase(ed25519), Err(KeyError::UnknownCurve([0xed, 0x01])));
}

#[test]
fn points_off_the_curve_are_refused() {
    let mut past_the_field = [0xff; 33];
    past_the_field[0] = 2;
    for curve in [Curve::K256, Curve::P256] {
        for point in [&past_the_field[..], &[5; 33], &[2; 32], &[4; 65], &[6; 65], &[0], &[]] {
            let refused = PublicKey::from_point(curve, point);
            assert_eq!(refused, Err(KeyError::NotAPoint(curve)), "{point:02x?}");
        }
    }
}

proptest! {
    #[test]
    fn what_a_key_signs_only_that_key_verifies(
        secret in prop::array::uniform32(1u8..=0xfe),
        message in prop::collection::vec(any::<u8>(), 0..200),
        p256: bool,
        flipped in 0usize..64,
    ) {
        let curve = if p256 { Curve::P256 } else { Curve::K256 };
        let secret = SecretKey::from_bytes(curve, &secret).unwrap();
        let public = PublicKey::from_did_key(&secret.public().to_did_key()).unwrap();
        let mut signature = secret.sign(&message);
        prop_assert_eq!(public.verify(&message, &signature), Ok(()));
        prop_assert_eq!(key(9).public().verify(&message, &signature).is_err(), true);
        signature[flipped] ^= 1;
        prop_assert!(public.verify(&message, &signature).is_err());
    }

    #[test]
    fn reading_keys_and_signatures_never_panics(
        text in "\\PC{0,140}",
        bytes in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let _ = PublicKey::from_did_key(&text);
        let _ = PublicKey::from_multibase(&format!("z{text}"));
        for curve in [Curve::K256, Curve::P256] {
            let _ = PublicKey::from_point(curve, &bytes);
            let _ = SecretKey::from_bytes(curve, &[7; 32]).unwrap().public().verify(&bytes, &bytes);
        }
    }
}

#[test]
fn secret_keys_are_read_as_they_are_written() {
    for curve in [Curve::K256, Curve::P256] {
        let key = SecretKey::from_bytes(curve, &[7; 32]).unwrap();
        let text = key.to_multibase();
        let again = SecretKey::from_multibase(&text).unwrap();
        assert_eq!((again.curve(), again.public()), (curve, key.public()));
        let public = SecretKey::from_multibase(&key.public().to_multibase());
        assert_eq!(public.unwrap_err(), KeyError::NotASecretText);
        assert!(SecretKey::from_multibase(&text[..text.len() - 2]).is_err());
    }
    assert_eq!(SecretKey::from_multibase("").unwrap_err(), KeyError::NotBase58);
}

#[test]
fn the_key_behind_a_signature_is_found() {
    let key = SecretKey::from_bytes(Curve::K256, &[0x46; 32]).unwrap();
    let message = b"a message";
    let signature = key.sign(message);
    let digest: [u8; 32] = Sha256::digest(message).into();
    let found: Vec<_> = [false, true]
        .into_iter()
        .filter_map(|odd| hypercerts_repo::keys::recover_k256(&digest, &signature, odd).ok())
        .map(|point| PublicKey::from_point(Curve::K256, &[&[4], &point[..]].concat()).unwrap())
        .collect();
    assert_eq!(found.iter().filter(|found| **found == key.public()).count(), 1);

    let recover = |signature: &[u8]| hypercerts_repo::keys::recover_k256(&digest, signature, false);
    assert_eq!(recover(&signature[1..]), Err(SignatureError::Length(63)));
    assert_eq!(recover(&[0; 64]), Err(SignatureError::NoSigner));
    assert_eq!(recover(&[0xff; 64]), Err(SignatureError::HighS));
}
