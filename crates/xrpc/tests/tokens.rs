//! A session's tokens: what opens what, for how long, and what does not open anything.

use hypercerts_lexicon::Did;
use hypercerts_xrpc::XrpcError;
use hypercerts_xrpc::tokens::{ACCESS_LIFETIME, AccessScope, REFRESH_LIFETIME, TokenError, Tokens};
use jiff::{SignedDuration, Timestamp};

const SECRET: &[u8] = b"thirty-two bytes of secret, or so";

fn did(text: &str) -> Did {
    Did::parse(text).expect("a DID")
}

fn server() -> Tokens {
    Tokens::new(SECRET, did("did:web:pds.test"))
}

fn alice() -> Did {
    did("did:plc:b4iol4yivshixkcfglixcbv4")
}

fn noon() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().expect("a time")
}

const SECOND: SignedDuration = SignedDuration::from_secs(1);

#[test]
fn an_access_token_says_who_and_how_much_for_two_hours() {
    let token = server().issue_access(&alice(), AccessScope::AppPassword, "session", noon());
    let last_moment = noon() + ACCESS_LIFETIME - SECOND;
    let claims = server().verify_access(&token, last_moment).expect("still good");
    assert_eq!(claims.subject, alice());
    assert_eq!(claims.scope, AccessScope::AppPassword);
    assert_eq!(claims.session, "session");
    assert_eq!(claims.expires, noon() + SignedDuration::from_mins(120));
    let too_late = server().verify_access(&token, noon() + ACCESS_LIFETIME);
    assert_eq!(too_late, Err(TokenError::Expired));
}

#[test]
fn a_refresh_token_keeps_its_identifier_for_ninety_days() {
    let token = server().issue_refresh(&alice(), "token-1", noon());
    let claims = server().verify_refresh(&token, noon() + REFRESH_LIFETIME - SECOND);
    assert_eq!(claims.expect("still good").id, "token-1");
    let later = noon() + REFRESH_LIFETIME;
    assert_eq!(server().verify_refresh(&token, later), Err(TokenError::Expired));
    let claims = server().verify_refresh_of_any_age(&token).expect("good for ending the session");
    assert_eq!((claims.subject, claims.id.as_str()), (alice(), "token-1"));
}

#[test]
fn neither_token_does_the_other_ones_work() {
    let access = server().issue_access(&alice(), AccessScope::Full, "session", noon());
    let refresh = server().issue_refresh(&alice(), "token-1", noon());
    assert_eq!(server().verify_refresh(&access, noon()), Err(TokenError::WrongKind));
    assert_eq!(server().verify_access(&refresh, noon()), Err(TokenError::WrongKind));
}

#[test]
fn tokens_of_other_servers_and_altered_ones_are_not_ours() {
    let token = server().issue_access(&alice(), AccessScope::Full, "session", noon());
    let other_secret = Tokens::new(b"another secret of another server", did("did:web:pds.test"));
    let other_name = Tokens::new(SECRET, did("did:web:other.test"));
    for stranger in [other_secret, other_name] {
        assert_eq!(stranger.verify_access(&token, noon()), Err(TokenError::NotOurs));
    }
    let signature = token.rfind('.').expect("three parts") + 1;
    let altered = format!("{}{}", &token[..signature], token[signature..].to_lowercase());
    let unsigned = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJub25lIn0.e30.";
    for text in [altered.as_str(), unsigned, "", "a.b.c", "not a token", &"x".repeat(100_000)] {
        assert_eq!(server().verify_access(text, noon()), Err(TokenError::NotOurs), "{text:.60}");
    }
}

#[test]
fn refusals_have_the_names_clients_act_on() {
    let expired = XrpcError::from(TokenError::Expired);
    assert_eq!((expired.status().as_u16(), expired.name()), (400, "ExpiredToken"));
    let forged = XrpcError::from(TokenError::NotOurs);
    assert_eq!((forged.status().as_u16(), forged.name()), (400, "InvalidToken"));
}

#[test]
fn nothing_printed_for_debugging_holds_the_secret() {
    assert!(!format!("{:?}", server()).contains("secret"));
}
