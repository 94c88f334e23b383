//! Passkeys (WebAuthn level 3): checking what a browser hands over when a passkey is made and when it
//! signs somebody in. Attestation, which says what make a device is, is not asked for and not looked
//! at.
//!
//! * [`challenge`]: what has to be signed, once, for one purpose, by one browser.
//! * [`ceremony`]: the checks themselves.
//! * [`data`]: the formats.

mod ceremony;
mod challenge;
mod data;

pub use ceremony::{ALGORITHMS, Assertion, Party, Registration};
pub use challenge::Challenges;
pub use data::PublicKey;

/// Why what a browser handed over is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("what the browser sent cannot be read: {0}")]
    Unreadable(&'static str),
    #[error("it is not known here (any more); delete it on your device and sign in another way")]
    Unknown,
    #[error("it answers another question: the page was too old, or was answered before")]
    Challenge,
    #[error("it was made for another site")]
    OtherSite,
    #[error("the device did not check who uses it; set up a screen lock, PIN or fingerprint")]
    Unverified,
    #[error("the key is of a kind that is not understood here")]
    Algorithm,
    #[error("the signature is wrong")]
    Signature,
    #[error("the device counts fewer signatures than before, as a copy of it would")]
    Counter,
}
