//! A device in a few lines, and everything that can be wrong about what it says.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use ciborium::Value;
use serde_json::json;

use super::*;

const GOOD: u8 = 0b0000_0101;

struct Device {
    key: EcdsaKeyPair,
}

impl Device {
    fn new() -> Self {
        Self { key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap() }
    }

    fn data(&self, site: &str, flags: u8, counter: u32) -> Vec<u8> {
        [Sha256::digest(site).as_slice(), &[flags], &counter.to_be_bytes()].concat()
    }

    fn makes(&self, client: &serde_json::Value, site: &str, flags: u8) -> Registration {
        let point = self.key.public_key().as_ref();
        let int = |n: i64| Value::Integer(n.into());
        let key = Value::Map(vec![
            (int(1), int(2)),
            (int(3), int(-7)),
            (int(-1), int(1)),
            (int(-2), Value::Bytes(point[1..33].to_vec())),
            (int(-3), Value::Bytes(point[33..].to_vec())),
        ]);
        let mut data = self.data(site, flags | 0b0100_0000, 0);
        data.extend([[0; 16].as_slice(), &3_u16.to_be_bytes(), b"one"].concat());
        ciborium::into_writer(&key, &mut data).unwrap();
        let object = Value::Map(vec![
            (Value::Text("fmt".into()), Value::Text("none".into())),
            (Value::Text("attStmt".into()), Value::Map(vec![])),
            (Value::Text("authData".into()), Value::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        Registration {
            client_data: BASE64URL_NOPAD.encode(client.to_string().as_bytes()),
            attestation: BASE64URL_NOPAD.encode(&attestation),
        }
    }

    fn signs(&self, client: &serde_json::Value, site: &str, flags: u8, counter: u32) -> Assertion {
        let client = client.to_string();
        let data = self.data(site, flags, counter);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        Assertion {
            credential: BASE64URL_NOPAD.encode(b"one"),
            client_data: BASE64URL_NOPAD.encode(client.as_bytes()),
            authenticator_data: BASE64URL_NOPAD.encode(&data),
            signature: BASE64URL_NOPAD.encode(signature.as_ref()),
        }
    }
}

fn party() -> Party {
    Party::of(&Url::parse("https://pds.example.org").unwrap())
}

fn client(kind: &str) -> serde_json::Value {
    json!({ "type": kind, "challenge": "c", "origin": "https://pds.example.org" })
}

const SITE: &str = "pds.example.org";

#[test]
fn a_passkey_is_made_and_signs_in() {
    let device = Device::new();
    let made = device.makes(&client("webauthn.create"), SITE, GOOD);
    let made = made.check(&party(), |challenge| challenge == "c").unwrap();
    assert_eq!(made.credential, b"one");

    let signed = device.signs(&client("webauthn.get"), SITE, GOOD, 7);
    assert_eq!(signed.check(&party(), &made.key, 6, |_| true), Ok(7));
    assert_eq!(signed.check(&party(), &made.key, 7, |_| true), Err(Refused::Counter));
    assert_eq!(signed.check(&party(), &made.key, 6, |_| false), Err(Refused::Challenge));
    let never_counts = device.signs(&client("webauthn.get"), SITE, GOOD, 0);
    assert_eq!(never_counts.check(&party(), &made.key, 0, |_| true), Ok(0));
}

#[test]
fn a_passkey_of_another_site_purpose_or_person_is_refused() {
    let device = Device::new();
    let made = device.makes(&client("webauthn.create"), SITE, GOOD);
    let key = made.check(&party(), |_| true).unwrap().key;
    let check = |signed: Assertion| signed.check(&party(), &key, 0, |_| true).unwrap_err();
    let get = client("webauthn.get");

    let mut elsewhere = get.clone();
    elsewhere["origin"] = json!("https://evil.example.org");
    assert_eq!(check(device.signs(&elsewhere, SITE, GOOD, 1)), Refused::OtherSite);
    let mut framed = get.clone();
    framed["crossOrigin"] = json!(true);
    assert_eq!(check(device.signs(&framed, SITE, GOOD, 1)), Refused::OtherSite);
    assert_eq!(check(device.signs(&get, "evil.example.org", GOOD, 1)), Refused::OtherSite);
    assert_eq!(check(device.signs(&client("webauthn.create"), SITE, GOOD, 1)), Refused::Challenge);
    assert_eq!(check(device.signs(&get, SITE, 0b001, 1)), Refused::Unverified);
    assert_eq!(check(device.signs(&get, SITE, 0b100, 1)), Refused::Unverified);
    assert_eq!(check(Device::new().signs(&get, SITE, GOOD, 1)), Refused::Signature);

    let mut altered = device.signs(&get, SITE, GOOD, 1);
    altered.authenticator_data = BASE64URL_NOPAD.encode(&device.data(SITE, GOOD, 2));
    assert_eq!(check(altered), Refused::Signature);
    let mut long = device.signs(&get, SITE, GOOD, 1);
    long.authenticator_data = BASE64URL_NOPAD.encode(&[0; 38]);
    assert!(matches!(check(long), Refused::Unreadable(_)));
}

#[test]
fn what_is_no_passkey_is_refused() {
    let device = Device::new();
    let check = |made: Registration| made.check(&party(), |_| true).unwrap_err();
    let create = client("webauthn.create");
    assert_eq!(check(device.makes(&create, "evil.example.org", GOOD)), Refused::OtherSite);
    assert_eq!(check(device.makes(&create, SITE, 0b001)), Refused::Unverified);
    assert_eq!(check(device.makes(&client("webauthn.get"), SITE, GOOD)), Refused::Challenge);
    for bytes in [vec![], vec![0xa0], vec![0x9f; 100], vec![0xff; 20_000]] {
        let mut made = device.makes(&create, SITE, GOOD);
        made.attestation = BASE64URL_NOPAD.encode(&bytes);
        assert!(matches!(check(made), Refused::Unreadable(_)));
    }
}

#[test]
fn this_machine_goes_by_its_name() {
    let party = Party::of(&Url::parse("http://127.0.0.1:2583").unwrap());
    assert_eq!((party.id.as_str(), party.origin.as_str()), ("localhost", "http://localhost:2583"));
}
