use super::*;

const CLAIM: &str = "org.example.claim";
const NOTE: &str = "org.example.note";
const SERVICE: &str = "did:web:api.example.org#index";

fn nsid(text: &str) -> Nsid {
    Nsid::parse(text).unwrap()
}

fn allows(scopes: &str, need: &Need<'_>) -> bool {
    Scopes::parse(scopes).allow(need)
}

fn writes(scopes: &str, collection: &str, action: WriteAction) -> bool {
    allows(scopes, &Need::Write { collection: &nsid(collection), action })
}

#[test]
fn records_are_written_where_and_how_the_scope_says() {
    use WriteAction::{Create, Delete, Update};
    assert!(writes("repo:org.example.claim", CLAIM, Delete));
    assert!(!writes("repo:org.example.claim", NOTE, Create));
    assert!(writes("repo:*?action=create", NOTE, Create));
    assert!(!writes("repo:*?action=create", NOTE, Update));
    let two =
        "repo?collection=org.example.claim&collection=org.example.note&action=create&action=update";
    assert!(writes(two, NOTE, Update) && writes(two, CLAIM, Create) && !writes(two, CLAIM, Delete));
    assert!(writes("atproto transition:generic", NOTE, Delete));
    assert!(!writes("atproto", NOTE, Create));
}

#[test]
fn files_are_taken_by_their_type() {
    let upload = |scopes, mime_type| allows(scopes, &Need::Upload { mime_type });
    assert!(upload("blob:*/*", "video/mp4"));
    assert!(upload("blob:image/*", "image/png") && !upload("blob:image/*", "video/mp4"));
    assert!(upload("blob?accept=image/png&accept=text/csv", "text/csv"));
    assert!(!upload("blob:image/png", "image/pngx") && !upload("blob:image/*", "imagex/png"));
}

#[test]
fn calls_go_to_the_service_that_is_named() {
    let method = nsid("org.example.search");
    let call = |scopes, audience| allows(scopes, &Need::Call { method: &method, audience });
    assert!(call("rpc:org.example.search?aud=*", SERVICE));
    assert!(call("rpc:*?aud=did:web:api.example.org%23index", SERVICE));
    assert!(!call("rpc:*?aud=did:web:api.example.org%23index", "did:web:other.example.org#index"));
    assert!(!call("rpc:*?aud=*", SERVICE), "everything everywhere is no permission");
    assert!(!call("rpc:org.example.search?aud=did:web:api.example.org", SERVICE), "no fragment");
    assert!(!call("rpc:org.example.search", SERVICE), "no audience");
}

#[test]
fn private_messages_need_a_scope_of_their_own() {
    let method = nsid("chat.bsky.convo.getLog");
    let need = Need::Call { method: &method, audience: SERVICE };
    assert!(!allows("transition:generic", &need) && allows("transition:chat.bsky", &need));
}

#[test]
fn managing_includes_reading_and_everything_the_handle() {
    let email = |access| Need::Account { part: AccountPart::Email, access };
    assert!(allows("account:email", &email(Access::Read)));
    assert!(!allows("account:email", &email(Access::Manage)));
    assert!(allows("account:email?action=manage", &email(Access::Read)));
    assert!(allows("transition:email", &email(Access::Read)));
    let identity = |part| Need::Identity { part };
    assert!(allows("identity:*", &identity(IdentityPart::Handle)));
    assert!(!allows("identity:handle", &identity(IdentityPart::Everything)));
}

#[test]
fn nothing_gives_what_is_the_owners_alone() {
    let all = "atproto transition:generic transition:email transition:chat.bsky repo:* blob:*/* \
               account:email?action=manage account:repo?action=manage account:status?action=manage \
               identity:*";
    assert!(!allows(all, &Need::Owner));
}

#[test]
fn what_is_not_understood_gives_nothing() {
    for word in [
        "repo",
        "repo:",
        "repo:notansid",
        "repo:org.example.claim?collection=org.example.note",
        "repo:org.example.claim?action=read",
        "repo:org.example.claim?colour=red",
        "rpc:org.example.search?aud=*&aud=*",
        "blob:*/png",
        "account:phone",
        "identity:handle?attr=*",
        "include:short",
        "include:org.example.set?aud=did:web:api.example.org",
        "spaceship:launch",
        "Repo:org.example.claim",
    ] {
        assert_eq!(Scope::parse(word), None, "{word}");
    }
}

#[test]
fn a_list_reads_back_as_it_was_printed() {
    for text in [
        "atproto transition:generic transition:email transition:chat.bsky",
        "atproto repo:org.example.claim repo:*?action=delete",
        "repo?collection=org.example.claim&collection=org.example.note&action=create",
        "rpc:org.example.search?aud=did:web:api.example.org%23index rpc:org.example.search?aud=*",
        "blob:image/* blob?accept=image/png&accept=text/csv",
        "account:email account:status?action=manage identity:handle identity:*",
        "include:org.example.authWrite include:org.example.authAll?aud=did:web:api.example.org%23index",
    ] {
        assert_eq!(Scopes::parse(text).to_string(), text);
    }
    assert_eq!(Scopes::parse("  atproto   atproto spaceship:launch ").to_string(), "atproto");
}

#[test]
fn an_app_asks_for_what_it_declared_word_by_word() {
    assert_eq!(within("atproto repo:*", "repo:* atproto blob:*/*"), Ok(()));
    assert_eq!(within("atproto blob:*/*", "atproto"), Err("blob:*/*".to_owned()));
}
