//! Any text as every kind of identifier: what is read stays as it was written.
#![no_main]

use hypercerts_lexicon::{AtIdentifier, AtUri, Datetime, Did, Handle, Nsid, Syntax, Tid, Uri};
use libfuzzer_sys::fuzz_target;

const ALL: [Syntax; 11] = [
    Syntax::AtIdentifier,
    Syntax::AtUri,
    Syntax::Cid,
    Syntax::Datetime,
    Syntax::Did,
    Syntax::Handle,
    Syntax::Language,
    Syntax::Nsid,
    Syntax::RecordKey,
    Syntax::Tid,
    Syntax::Uri,
];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for syntax in ALL {
        if let Err(error) = syntax.check(text) {
            assert!(error.to_string().len() < 1_000);
        }
    }
    if let Ok(uri) = AtUri::parse(text) {
        let _all = (uri.authority(), uri.did(), uri.collection(), uri.rkey());
    }
    if let Ok(datetime) = Datetime::parse(text) {
        let again = Datetime::from_unix_micros(datetime.unix_micros());
        assert_eq!(again.unix_micros().div_euclid(1_000), datetime.unix_micros().div_euclid(1_000));
    }
    let _did = Did::parse(text).map(|did| (did.method(), did.method_specific_id().len()));
    let _nsid = Nsid::parse(text).map(|nsid| (nsid.authority(), nsid.name().len()));
    let _uri = Uri::parse(text).map(|uri| uri.scheme().len());
    assert_eq!(Handle::parse(text).is_ok(), Syntax::Handle.check(text).is_ok());
    assert_eq!(AtIdentifier::parse(text).is_ok(), Syntax::AtIdentifier.check(text).is_ok());
    if let Ok(tid) = Tid::parse(text) {
        assert_eq!(tid.to_string(), text);
    }
});
