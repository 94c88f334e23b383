//! The two ceremonies: a passkey is made; a passkey signs somebody in.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::{Host, Url};

use super::Refused;
use super::data::{AuthenticatorData, ClientData, PublicKey, attested};

pub use super::data::ALGORITHMS;

/// The site that passkeys are for.
#[derive(Clone, Debug)]
pub struct Party {
    /// The domain.
    pub id: String,
    pub origin: String,
}

impl Party {
    /// The site of a server. Browsers make no passkeys for addresses, so a server that is only known
    /// by this machine's address uses its name.
    pub fn of(public_url: &Url) -> Self {
        let mut url = public_url.clone();
        let is_local = match url.host() {
            Some(Host::Ipv4(v4)) => v4.is_loopback(),
            Some(Host::Ipv6(v6)) => v6.is_loopback(),
            _ => false,
        };
        if is_local {
            let named = url.set_host(Some("localhost"));
            debug_assert!(named.is_ok(), "invariant: an HTTP URL may have any host");
        }
        let id = url.host_str().unwrap_or_default().to_owned();
        Self { id, origin: url.origin().ascii_serialization() }
    }

    fn check(&self, data: &AuthenticatorData) -> Result<(), Refused> {
        let hash: [u8; 32] = Sha256::digest(&self.id).into();
        if data.rp_id_hash != hash {
            return Err(Refused::OtherSite);
        }
        match data.is_verified() {
            true => Ok(()),
            false => Err(Refused::Unverified),
        }
    }

    fn check_client(&self, data: &ClientData, kind: &str) -> Result<(), Refused> {
        if data.kind != kind {
            return Err(Refused::Challenge);
        }
        match data.origin == self.origin && !data.cross_origin {
            true => Ok(()),
            false => Err(Refused::OtherSite),
        }
    }
}

/// What a browser hands over when a passkey was made, each part in base64url.
#[derive(Deserialize)]
pub struct Registration {
    client_data: String,
    attestation: String,
}

/// What a browser hands over when a passkey signed, each part in base64url.
#[derive(Deserialize)]
pub struct Assertion {
    credential: String,
    client_data: String,
    authenticator_data: String,
    signature: String,
}

fn bytes(text: &str) -> Result<Vec<u8>, Refused> {
    let text = text.trim_end_matches('=');
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| Refused::Unreadable("a part of it is not base64url"))
}

/// A passkey that was made.
#[derive(Debug)]
pub struct Made {
    pub credential: Vec<u8>,
    pub key: PublicKey,
    pub counter: u32,
}

impl Registration {
    /// The passkey, if everything about it is right. `answer` takes the challenge back.
    pub fn check(&self, party: &Party, answer: impl FnOnce(&str) -> bool) -> Result<Made, Refused> {
        let client = ClientData::read(&bytes(&self.client_data)?)?;
        party.check_client(&client, "webauthn.create")?;
        let data = attested(&bytes(&self.attestation)?)?;
        party.check(&data)?;
        let (credential, key) =
            data.credential.ok_or(Refused::Unreadable("it holds no passkey"))?;
        match answer(&client.challenge) {
            true => Ok(Made { credential, key, counter: data.counter }),
            false => Err(Refused::Challenge),
        }
    }
}

impl Assertion {
    /// The name of the passkey that claims to have signed.
    pub fn credential(&self) -> Result<Vec<u8>, Refused> {
        bytes(&self.credential)
    }

    /// How often the passkey has signed by now, if everything is right. `answer` takes the challenge
    /// back.
    pub fn check(
        &self,
        party: &Party,
        key: &PublicKey,
        counter: u32,
        answer: impl FnOnce(&str) -> bool,
    ) -> Result<u32, Refused> {
        let client_bytes = bytes(&self.client_data)?;
        let client = ClientData::read(&client_bytes)?;
        party.check_client(&client, "webauthn.get")?;
        let data_bytes = bytes(&self.authenticator_data)?;
        let data = AuthenticatorData::read(&data_bytes)?;
        party.check(&data)?;
        let signed = [data_bytes.as_slice(), &Sha256::digest(&client_bytes)].concat();
        if !key.verifies(&signed, &bytes(&self.signature)?) {
            return Err(Refused::Signature);
        }
        if !answer(&client.challenge) {
            return Err(Refused::Challenge);
        }
        // Devices that do not count say zero for ever.
        let counts = data.counter != 0 || counter != 0;
        match counts && data.counter <= counter {
            true => Err(Refused::Counter),
            false => Ok(data.counter),
        }
    }
}

#[cfg(test)]
#[path = "ceremony_tests.rs"]
mod tests;
