//! Challenges: random, good for some minutes and once, for one purpose and one browser. They carry
//! their own proof that they are ours, so that printing a page costs no memory.

use std::time::Duration;

use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;

use crate::recent::Recent;
use crate::store::oauth::Hash;

/// Seconds somebody may take to touch a key.
const LIFETIME: i64 = 10 * 60;
const NONCE_BYTES: usize = 16;
const TIME_BYTES: usize = 8;
/// Answered challenges remembered. Each took a good signature to get in here.
const REMEMBERED: usize = 200_000;

/// Makes challenges and takes them back.
pub struct Challenges {
    secret: hmac::Key,
    answered: Recent<[u8; NONCE_BYTES], ()>,
}

impl Challenges {
    pub fn new() -> Self {
        let life = Duration::from_secs(LIFETIME.unsigned_abs() + 60);
        Self {
            secret: hmac::Key::new(hmac::HMAC_SHA256, &crate::random::bytes::<32>()),
            answered: Recent::new(REMEMBERED, life),
        }
    }

    /// For `purpose`, in the browser that `binding` names.
    pub fn draw(&self, purpose: &str, binding: &Hash, now: Timestamp) -> String {
        let nonce: [u8; NONCE_BYTES] = crate::random::bytes();
        let open = [nonce.as_slice(), &now.as_second().to_be_bytes()].concat();
        let tag = hmac::sign(&self.secret, &message(purpose, binding, &open));
        BASE64URL_NOPAD.encode(&[&open, tag.as_ref()].concat())
    }

    /// Whether `text` was drawn for this, and nobody has answered it before. It is answered now.
    pub fn answer(&self, text: &str, purpose: &str, binding: &Hash, now: Timestamp) -> bool {
        let Ok(bytes) = BASE64URL_NOPAD.decode(text.as_bytes()) else { return false };
        let Some((open, tag)) = bytes.split_at_checked(NONCE_BYTES + TIME_BYTES) else {
            return false;
        };
        let ours = hmac::verify(&self.secret, &message(purpose, binding, open), tag).is_ok();
        let nonce = open.first_chunk::<NONCE_BYTES>();
        let drawn_at = open.last_chunk::<TIME_BYTES>().map(|bytes| i64::from_be_bytes(*bytes));
        let (true, Some(nonce), Some(drawn_at)) = (ours, nonce, drawn_at) else { return false };
        let is_fresh = now.as_second() - drawn_at <= LIFETIME;
        is_fresh && self.answered.is_new(*nonce)
    }
}

fn message(purpose: &str, binding: &Hash, open: &[u8]) -> Vec<u8> {
    [purpose.as_bytes(), &[0], binding, open].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_answered_once_by_whom_it_was_drawn_for() {
        let challenges = Challenges::new();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let late = Timestamp::from_second(1_800_000_000 + LIFETIME + 1).unwrap();
        let (mine, others) = ([1; 32], [2; 32]);
        let text = challenges.draw("sign-in", &mine, now);
        assert!(!challenges.answer(&text, "sign-in", &others, now));
        assert!(!challenges.answer(&text, "add", &mine, now));
        assert!(!challenges.answer(&text, "sign-in", &mine, late));
        assert!(!challenges.answer("AAAA", "sign-in", &mine, now));
        assert!(challenges.answer(&text, "sign-in", &mine, now));
        assert!(!challenges.answer(&text, "sign-in", &mine, now), "once");
        assert!(!Challenges::new().answer(&text, "sign-in", &mine, now), "after a restart");
    }
}
