//! Access and refresh tokens. Both are random texts that say nothing; what they allow is looked up,
//! so that a session that is ended is ended at once.

use jiff::{SignedDuration, Timestamp};

use crate::oauth::client::ClientAuth;
use crate::store::oauth::{Hash, TokenHashes, hash};

/// How long an access token is good for.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(20);
/// How long an app that cannot prove who it is may go on without asking again, in all.
const PUBLIC_SESSION: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long another app may, in all, and how long it may be silent.
const CONFIDENTIAL_SESSION: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
const CONFIDENTIAL_SILENCE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A new pair of tokens.
pub struct Issued {
    pub access: String,
    pub refresh: Option<String>,
    pub hashes: TokenHashes,
}

/// Draws the tokens of a session that began at `began`.
pub fn draw(auth: &ClientAuth, refreshes: bool, began: Timestamp, now: Timestamp) -> Issued {
    let access = crate::random::token("access");
    let refresh = refreshes.then(|| crate::random::token("refresh"));
    let access_expires_at = now + ACCESS_LIFETIME;
    let end = match auth.is_confidential() {
        true => (began + CONFIDENTIAL_SESSION).min(now + CONFIDENTIAL_SILENCE),
        false => began + PUBLIC_SESSION,
    };
    let hashes = TokenHashes {
        access: access_hash(&access),
        access_expires_at,
        refresh: refresh.as_deref().map(refresh_hash),
        expires_at: if refreshes { end } else { access_expires_at },
    };
    Issued { access, refresh, hashes }
}

pub fn access_hash(token: &str) -> Hash {
    hash(&["access", token])
}

pub fn refresh_hash(token: &str) -> Hash {
    hash(&["refresh", token])
}

pub fn code_hash(code: &str) -> Hash {
    hash(&["code", code])
}
