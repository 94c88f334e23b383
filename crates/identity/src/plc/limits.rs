//! What a new operation is held to, as the public directory does (its code, late 2025; the specification's text is
//! stricter about rotation keys, so operations made here should have at most five, all different).

use std::collections::HashSet;

use hypercerts_repo::keys::PublicKey;

use super::{Operation, PlcData, PlcError, SignedOperation};

/// The largest operation, in bytes of DRISL with its signature.
pub const MAX_OPERATION: usize = 4_000;
const MAX_ENTRIES: usize = 10;
const MAX_ID: usize = 32;
const MAX_DID_KEY: usize = 256;
/// `at://` and the longest handle.
const MAX_NAME: usize = 258;
const MAX_SERVICE_TYPE: usize = 256;
const MAX_ENDPOINT: usize = 512;

/// Checks an operation that is to be taken now.
///
/// # Errors
/// [`PlcError::Limit`] with the limit it breaks.
pub fn check(operation: &SignedOperation) -> Result<(), PlcError> {
    at_most("The operation in bytes", operation.to_bytes().len(), MAX_OPERATION)?;
    match operation.operation() {
        Operation::Set { data, .. } => check_data(data),
        Operation::Tombstone { .. } => Ok(()),
        Operation::Create(_) => Err(PlcError::Limit(
            "Operations of the type create are no longer taken; send a plc_operation".to_owned(),
        )),
    }
}

fn check_data(data: &PlcData) -> Result<(), PlcError> {
    at_most("The number of rotationKeys", data.rotation_keys.len(), MAX_ENTRIES)?;
    at_most("The number of verificationMethods", data.verification_methods.len(), MAX_ENTRIES)?;
    at_most("The number of alsoKnownAs", data.also_known_as.len(), MAX_ENTRIES)?;
    at_most("The number of services", data.services.len(), MAX_ENTRIES)?;
    data.rotation_keys.iter().try_for_each(|key| check_rotation_key(key))?;
    check_names(&data.also_known_as)?;
    for (id, key) in &data.verification_methods {
        at_most("The id of a verification method", id.len(), MAX_ID)?;
        check_did_key(key)?;
    }
    for (id, service) in &data.services {
        at_most("The id of a service", id.len(), MAX_ID)?;
        at_most("The type of a service", service.kind.len(), MAX_SERVICE_TYPE)?;
        at_most("The endpoint of a service", service.endpoint.len(), MAX_ENDPOINT)?;
    }
    Ok(())
}

fn check_rotation_key(key: &str) -> Result<(), PlcError> {
    match PublicKey::from_did_key(key) {
        Ok(_) => Ok(()),
        Err(error) => Err(PlcError::Limit(format!("A rotation key cannot be used: {error}"))),
    }
}

/// A verification method may hold a key of any kind, as long as it is a did:key in base58btc.
fn check_did_key(key: &str) -> Result<(), PlcError> {
    at_most("The key of a verification method", key.len(), MAX_DID_KEY)?;
    let base58 = |byte: u8| byte.is_ascii_alphanumeric() && !b"0OIl".contains(&byte);
    match key.strip_prefix("did:key:z") {
        Some(digits) if !digits.is_empty() && digits.bytes().all(base58) => Ok(()),
        _ => Err(PlcError::Limit(
            "A verification method has to be a did:key in base58btc".to_owned(),
        )),
    }
}

fn check_names(names: &[String]) -> Result<(), PlcError> {
    let mut seen = HashSet::new();
    for name in names {
        at_most("An entry of alsoKnownAs", name.len(), MAX_NAME)?;
        if !seen.insert(name) {
            return Err(PlcError::Limit("An entry of alsoKnownAs stands there twice".to_owned()));
        }
    }
    Ok(())
}

fn at_most(what: &str, found: usize, limit: usize) -> Result<(), PlcError> {
    match found <= limit {
        true => Ok(()),
        false => Err(PlcError::Limit(format!("{what}: {found}, but at most {limit} are taken"))),
    }
}
