//! What holds for any input at all.

use hypercerts_identity::DidDocument;
use hypercerts_identity::plc::{LogEntry, SignedOperation, VerifiedLog};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{genesis, update};

/// Any JSON, with the names that the parsers look for among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let names = "(id|type|sig|prev|did|operation|cid|nullified|createdAt|alsoKnownAs|service|serviceEndpoint\
                 |verificationMethod|publicKeyMultibase|rotationKeys|verificationMethods|services|[a-z]{0,3})";
    let texts = "(#atproto|#atproto_pds|Multikey|plc_operation|plc_tombstone|create|did:plc:[a-z2-7]{24}|at://[a-z.]{0,9}|.{0,9})";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(names, inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A true log of two operations, as JSON.
fn true_log() -> Value {
    let (did, first) = genesis("alice.test", &[1, 2]);
    let second = update("bob.test", &[1, 2], first.cid(), 2);
    let entry = |operation: &SignedOperation, at: &str| json!({ "did": did, "operation": operation, "cid": operation.cid(), "nullified": false, "createdAt": at });
    json!([entry(&first, "2026-01-01T00:00:00.000Z"), entry(&second, "2026-01-01T00:00:01.000Z")])
}

fn verifies(log: &Value) -> bool {
    let did = genesis("alice.test", &[1, 2]).0;
    serde_json::from_value::<Vec<LogEntry>>(log.clone())
        .is_ok_and(|entries| VerifiedLog::verify(&did, entries).is_ok())
}

proptest! {
    #[test]
    fn no_bytes_make_the_parsers_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = DidDocument::from_json(&bytes);
        let _ = SignedOperation::from_json(&bytes);
    }

    #[test]
    fn no_json_makes_the_parsers_panic(json in any_json()) {
        if let Ok(document) = DidDocument::from_json(json.to_string().as_bytes()) {
            let _ = (document.signing_key(), document.pds(), document.claimed_handle());
        }
        let _ = SignedOperation::from_json(json.to_string().as_bytes());
        let _ = verifies(&json);
    }

    #[test]
    fn a_document_with_any_content_is_read_without_panic(mut json in any_json()) {
        if let Some(fields) = json.as_object_mut() {
            fields.insert("id".to_owned(), "did:web:example.org".into());
            let document = DidDocument::from_json(json.to_string().as_bytes()).unwrap();
            let again = serde_json::to_vec(&document).unwrap();
            prop_assert_eq!(DidDocument::from_json(&again).unwrap(), document);
        }
    }

    #[test]
    fn no_signed_letter_of_a_log_can_be_changed(place in any::<prop::sample::Index>(), letter in "[a-zA-Z0-9]") {
        let log = true_log();
        let operation = log[1]["operation"].to_string();
        let letters: Vec<usize> = operation.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).map(|(at, _)| at).collect();
        let at = letters[place.index(letters.len())];
        let mut changed = operation.clone();
        changed.replace_range(at..=at, &letter);
        prop_assume!(changed != operation);
        let mut forged = log.clone();
        if let Ok(operation) = serde_json::from_str::<Value>(&changed) {
            // A forger would fix the CID as well.
            let cid = SignedOperation::from_json(changed.as_bytes()).map(|operation| operation.cid().to_string());
            forged[1]["cid"] = cid.unwrap_or_default().into();
            forged[1]["operation"] = operation;
            prop_assert!(!verifies(&forged));
        }
        prop_assert!(verifies(&log));
    }
}
