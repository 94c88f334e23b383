//! The protocol's own examples of good and bad identifiers.

use hypercerts_lexicon::*;

fn cases(name: &str) -> Vec<String> {
    let text = crate::support::fixture(&format!("interop/syntax/{name}.txt"));
    let cases = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let cases: Vec<String> = cases.map(str::to_owned).collect();
    assert!(!cases.is_empty());
    cases
}

fn accepts(syntax: Syntax, name: &str) {
    for case in cases(name) {
        assert_eq!(syntax.check(&case), Ok(()), "{case:?}");
    }
}

fn refuses(syntax: Syntax, name: &str) {
    for case in cases(name) {
        assert!(syntax.check(&case).is_err(), "{case:?} should not be {syntax}");
    }
}

macro_rules! vectors {
    ($($test:ident: $syntax:ident, $valid:literal, [$($invalid:literal),+];)+) => {
        $(#[test]
        fn $test() {
            accepts(Syntax::$syntax, $valid);
            $(refuses(Syntax::$syntax, $invalid);)+
        })+
    };
}

vectors! {
    account_identifiers: AtIdentifier, "atidentifier_syntax_valid", ["atidentifier_syntax_invalid"];
    addresses: AtUri, "aturi_syntax_valid", ["aturi_syntax_invalid"];
    cids: Cid, "cid_syntax_valid", ["cid_syntax_invalid"];
    datetimes: Datetime, "datetime_syntax_valid", ["datetime_syntax_invalid", "datetime_parse_invalid"];
    dids: Did, "did_syntax_valid", ["did_syntax_invalid"];
    handles: Handle, "handle_syntax_valid", ["handle_syntax_invalid"];
    languages: Language, "language_syntax_valid", ["language_syntax_invalid", "language_parse_invalid"];
    nsids: Nsid, "nsid_syntax_valid", ["nsid_syntax_invalid"];
    record_keys: RecordKey, "recordkey_syntax_valid", ["recordkey_syntax_invalid"];
    tids: Tid, "tid_syntax_valid", ["tid_syntax_invalid"];
    uris: Uri, "uri_syntax_valid", ["uri_syntax_invalid"];
}
