//! Reading DID documents.

use hypercerts_identity::{DidDocument, DocumentError};
use hypercerts_lexicon::Did;
use serde_json::{Value, json};

use crate::support::{account, genesis, key, somewhere};

const DID: &str = "did:web:alice.example.org";

fn read(json: &Value) -> DidDocument {
    DidDocument::from_json(json.to_string().as_bytes()).unwrap()
}

fn document() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "alsoKnownAs": ["https://alice.example.org", "at://alice.example.org", "at://second.example.org"],
        "verificationMethod": [
            { "id": "#other", "type": "Multikey", "controller": DID, "publicKeyMultibase": key(1).public().to_multibase() },
            { "id": "#atproto", "type": "Multikey", "controller": DID, "publicKeyMultibase": key(9).public().to_multibase() },
        ],
        "service": [
            { "id": "#bsky_notif", "type": "BskyNotificationService", "serviceEndpoint": { "not": "a text" } },
            { "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example.org" },
        ],
    })
}

#[test]
fn a_document_gives_key_pds_and_claimed_handle() {
    let document = read(&document());
    assert_eq!(document.signing_key().unwrap(), key(9).public());
    assert_eq!(document.pds().unwrap().as_str(), "https://pds.example.org/");
    assert_eq!(document.claimed_handle().unwrap().as_str(), "alice.example.org");
}

#[test]
fn ids_may_be_absolute_but_only_of_the_document_s_own_did() {
    let mut json = document();
    json["verificationMethod"][1]["id"] = format!("{DID}#atproto").into();
    json["service"][1]["id"] = format!("{DID}#atproto_pds").into();
    assert!(read(&json).signing_key().is_ok());
    assert!(read(&json).pds().is_ok());
    json["verificationMethod"][1]["id"] = "did:web:mallory.example.org#atproto".into();
    assert!(matches!(read(&json).signing_key(), Err(DocumentError::NoSigningKey { .. })));
}

#[test]
fn legacy_types_carry_the_bare_point() {
    let mut json = document();
    let legacy =
        "zRprZdbPgRPTqFC38xfrfgoRtsYtSpaoAq1x7VvDFYHEYMxDaHUk8YRwpbcyJfY7yRawhvkWXTduvn4DXtDPx8XSa";
    json["verificationMethod"][1]["type"] = "EcdsaSecp256k1VerificationKey2019".into();
    json["verificationMethod"][1]["publicKeyMultibase"] = legacy.into();
    let expected = "did:key:zQ3shuHpdAHXB49apkHfTieazFkXkyNyfwZvHdHqqqXEwSvNs";
    assert_eq!(read(&json).signing_key().unwrap().to_did_key(), expected);
    json["verificationMethod"][1]["type"] = "EcdsaSecp256r1VerificationKey2019".into();
    assert!(read(&json).signing_key().is_err(), "the point is of the other curve");
    json["verificationMethod"][1]["type"] = "Ed25519VerificationKey2020".into();
    assert!(read(&json).signing_key().is_err());
}

#[test]
fn a_pds_is_an_origin_of_the_right_type() {
    for endpoint in [
        "https://pds.example.org/path",
        "https://pds.example.org/?query",
        "https://user@pds.example.org",
        "ftp://pds.example.org",
        "pds.example.org",
        "data:text/plain,x",
        "",
    ] {
        let mut json = document();
        json["service"][1]["serviceEndpoint"] = endpoint.into();
        assert!(matches!(read(&json).pds(), Err(DocumentError::NoPds { .. })), "{endpoint}");
    }
    let mut json = document();
    json["service"][1]["type"] = "AtprotoLabeler".into();
    assert!(read(&json).pds().is_err());
}

#[test]
fn a_claim_that_is_no_handle_is_no_claim() {
    let mut json = document();
    json["alsoKnownAs"] = json!(["at://not a handle", "at://alice.example.org"]);
    assert_eq!(read(&json).claimed_handle(), None, "the first entry is the claim");
    json["alsoKnownAs"] = Value::Null;
    assert_eq!(read(&json).claimed_handle(), None);
}

#[test]
fn what_is_no_document_is_refused() {
    for text in
        ["", "[]", "null", "{}", r#"{"id":"alice"}"#, r#"{"id":1}"#, "{\"id\":\"did:plc:a\""]
    {
        assert!(DidDocument::from_json(text.as_bytes()).is_err(), "{text}");
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(DidDocument::from_json(deep.as_bytes()).is_err());
    let large = format!(r#"{{"id":"{DID}","x":"{}"}}"#, "x".repeat(300_000));
    assert!(DidDocument::from_json(large.as_bytes()).is_err());
    let other = Did::parse("did:web:bob.example.org").unwrap();
    assert!(matches!(read(&document()).of(&other), Err(DocumentError::WrongDid { .. })));
}

#[test]
fn plc_data_make_the_document_the_public_directory_would_give() {
    let did = genesis("alice.test", &[1]).0;
    let document = account("alice.test", &[1], &somewhere()).document(&did);
    let json = serde_json::to_value(&document).unwrap();
    let expected = json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/suites/secp256k1-2019/v1",
        ],
        "id": did,
        "alsoKnownAs": ["at://alice.test"],
        "verificationMethod": [{
            "id": format!("{did}#atproto"),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key(9).public().to_multibase(),
        }],
        "service": [{
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": "https://pds.example.org",
        }],
    });
    assert_eq!(json, expected);
    assert_eq!(read(&json), document);
}

#[test]
fn a_new_handle_replaces_the_old_and_leaves_other_names() {
    let mut data = account("alice.test", &[1], &somewhere());
    data.also_known_as.push("https://alice.example.org".to_owned());
    let renamed = data.with_handle(&crate::support::handle("new.test"));
    assert_eq!(renamed.also_known_as, ["at://new.test", "https://alice.example.org"]);
}
